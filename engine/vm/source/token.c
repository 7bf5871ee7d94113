#include "vm/source/token.h"

#include <ctype.h>

void tokens_init(struct tokens *tokens, struct str source) {
  *tokens = (struct tokens){source, 0, 1};
}

static int peek(const struct tokens *tokens, size_t ahead) {
  size_t at = tokens->at + ahead;
  return at < tokens->source.len ? (unsigned char)tokens->source.p[at] : -1;
}

static void step(struct tokens *tokens) {
  if (peek(tokens, 0) == '\n') tokens->line++;
  tokens->at++;
}

static bool is_letter(int c) {
  return c == '_' || (c >= 0 && isalpha(c));
}
static bool is_letter_or_digit(int c) {
  return c == '_' || (c >= 0 && isalnum(c));
}

/* The level of a long bracket `[==[` at the cursor, or -1. */
static int long_level(const struct tokens *tokens) {
  if (peek(tokens, 0) != '[') return -1;
  size_t level = 0;
  while (peek(tokens, 1 + level) == '=') level++;
  return peek(tokens, 1 + level) == '[' ? (int)level : -1;
}

static bool closes_long(const struct tokens *tokens, size_t level) {
  if (peek(tokens, 0) != ']' || peek(tokens, 1 + level) != ']') return false;
  for (size_t i = 0; i < level; i++)
    if (peek(tokens, 1 + i) != '=') return false;
  return true;
}

/* Reads a long bracket; the cursor ends after it. */
static struct str read_long(struct tokens *tokens, size_t level) {
  tokens->at += level + 2;
  size_t start = tokens->at;
  while (peek(tokens, 0) >= 0 && !closes_long(tokens, level)) step(tokens);
  struct str text = {tokens->source.p + start, tokens->at - start};
  tokens->at += level + 2;
  return text;
}

static void skip_comment(struct tokens *tokens) {
  tokens->at += 2;
  int level = long_level(tokens);
  if (level >= 0) {
    read_long(tokens, (size_t)level);
    return;
  }
  while (peek(tokens, 0) >= 0 && peek(tokens, 0) != '\n') tokens->at++;
}

static void skip_blanks(struct tokens *tokens) {
  for (int c; (c = peek(tokens, 0)) >= 0;) {
    if (c == '-' && peek(tokens, 1) == '-') {
      skip_comment(tokens);
    } else if (isspace(c)) {
      step(tokens);
    } else {
      return;
    }
  }
}

static struct str read_quoted(struct tokens *tokens) {
  int quote = peek(tokens, 0);
  size_t start = ++tokens->at;
  while (peek(tokens, 0) >= 0 && peek(tokens, 0) != quote) {
    if (peek(tokens, 0) == '\\') step(tokens);
    step(tokens);
  }
  size_t end = tokens->at < tokens->source.len ? tokens->at : tokens->source.len;
  tokens->at = end + 1;
  return (struct str){tokens->source.p + start, end - start};
}

static bool is_reserved(struct str word) {
  static const char *const reserved[] = {
      "and", "break", "do",  "else", "elseif", "end",    "false",  "for",  "function", "goto",  "if",
      "in",  "local", "nil", "not",  "or",     "repeat", "return", "then", "true",     "until", "while"};
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
    if (str_eq(word, str_of(reserved[i]))) return true;
  return false;
}

static struct str read_name(struct tokens *tokens) {
  size_t start = tokens->at;
  while (is_letter_or_digit(peek(tokens, 0))) tokens->at++;
  return (struct str){tokens->source.p + start, tokens->at - start};
}

static struct str read_number(struct tokens *tokens) {
  size_t start = tokens->at;
  for (int c; (c = peek(tokens, 0)) >= 0; tokens->at++) {
    bool exponent =
        (c == 'e' || c == 'E' || c == 'p' || c == 'P') && (peek(tokens, 1) == '+' || peek(tokens, 1) == '-');
    if (exponent)
      tokens->at++;
    else if (!is_letter_or_digit(c) && c != '.')
      break;
  }
  return (struct str){tokens->source.p + start, tokens->at - start};
}

static struct str read_mark(struct tokens *tokens) {
  static const char *const marks[] = {"...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>"};
  struct str rest = {tokens->source.p + tokens->at, tokens->source.len - tokens->at};
  struct str mark = {rest.p, 1};
  for (size_t i = sizeof marks / sizeof *marks; i-- > 0;)
    if (str_starts(rest, str_of(marks[i]))) mark.len = strlen(marks[i]);
  tokens->at += mark.len;
  return mark;
}

struct token tokens_next(struct tokens *tokens) {
  skip_blanks(tokens);
  struct token token = {.kind = TOKEN_END, .line = tokens->line};
  int c = peek(tokens, 0);
  if (c < 0) return token;
  int level = long_level(tokens);
  if (level >= 0 || c == '"' || c == '\'') {
    token.kind = TOKEN_TEXT;
    token.text = level >= 0 ? read_long(tokens, (size_t)level) : read_quoted(tokens);
  } else if (is_letter(c)) {
    token.text = read_name(tokens);
    token.kind = is_reserved(token.text) ? TOKEN_WORD : TOKEN_NAME;
  } else if (isdigit(c) || (c == '.' && peek(tokens, 1) >= 0 && isdigit(peek(tokens, 1)))) {
    token.kind = TOKEN_NUMBER;
    token.text = read_number(tokens);
  } else {
    token.kind = TOKEN_MARK;
    token.text = read_mark(tokens);
  }
  return token;
}
