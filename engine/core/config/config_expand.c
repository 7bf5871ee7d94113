/* ${NAME} in the values of a configuration. */
#include "core/config/config_private.h"

static bool is_name_char(char c, bool first) {
  if (c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
  return !first && c >= '0' && c <= '9';
}

/* What stands between the braces: NAME or NAME:-text. */
static int expand_one(struct str inside, config_env *env, struct buf *out, struct err *err) {
  size_t len = 0;
  while (len < inside.len && is_name_char(inside.p[len], len == 0)) len++;
  struct str rest = {inside.p + len, inside.len - len};
  if (len == 0 || len > 255 || (rest.len && !str_starts(rest, STR(":-"))))
    return err_set(err, ERR_SYNTAX,
                   "'${%.*s}' is no variable: write ${NAME} or ${NAME:-default}, or $${ for a "
                   "literal ${",
                   STR_ARG(inside));
  char name[256];
  memcpy(name, inside.p, len);
  name[len] = '\0';
  const char *value = env(name);
  if (rest.len && (!value || !*value))
    buf_add(out, rest.p + 2, rest.len - 2);
  else if (value)
    buf_add_text(out, value);
  else
    return err_set(err, ERR_INVALID, "the environment has no %s: set it, or give a default as ${%s:-default}",
                   name, name);
  return 0;
}

int config_expand(struct str text, config_env *env, struct buf *out, struct err *err) {
  for (size_t i = 0; i < text.len;) {
    struct str rest = {text.p + i, text.len - i};
    if (str_starts(rest, STR("$${"))) {
      buf_add_text(out, "${");
      i += 3;
    } else if (str_starts(rest, STR("${"))) {
      const char *end = memchr(rest.p, '}', rest.len);
      if (!end) return err_set(err, ERR_SYNTAX, "'${' lacks its closing brace; $${ is a literal ${");
      if (expand_one((struct str){rest.p + 2, (size_t)(end - rest.p) - 2}, env, out, err)) return -1;
      i = (size_t)(end - text.p) + 1;
    } else {
      buf_add_char(out, text.p[i++]);
    }
    if (out->len > CONFIG_TEXT_MAX)
      return err_set(err, ERR_LIMIT, "a value of more than %d bytes", CONFIG_TEXT_MAX);
  }
  return 0;
}
