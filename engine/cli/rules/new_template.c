#include "cli/rules/new_template.h"
#include "base/embedded.h"
#include "base/err.h"

extern const struct embedded_file embudo_templates[];

static const struct embedded_file *find(const char *name) {
  char path[64];
  snprintf(path, sizeof path, "lua/embudo/templates/%s", name);
  const struct embedded_file *file = embudo_templates;
  while (file->name && strcmp(file->name, path) != 0) file++;
  ASSERT(file->name);
  return file;
}

static const struct template_value *find_value(const struct template_value *values, struct str name) {
  while (values->name && !str_eq(str_of(values->name), name)) values++;
  ASSERT(values->name);
  return values;
}

/* The next __name__ in a line: *name without the underscores. NULL: there is none. */
static const char *next_name(const char *p, const char *end, struct str *name) {
  for (; p + 4 < end; p++) {
    if (p[0] != '_' || p[1] != '_') continue;
    const char *close = p + 2;
    while (close + 1 < end && !(close[0] == '_' && close[1] == '_')) close++;
    if (close + 1 >= end) return NULL;
    *name = (struct str){p + 2, (size_t)(close - p - 2)};
    return p;
  }
  return NULL;
}

/* False and nothing added when a value is missing. */
static bool add_line(const char *line, const char *end, const struct template_value *values,
                     struct buf *out) {
  size_t begin = out->len;
  struct str name;
  for (const char *at; (at = next_name(line, end, &name)); line = name.p + name.len + 2) {
    const char *text = find_value(values, name)->text;
    if (!text) {
      out->data[out->len = begin] = '\0';
      return false;
    }
    buf_add(out, line, (size_t)(at - line));
    buf_add_text(out, text);
  }
  buf_add(out, line, (size_t)(end - line));
  return true;
}

void new_template(const char *file, const struct template_value *values, struct buf *out) {
  bool dropped = false;
  for (const char *line = find(file)->text; *line;) {
    const char *end = strchr(line, '\n');
    ASSERT(end);
    end++;
    bool blank = *line == '\n';
    if (!(blank && dropped && str_ends(buf_str(out), STR("\n\n"))))
      dropped = !add_line(line, end, values, out);
    line = end;
  }
}
