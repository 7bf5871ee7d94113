/* All settings in order: as a commented embudo.yaml, as help, as docs/config.md. */
#include "core/config/config_private.h"

enum { LINE_WIDTH = 100 };

/* Words of `text`, each line behind `prefix`. */
static void add_wrapped(const char *prefix, const char *text, struct buf *out) {
  size_t column = LINE_WIDTH + 1;
  for (struct str rest = str_of(text); rest.len;) {
    const char *blank = memchr(rest.p, ' ', rest.len);
    size_t len = blank ? (size_t)(blank - rest.p) : rest.len;
    if (column + 1 + len > LINE_WIDTH) {
      if (column <= LINE_WIDTH) buf_add_char(out, '\n');
      buf_add_text(out, prefix);
      column = strlen(prefix);
    } else {
      buf_add_char(out, ' ');
      column++;
    }
    buf_add(out, rest.p, len);
    column += len;
    rest = blank ? (struct str){blank + 1, rest.len - len - 1} : (struct str){rest.p, 0};
  }
  buf_add_char(out, '\n');
}

/* The last part of a setting's path; *section the part before it, "" at the left margin. */
static const char *split_path(const struct config_setting *setting, struct str *section) {
  const char *dot = strrchr(setting->path, '.');
  *section = dot ? (struct str){setting->path, (size_t)(dot - setting->path)} : STR("");
  return dot ? dot + 1 : setting->path;
}

static const char *section_doc(struct str name) {
  for (const struct config_section *section = config_sections; section->name; section++)
    if (str_eq(name, str_of(section->name))) return section->doc;
  ASSERT(false);
  return "";
}

/* Calls `begin` where a section starts, `add` for each setting. */
struct teller {
  void (*begin)(struct teller *teller, struct str name, const char *doc);
  void (*add)(struct teller *teller, const struct config_setting *setting, const char *name);
  struct buf *out;
  const struct config *config;
  struct config defaults;
};

static void tell_all(struct teller *teller) {
  struct str before = STR("");
  config_init(&teller->defaults);
  for (const struct config_setting *setting = config_settings; setting->path; setting++) {
    struct str section;
    const char *name = split_path(setting, &section);
    if (!str_eq(section, before)) teller->begin(teller, section, section_doc(section));
    teller->add(teller, setting, name);
    before = section;
  }
  config_release(&teller->defaults);
}

/* --- a file to start from ----------------------------------------------------------------------------------------- */

static void begin_yaml(struct teller *teller, struct str name, const char *doc) {
  buf_add_char(teller->out, '\n');
  add_wrapped("# ", doc, teller->out);
  buf_printf(teller->out, "%.*s:\n", STR_ARG(name));
}

static void add_example(const struct config_setting *setting, struct buf *out) {
  buf_printf(out, "#%s:\n", setting->path);
  for (struct str rest = str_of(setting->record->example); rest.len;) {
    size_t len = (size_t)((const char *)memchr(rest.p, '\n', rest.len) - rest.p) + 1;
    buf_printf(out, "#%.*s", (int)len, rest.p);
    rest = (struct str){rest.p + len, rest.len - len};
  }
}

static void add_yaml(struct teller *teller, const struct config_setting *setting, const char *name) {
  const char *margin = name == setting->path ? "" : "  ";
  struct buf value, usual, kind;
  buf_init(&value);
  buf_init(&usual);
  buf_init(&kind);
  config_value_text(setting, teller->config, &value);
  config_value_text(setting, &teller->defaults, &usual);
  config_type_text(setting, &kind);
  buf_printf(&kind, ". %s", setting->doc);
  if (kind.data[0] >= 'a' && kind.data[0] <= 'z') kind.data[0] = (char)(kind.data[0] - 'a' + 'A');
  buf_add_char(teller->out, '\n');
  add_wrapped(*margin ? "  # " : "# ", kind.data, teller->out);
  bool changed = !str_eq(buf_str(&value), buf_str(&usual));
  if (setting->record)
    add_example(setting, teller->out);
  else
    buf_printf(teller->out, "%s%s%s: %s\n", margin, changed ? "" : "#", name, value.data);
  buf_release(&kind);
  buf_release(&usual);
  buf_release(&value);
}

void config_template(const struct config *config, struct buf *out) {
  struct teller teller = {.begin = begin_yaml, .add = add_yaml, .out = out, .config = config};
  buf_add_text(
      out,
      "# Settings of embudo run. What is in a comment is the default. ${NAME} is the environment\n"
      "# variable NAME, ${NAME:-text} has a default; keys, tokens and secrets can be file:/path as well.\n");
  tell_all(&teller);
}

/* --- help --------------------------------------------------------------------------------------------------------- */

static void begin_text(struct teller *teller, struct str name, const char *doc) {
  buf_printf(teller->out, "\n%.*s: ", STR_ARG(name));
  buf_printf(teller->out, "%s\n", doc);
}

static void add_text(struct teller *teller, const struct config_setting *setting, const char *name) {
  (void)name;
  buf_printf(teller->out, "\n  %s", setting->path);
  if (!setting->record) {
    buf_add_text(teller->out, " (default ");
    config_value_text(setting, &teller->defaults, teller->out);
    buf_add_char(teller->out, ')');
  }
  buf_add_text(teller->out, "\n      ");
  config_type_text(setting, teller->out);
  buf_add_char(teller->out, '\n');
  add_wrapped("      ", setting->doc, teller->out);
}

void config_text(struct buf *out) {
  struct teller teller = {.begin = begin_text, .add = add_text, .out = out};
  buf_add_text(out, "The settings of embudo.yaml. 'embudo run --init' writes a file to start from.\n");
  tell_all(&teller);
}

/* --- docs/config.md ----------------------------------------------------------------------------------------------- */

static const char introduction[] =
    "# Settings\n"
    "\n"
    "`embudo run -c embudo.yaml` reads these settings. None has to be given; `embudo run --init` writes a "
    "file with all of\n"
    "them in comments. Flags win over the file. A key that does not exist, or a value out of bounds, stops "
    "the start with its\n"
    "line; all of a file's problems are shown at once.\n"
    "\n"
    "- A **size** is `4 MiB`, `32 KiB`, `1 GB` or a number of bytes. A **duration** is `250ms`, `30s`, "
    "`15m`, `4h`, `90d` or a\n"
    "  sum such as `1d12h`. A **list** is a YAML list, or one text with commas.\n"
    "- `${NAME}` in a value is that environment variable; it must be set. `${NAME:-text}` has a default for "
    "one that is unset or\n"
    "  empty. `$${` is a literal `${`.\n"
    "- Keys, tokens and secrets may be `file:/path`: the first line of that file, as service managers and "
    "Kubernetes "
    "hand secrets over.\n"
    "- Relative paths are relative to the working directory of the process.\n"
    "- SIGHUP reads the file again. Settings marked *restart* change only with a new start; embudo says so "
    "when one differs.\n";

static void begin_markdown_table(struct buf *out) {
  buf_add_text(out, "\n| setting | takes | default | |\n|---|---|---|---|\n");
}

static void begin_markdown(struct teller *teller, struct str name, const char *doc) {
  buf_printf(teller->out, "\n## %.*s\n", STR_ARG(name));
  buf_printf(teller->out, "\n%s\n", doc);
  begin_markdown_table(teller->out);
}

static void add_row(struct buf *out, const struct config_setting *setting, const char *name,
                    const void *defaults) {
  buf_printf(out, "| `%s` | ", name);
  config_type_text(setting, out);
  buf_add_text(out, " | ");
  size_t before = out->len;
  buf_add_char(out, '`');
  if (defaults) config_value_text(setting, defaults, out);
  if (out->len == before + 1)
    out->data[out->len = before] = '\0';
  else
    buf_add_char(out, '`');
  buf_printf(out, " | %s%s |\n", setting->doc, setting->fixed ? " *restart*" : "");
}

static void add_markdown(struct teller *teller, const struct config_setting *setting, const char *name) {
  add_row(teller->out, setting, name, &teller->defaults);
}

static void add_record(const struct config_setting *setting, struct buf *out) {
  buf_printf(out, "\n## Entries of %s\n\n```yaml\n%s:\n%s```\n", setting->path, setting->path,
             setting->record->example);
  begin_markdown_table(out);
  for (const struct config_setting *field = setting->record->fields; field->path; field++)
    add_row(out, field, field->path, NULL);
  if (setting->record->secret)
    buf_printf(out, "\n`%s` or `%s`: one of them.\n", setting->record->secret, setting->record->hash);
}

void config_markdown(struct buf *out) {
  struct teller teller = {.begin = begin_markdown, .add = add_markdown, .out = out};
  buf_add_text(out, introduction);
  begin_markdown_table(out);
  tell_all(&teller);
  for (const struct config_setting *setting = config_settings; setting->path; setting++)
    if (setting->record) add_record(setting, out);
}

/* --- two configurations ------------------------------------------------------------------------------------------- */

void config_fixed_changes(const struct config *running, const struct config *fresh, struct buf *names) {
  struct buf a, b;
  bool first = true;
  buf_init(&a);
  buf_init(&b);
  for (const struct config_setting *setting = config_settings; setting->path; setting++) {
    if (!setting->fixed) continue;
    buf_clear(&a);
    buf_clear(&b);
    config_value_text(setting, running, &a);
    config_value_text(setting, fresh, &b);
    if (str_eq(buf_str(&a), buf_str(&b))) continue;
    buf_printf(names, "%s%s", first ? "" : ", ", setting->path);
    first = false;
  }
  buf_release(&a);
  buf_release(&b);
}
