#include "vm/source/scan.h"

#include "vm/source/token.h"

enum {
  UNMATCHED = 0,
  SCAN_FIELDS_MAX = 256, /* of one table, among which fields of one name are looked for */
  SCAN_LOOK_MAX =
      2000 /* entries of a table, or tokens of a line, that a look-up goes through before it gives up */
};

struct scan {
  struct token *tokens; /* the last one is TOKEN_END */
  uint32_t *close; /* per token: where the bracket or block it opens ends; UNMATCHED when it opens none */
  uint32_t count, cap;
};

static bool is(const struct token *token, const char *text) {
  return token->kind != TOKEN_TEXT && str_eq(token->text, str_of(text));
}

static bool is_any(const struct token *token, const char *const *texts) {
  for (; *texts; texts++)
    if (is(token, *texts)) return true;
  return false;
}

static bool opens(const struct token *token) {
  static const char *const openers[] = {"(", "{", "[", "function", "if", "do", "repeat", NULL};
  return is_any(token, openers);
}

static bool closes(const struct token *token) {
  static const char *const closers[] = {")", "}", "]", "end", "until", NULL};
  return is_any(token, closers);
}

static void push(struct scan *scan, struct token token) {
  if (scan->count == scan->cap) {
    scan->cap = scan->cap ? scan->cap * 2 : 1024;
    scan->tokens = xrealloc(scan->tokens, scan->cap * sizeof *scan->tokens);
  }
  scan->tokens[scan->count++] = token;
}

/* Pairs openers and closers. Lua has compiled the source, so they nest. */
static void match_brackets(struct scan *scan) {
  scan->close = xcalloc(scan->count, sizeof *scan->close);
  uint32_t *open = xmalloc(scan->count * sizeof *open);
  uint32_t depth = 0;
  for (uint32_t i = 0; i < scan->count; i++) {
    if (opens(&scan->tokens[i]))
      open[depth++] = i;
    else if (closes(&scan->tokens[i]) && depth > 0)
      scan->close[open[--depth]] = i;
  }
  free(open);
}

struct scan *scan_new(struct str source) {
  struct scan *scan = xcalloc(1, sizeof *scan);
  struct tokens tokens;
  tokens_init(&tokens, source);
  do push(scan, tokens_next(&tokens));
  while (scan->tokens[scan->count - 1].kind != TOKEN_END);
  match_brackets(scan);
  return scan;
}

void scan_free(struct scan *scan) {
  if (!scan) return;
  free(scan->tokens);
  free(scan->close);
  free(scan);
}

/* The token after the value, bracket or block that begins at `i`. */
static uint32_t after(const struct scan *scan, uint32_t i) {
  uint32_t close = scan->close[i];
  return (close != UNMATCHED ? close : i) + 1;
}

/* --- where things stand ------------------------------------------------------------------------------------------- */

static struct scan_table table_at(const struct scan *scan, uint32_t i) {
  return (struct scan_table){is(&scan->tokens[i], "{") ? i + 1 : 0};
}

/* The end of an expression in a list: the comma, semicolon or closing bracket after it. */
static uint32_t expression_end(const struct scan *scan, uint32_t i) {
  while (scan->tokens[i].kind != TOKEN_END && !is(&scan->tokens[i], ",") && !is(&scan->tokens[i], ";") &&
         !closes(&scan->tokens[i]))
    i = after(scan, i);
  return i;
}

static uint32_t skip_expression(const struct scan *scan, uint32_t i) {
  i = expression_end(scan, i);
  return is(&scan->tokens[i], ",") || is(&scan->tokens[i], ";") ? i + 1 : i;
}

static uint32_t find_name(const struct scan *scan, int line, struct str name) {
  uint32_t low = 0, high = scan->count;
  while (low < high) { /* tokens stand in rising lines */
    uint32_t middle = low + (high - low) / 2;
    if (scan->tokens[middle].line < line)
      low = middle + 1;
    else
      high = middle;
  }
  for (int left = SCAN_LOOK_MAX; left > 0 && low < scan->count && scan->tokens[low].line == line;
       left--, low++)
    if (scan->tokens[low].kind == TOKEN_NAME && str_eq(scan->tokens[low].text, name)) return low;
  return scan->count;
}

struct scan_table scan_argument(const struct scan *scan, int line, struct str name, uint32_t arg) {
  uint32_t i = find_name(scan, line, name);
  if (i >= scan->count) return (struct scan_table){0};
  i++;
  if (is(&scan->tokens[i], "(")) {
    uint32_t end = scan->close[i++];
    while (arg > 0 && i < end) {
      i = skip_expression(scan, i);
      arg--;
    }
    if (i < end) return table_at(scan, i);
    i = end + 1; /* as in track(matcher) { .. } */
    arg = arg > 0 ? arg - 1 : 0;
  }
  for (; arg > 0; arg--) {
    if (scan->tokens[i].kind != TOKEN_TEXT && !is(&scan->tokens[i], "{")) return (struct scan_table){0};
    i = after(scan, i);
  }
  return table_at(scan, i);
}

/* The key of the entry at `i`, as `key =` or `["key"] =`; false for an item. *value is where its value begins. */
static bool entry_key(const struct scan *scan, uint32_t i, struct str *key, uint32_t *value) {
  const struct token *token = &scan->tokens[i];
  *value = i;
  if (token->kind == TOKEN_NAME && is(token + 1, "=")) {
    *key = token->text;
    *value = i + 2;
    return true;
  }
  if (is(token, "[") && scan->close[i] != UNMATCHED && is(&scan->tokens[scan->close[i] + 1], "=")) {
    *key = token[1].text;
    *value = scan->close[i] + 2;
    return true;
  }
  return false;
}

int scan_field(const struct scan *scan, struct scan_table table, struct str key, struct scan_table *inner) {
  *inner = (struct scan_table){0};
  if (table.open == 0) return 0;
  int left = SCAN_LOOK_MAX;
  uint32_t end = scan->close[table.open - 1];
  for (uint32_t i = table.open, value; i < end && left-- > 0; i = skip_expression(scan, value)) {
    struct str found;
    if (!entry_key(scan, i, &found, &value) || !str_eq(found, key)) continue;
    *inner = table_at(scan, value);
    return scan->tokens[i].line;
  }
  return 0;
}

int scan_item(const struct scan *scan, struct scan_table table, uint32_t index, struct scan_table *inner) {
  *inner = (struct scan_table){0};
  if (table.open == 0) return 0;
  int left = SCAN_LOOK_MAX;
  uint32_t end = scan->close[table.open - 1];
  for (uint32_t i = table.open, value; i < end && left-- > 0; i = skip_expression(scan, value)) {
    struct str found;
    if (entry_key(scan, i, &found, &value) || index-- > 0) continue;
    *inner = table_at(scan, i);
    return scan->tokens[i].line;
  }
  return 0;
}

/* --- what is refused ---------------------------------------------------------------------------------------------- */

static void refuse_word(const struct token *token, const char *file, struct problems *problems) {
  const char *sign = is(token, "and") ? "&" : is(token, "or") ? "|" : "~";
  problem_add(problems, SEVERITY_ERROR, "lua_operator", (struct place){file, token->line},
              "Lua would drop a part without a word; plain Lua goes into a function",
              "'%.*s' outside a function: declarations combine with %s", STR_ARG(token->text), sign);
}

/* A text is an operand here, not an argument as in `glob "a" | glob "b"`. */
static bool is_operand(const struct scan *scan, uint32_t i) {
  if (i == 0) return true;
  const struct token *before = &scan->tokens[i - 1];
  return before->kind != TOKEN_NAME && before->kind != TOKEN_TEXT && !is(before, ")") && !is(before, "]") &&
         !is(before, "}");
}

static void check_text(const struct scan *scan, uint32_t i, const char *file, struct problems *problems) {
  static const char *const signs[] = {"|", "&", NULL};
  if (!is_operand(scan, i)) return;
  bool combined = is_any(&scan->tokens[i + 1], signs) || (i > 0 && is_any(&scan->tokens[i - 1], signs));
  bool said = i >= 2 && scan->tokens[i - 2].kind == TOKEN_TEXT && is_any(&scan->tokens[i - 1], signs) &&
              is_operand(scan, i - 2);
  if (!combined || said) return;
  problem_add(problems, SEVERITY_ERROR, "text_operator", (struct place){file, scan->tokens[i].line},
              "for \"equals one of these\" write one_of { .. }",
              "the text \"%.*s\" does not combine with | or &", STR_ARG(scan->tokens[i].text));
}

/* A key that is written out: `name =` or `["name"] =`. */
static bool plain_key(const struct scan *scan, uint32_t i, struct str *key, uint32_t *value) {
  if (!entry_key(scan, i, key, value)) return false;
  return scan->tokens[i].kind == TOKEN_NAME ||
         (scan->close[i] == i + 2 && scan->tokens[i + 1].kind == TOKEN_TEXT);
}

static int first_line_of(const struct scan *scan, uint32_t open, uint32_t before, struct str key) {
  struct str found;
  for (uint32_t i = open, value; i < before; i = skip_expression(scan, value))
    if (plain_key(scan, i, &found, &value) && str_eq(found, key)) return scan->tokens[i].line;
  return 0;
}

/* The table whose brace is at `i`: Lua keeps the last of two fields of one name. */
static void check_fields(const struct scan *scan, uint32_t i, const char *file, struct problems *problems) {
  int left = SCAN_FIELDS_MAX;
  uint32_t open = i + 1, end = scan->close[i];
  for (uint32_t at = open, value; at < end && left-- > 0; at = skip_expression(scan, value)) {
    struct str key;
    if (!plain_key(scan, at, &key, &value)) continue;
    int first = first_line_of(scan, open, at, key), line = scan->tokens[at].line;
    if (first == 0) continue;
    problem_add(problems, SEVERITY_ERROR, "field_twice", (struct place){file, line},
                "Lua would take the last without a word: remove one",
                "'%.*s' stands twice in one table, first on line %d", STR_ARG(key), first);
  }
}

/* 2026-10-12: Lua subtracts. */
static void check_date(const struct scan *scan, uint32_t i, const char *file, struct problems *problems) {
  const struct token *token = &scan->tokens[i];
  if (i + 4 >= scan->count || token[0].text.len != 4 || !is(&token[1], "-") || !is(&token[3], "-")) return;
  if (token[2].kind != TOKEN_NUMBER || token[4].kind != TOKEN_NUMBER || token[2].text.len > 2) return;
  problem_add(problems, SEVERITY_ERROR, "date", (struct place){file, token->line},
              "a date stands in quotes: \"2026-10-12\"", "%.*s-%.*s-%.*s subtracts", STR_ARG(token[0].text),
              STR_ARG(token[2].text), STR_ARG(token[4].text));
}

void scan_check(const struct scan *scan, const char *file, struct problems *problems) {
  static const char *const refused[] = {"and", "or", "not", NULL};
  for (uint32_t i = 0; scan->tokens[i].kind != TOKEN_END;) {
    const struct token *token = &scan->tokens[i];
    if (is_any(token, refused)) refuse_word(token, file, problems);
    if (token->kind == TOKEN_TEXT) check_text(scan, i, file, problems);
    if (token->kind == TOKEN_NUMBER) check_date(scan, i, file, problems);
    if (is(token, "{") && scan->close[i] != UNMATCHED) check_fields(scan, i, file, problems);
    i = is(token, "function") ? after(scan, i) : i + 1;
  }
}
