#include "cli/rules/reference_types.h"

enum { FORM_DEPTH_MAX = 8 /* braces in braces */ };

const char *reference_class(const char *kind) {
  static const struct {
    const char *kind, *class;
  } classes[] = {{"selector", "embudo.selector"},   {"matcher", "embudo.matcher"},
                 {"condition", "embudo.condition"}, {"decay", "embudo.decay"},
                 {"step", "embudo.step"},           {"part", "embudo.part"},
                 {"secret", "embudo.secret"},       {"answer", "embudo.answer"}};
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
    if (strcmp(kind, classes[i].kind) == 0) return classes[i].class;
  return NULL;
}

static struct str trimmed(struct str s) {
  while (s.len && s.p[0] == ' ') s = (struct str){s.p + 1, s.len - 1};
  while (s.len && s.p[s.len - 1] == ' ') s.len--;
  return s;
}

/* Up to the first `mark` that stands in no quotes, braces or brackets; the rest is left in *form. */
static struct str take_until(struct str *form, char mark) {
  int depth = 0;
  bool quoted = false;
  size_t i = 0;
  for (; i < form->len; i++) {
    char c = form->p[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == mark && depth == 0) break;
    depth += (c == '{' || c == '(' || c == '[') - (c == '}' || c == ')' || c == ']');
  }
  struct str part = {form->p, i};
  size_t used = i < form->len ? i + 1 : i;
  *form = (struct str){form->p + used, form->len - used};
  return trimmed(part);
}

static struct str first_word(struct str s) {
  size_t len = 0;
  while (len < s.len && ((s.p[len] >= 'a' && s.p[len] <= 'z') || s.p[len] == '_')) len++;
  return (struct str){s.p, len};
}

static void add_type(const struct reference *reference, struct str form, int depth, struct buf *out);

/* { "a", .. } is a list of texts, { name = X, .. } maps names to X; more than one thing in braces is a table. */
static void add_table(const struct reference *reference, struct str form, int depth, struct buf *out) {
  struct str inside = {form.p + 1, form.len > 1 ? form.len - 2 : 0};
  struct str first = take_until(&inside, ','), value = first;
  bool same = str_eq(trimmed(inside), STR(".."));
  struct str key = take_until(&value, '=');
  if (!same || depth == FORM_DEPTH_MAX || str_eq(first, STR(".."))) {
    buf_add_text(out, "table");
  } else if (value.len) {
    buf_add_text(out, "table<string, ");
    add_type(reference, trimmed(value), depth + 1, out);
    buf_add_char(out, '>');
  } else {
    struct buf item;
    buf_init(&item);
    add_type(reference, key, depth + 1, &item);
    bool several = strchr(item.data, '|') != NULL;
    buf_printf(out, several ? "(%s)[]" : "%s[]", item.data);
    buf_release(&item);
  }
}

static void add_function(struct str form, struct buf *out) {
  bool event = memmem(form.p, form.len, "event", 5) != NULL,
       lead = memmem(form.p, form.len, "lead", 4) != NULL;
  buf_printf(out, "(fun(%s): any)",
             lead && event ? "lead: embudo.lead, event: embudo.event"
             : lead        ? "lead: embudo.lead"
                           : "...");
}

static void add_named(const struct reference *reference, struct str word, struct buf *out) {
  static const char *const numbers[] = {"n", "number", "points", "weight", "percent", NULL};
  char name[64];
  const struct reference_entry *entry = reference_find(reference, word);
  snprintf(name, sizeof name, "%.*s", (int)(word.len < 63 ? word.len : 63), word.p);
  const char *class = reference_class(entry ? entry->kind : name);
  for (const char *const *number = numbers; *number; number++)
    if (strcmp(name, *number) == 0) class = "number";
  if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0) class = "boolean";
  if (strcmp(name, "text") == 0) class = "string";
  buf_add_text(out, class ? class : "any");
}

static void add_one(const struct reference *reference, struct str form, int depth, struct buf *out) {
  if (form.len && form.p[0] == '"')
    buf_add_text(out, "string");
  else if (form.len && form.p[0] == '{')
    add_table(reference, form, depth, out);
  else if (form.len && ((form.p[0] >= '0' && form.p[0] <= '9') || form.p[0] == '-'))
    buf_add_text(out, "number");
  else if (str_starts(form, STR("function")))
    add_function(form, out);
  else
    add_named(reference, first_word(form), out);
}

static bool is_there(const struct buf *types, size_t from, const char *type) {
  const char *at = types->data + from;
  size_t len = strlen(type);
  while ((at = strstr(at, type))) {
    bool starts = at == types->data + from || at[-1] == '|';
    if (starts && (at[len] == '\0' || at[len] == '|')) return true;
    at++;
  }
  return false;
}

static void add_type(const struct reference *reference, struct str form, int depth, struct buf *out) {
  size_t from = out->len;
  while (form.len) {
    struct buf one;
    buf_init(&one);
    add_one(reference, take_until(&form, '|'), depth, &one);
    if (out->len == from || !is_there(out, from, one.data))
      buf_printf(out, "%s%s", out->len > from ? "|" : "", one.data);
    buf_release(&one);
  }
}

void reference_type(const struct reference *reference, const char *form, struct buf *out) {
  add_type(reference, str_of(form), 0, out);
}
