#include "vm/source/slips.h"

#include "vm/source/token.h"

#include <ctype.h>
#include <string.h>

enum { TOKEN_MAX = 64 };

struct str slips_line(struct str text, int line) {
  const char *end = text.p + text.len, *at = text.p;
  for (; line > 1 && at; line--) {
    at = memchr(at, '\n', (size_t)(end - at));
    if (at) at++;
  }
  if (!at || text.len == 0) return STR("");
  const char *stop = memchr(at, '\n', (size_t)(end - at));
  return str_trim((struct str){at, (size_t)((stop ? stop : end) - at)});
}

static bool is_word(char c) {
  return isalnum((unsigned char)c) || c == '_';
}

static bool has(struct str line, const char *part) {
  return line.len && memmem(line.p, line.len, part, strlen(part)) != NULL;
}

/* "near 'X'" at the end of Lua's message. */
static bool near_token(const char *message, char token[TOKEN_MAX]) {
  const char *near = strstr(message, "near '");
  if (!near) return false;
  near += strlen("near '");
  const char *end = strrchr(near, '\'');
  if (!end || end == near || end - near >= TOKEN_MAX) return false;
  memcpy(token, near, (size_t)(end - near));
  token[end - near] = '\0';
  return true;
}

/* The word right before the token on the line, as in `track Demo`; empty when something else stands there. */
static struct str word_before(struct str line, const char *token) {
  size_t len = strlen(token);
  for (size_t at = 1; at + len <= line.len; at++) {
    if (memcmp(line.p + at, token, len) != 0 || is_word(line.p[at - 1])) continue;
    size_t end = at, begin;
    while (end && line.p[end - 1] == ' ') end--;
    for (begin = end; begin && is_word(line.p[begin - 1]); begin--) {
    }
    if (end > begin) return (struct str){line.p + begin, end - begin};
  }
  return STR("");
}

static const char *of_token(const char *token, struct str line, struct arena *arena) {
  struct str before = word_before(line, token);
  if (before.len && isdigit((unsigned char)token[0]))
    return arena_printf(arena, "a number stands in parentheses: %.*s(%s)", STR_ARG(before), token);
  if (before.len && is_word(token[0]))
    return arena_printf(arena, "texts and names stand in quotes: %.*s \"%s\"", STR_ARG(before), token);
  return NULL;
}

static const struct slip { /* a sign of something else in the message, or on the line */
  const char *message, *line, *hint;
} slips[] = {
    {"near '//'", NULL, "a comment begins with --"},
    {"near '#'", NULL, "a comment begins with --"},
    {"near '/'", "/*", "a comment begins with --; one of several lines stands in --[[ and ]]"},
    {"syntax error near ','", NULL, "is there one } too many before it?"},
    {"<eof> expected near '}'", NULL, "is there one } too many?"},
    {"unexpected symbol near '}'", NULL, "is there one } too many, or is a value missing before it?"},
    {"near '>'", NULL, "a comparison is written above(5), at_least(5)"},
    {"near '<'", NULL, "a comparison is written below(5), at_most(5)"},
    {"near '%'", NULL, "a percentage is a number: 80"},
    {"near ')'", "%)", "a percentage is a number: 80"},
    {"near '$'", NULL, "an amount is a number: 5000"},
    {"malformed number", NULL, "a number is written 1000000 or 0.5; a text stands in quotes"},
    {"index a function value (global 'score')", NULL, "write score { fit = at_least(40) }"},
    {"index a function value (global 'trait')", NULL, "write trait { title = \"CTO\" }"},
    {"near '!'", "!=", "~= says not equal"},
    {"near '!'", NULL, "~ says not, as in ~trait { .. }"},
    {"near '='", "+=", "give the whole value: points = { .. }"},
    {"')' expected near '='", NULL, "fields stand in braces: rule \"name\" { field = value }"},
    {"attempt to add a 'string'", NULL, "texts are joined with .."},
    {"near '<\\", "\xe2\x80\x93", "this is a dash: write - for minus"},
    {"near '<\\", "\xe2\x80\x94", "this is a dash: write - for minus"},
    {"near '<\\", "\xe2\x88\x92", "this is another sign of minus: write -"},
    {"near '<\\", "\xc2\xa0", "a blank that does not break lines stands here: type the blank anew"},
    {"near '<\\", "\xe2\x80\x8b", "a character that cannot be seen stands here: type the line anew"},
    {"near '<\\", "\xef\xbb\xbf", "a character that cannot be seen stands here: type the line anew"},
    {"near '<\\", "\xe2\x80\x9c", "these are curly quotes: write \" instead"},
    {"near '<\\", "\xe2\x80\x9d", "these are curly quotes: write \" instead"},
    {"near '<\\", "\xe2\x80\x99", "these are curly quotes: write ' instead"},
    {"C stack overflow", NULL, "brackets, tables or functions stand too deep within each other"},
    {"'end' expected", NULL, "a function ends with end: is one missing?"},
    {"near <eof>", NULL, "something above is not closed: is a } or an end missing?"},
    {"<name> expected", NULL, "a field is written name = value"}};

/* An `else if` opens one more `if`, whose end is then missing somewhere below. */
static bool is_else_if(const char *message, struct str text, struct str line) {
  bool ends_badly = strstr(message, "unexpected symbol near '}'") || strstr(message, "'end' expected");
  struct str above = {text.p, line.len ? (size_t)(line.p + line.len - text.p) : text.len};
  return ends_badly && has(above, "else if");
}

const char *slips_syntax(const char *message, struct str text, int number, struct arena *arena) {
  char token[TOKEN_MAX];
  struct str line = slips_line(text, number);
  if (is_else_if(message, text, line)) return "write elseif, in one word: else if needs an end of its own";
  for (size_t i = 0; i < sizeof slips / sizeof *slips; i++)
    if (strstr(message, slips[i].message) && (!slips[i].line || has(line, slips[i].line)))
      return slips[i].hint;
  const char *hint = near_token(message, token) ? of_token(token, line, arena) : NULL;
  if (hint) return hint;
  return strstr(message, "'}' expected") ? "is a comma missing before it?" : NULL;
}

int slips_deepest(struct str text) {
  static const char *const openers[] = {"(", "{", "[", "function", "if", "do", "repeat"};
  static const char *const closers[] = {")", "}", "]", "end", "until"};
  struct tokens tokens;
  int depth = 0, deepest = 0, line = 1;
  tokens_init(&tokens, text);
  for (struct token token; (token = tokens_next(&tokens)).kind != TOKEN_END;) {
    if (token.kind == TOKEN_TEXT) continue;
    for (size_t i = 0; i < sizeof openers / sizeof *openers; i++)
      depth += str_eq(token.text, str_of(openers[i]));
    for (size_t i = 0; i < sizeof closers / sizeof *closers; i++)
      depth -= str_eq(token.text, str_of(closers[i]));
    if (depth <= deepest) continue;
    deepest = depth;
    line = token.line;
  }
  return line;
}

/* --- names -------------------------------------------------------------------------------------------------------------- */

/* What stands behind the name's first appearance as a word. */
static struct str behind(struct str line, const char *name) {
  size_t len = strlen(name);
  for (size_t at = 0; at + len <= line.len; at++) {
    bool whole =
        (at == 0 || !is_word(line.p[at - 1])) && (at + len == line.len || !is_word(line.p[at + len]));
    if (whole && memcmp(line.p + at, name, len) == 0)
      return str_trim((struct str){line.p + at + len, line.len - at - len});
  }
  return STR("");
}

const char *slips_name(const char *name, struct str line, struct arena *arena) {
  static const char *const others[][2] = {{"True", "true"},   {"TRUE", "true"}, {"False", "false"},
                                          {"FALSE", "false"}, {"None", "nil"},  {"null", "missing"},
                                          {"NULL", "missing"}};
  struct str rest = behind(line, name);
  if (strcmp(name, "event") == 0)
    return "there is no event while a file is read: write on = track \"Name\" { field = above(5) }, or a "
           "function(lead, event) .. end";
  if (strcmp(name, "lead") == 0)
    return "there is no lead while a file is read: write when = trait { field = above(5) }, or a "
           "function(lead) "
           ".. end";
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (strcmp(name, others[i][0]) == 0) return arena_printf(arena, "write %s", others[i][1]);
  if (str_starts(rest, STR("==")))
    return arena_printf(arena, "a field is written %s = value; == compares", name);
  if (str_starts(rest, STR(":"))) return arena_printf(arena, "a field is written %s = value", name);
  if (str_starts(rest, STR(">")) || str_starts(rest, STR("<")) || str_starts(rest, STR("~=")))
    return arena_printf(arena, "a comparison is written %s = above(5), at_least(5), below(5), at_most(5)",
                        name);
  return NULL;
}
