#include "io/http/http_chunks.h"

#include "base/hex.h"
#include "io/http/http_word.h"

/* What comes next, or is being read. */
enum state {
  SIZE,
  BEFORE_SEMICOLON, /* blanks behind a size, a name or a value: only an extension may follow */
  BEFORE_NAME,
  NAME,
  BEFORE_EQUALS, /* blanks behind an extension's name: its value or another extension */
  BEFORE_VALUE,
  VALUE,
  QUOTED,
  ESCAPED,
  BEHIND_QUOTES,
  SIZE_LF,
  DATA,
  DATA_CR,
  DATA_LF,
  TRAILER,
  TRAILER_NAME,
  TRAILER_VALUE,
  TRAILER_LF,
  LAST_LF,
  ENDED
};

static const char no_lf[] = "a CR without LF in a chunked body";

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/* --- a chunk's line --- */

static const char *size_step(struct http_chunks *chunks, char c) {
  int digit = hex_digit(c);
  if (digit >= 0) {
    if (++chunks->digits > HTTP_CHUNK_DIGITS_MAX) return "a chunk size of more than 32 digits";
    if (chunks->left > (uint64_t)INT64_MAX >> 4) return "a chunk size that is too large";
    chunks->left = chunks->left << 4 | (uint64_t)digit;
    return NULL;
  }
  if (chunks->digits == 0) return "a chunk size that is no hexadecimal number";
  if (c == '\r') return chunks->state = SIZE_LF, NULL;
  if (c == ';') return chunks->state = BEFORE_NAME, NULL;
  if (is_blank(c)) return chunks->state = BEFORE_SEMICOLON, NULL;
  return "a chunk size that is no hexadecimal number";
}

static const char *name_step(struct http_chunks *chunks, char c) {
  if (chunks->state == BEFORE_NAME && is_blank(c)) return NULL;
  if (http_is_token_char(c)) return chunks->state = NAME, NULL;
  if (chunks->state == BEFORE_NAME) return "a chunk extension without a name";
  if (is_blank(c)) return chunks->state = BEFORE_EQUALS, NULL;
  if (c == '=') return chunks->state = BEFORE_VALUE, NULL;
  if (c == ';') return chunks->state = BEFORE_NAME, NULL;
  if (c == '\r') return chunks->state = SIZE_LF, NULL;
  return "an impossible name of a chunk extension";
}

static const char *value_step(struct http_chunks *chunks, char c) {
  if (chunks->state == BEFORE_VALUE && is_blank(c)) return NULL;
  if (chunks->state == BEFORE_VALUE && c == '"') return chunks->state = QUOTED, NULL;
  if (chunks->state != BEHIND_QUOTES && http_is_token_char(c)) return chunks->state = VALUE, NULL;
  if (chunks->state == BEFORE_VALUE) return "a chunk extension without the value after its =";
  if (is_blank(c)) return chunks->state = BEFORE_SEMICOLON, NULL;
  if (c == ';') return chunks->state = BEFORE_NAME, NULL;
  if (c == '\r') return chunks->state = SIZE_LF, NULL;
  return "an impossible value of a chunk extension";
}

static const char *quoted_step(struct http_chunks *chunks, char c) {
  if (!http_is_text_char(c)) return "a control character in a chunk extension";
  if (chunks->state == ESCAPED)
    chunks->state = QUOTED;
  else if (c == '\\')
    chunks->state = ESCAPED;
  else if (c == '"')
    chunks->state = BEHIND_QUOTES;
  return NULL;
}

static const char *blank_step(struct http_chunks *chunks, char c) {
  if (is_blank(c)) return NULL;
  if (c == ';') return chunks->state = BEFORE_NAME, NULL;
  if (c == '=' && chunks->state == BEFORE_EQUALS) return chunks->state = BEFORE_VALUE, NULL;
  return "blanks that no chunk extension follows";
}

static const char *size_end_step(struct http_chunks *chunks, char c) {
  if (c != '\n') return no_lf;
  chunks->state = chunks->left ? DATA : TRAILER;
  chunks->digits = 0;
  chunks->extension_bytes = 0;
  return NULL;
}

/* --- trailers --- */

static const char *trailer_name_end(struct http_chunks *chunks) {
  static const struct str forbidden[] = {{"content-length", 14}, {"transfer-encoding", 17}, {"host", 4}};
  struct str name = {chunks->name, chunks->name_len};
  for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
    if (http_word_equal(name, forbidden[i]))
      return "Content-Length, Transfer-Encoding or Host as a trailer field";
  chunks->state = TRAILER_VALUE;
  return NULL;
}

static const char *trailer_step(struct http_chunks *chunks, char c) {
  chunks->trailer_bytes++;
  switch ((enum state)chunks->state) {
  case TRAILER:
    if (c == '\r') return chunks->state = LAST_LF, NULL;
    if (is_blank(c)) return "a folded trailer field";
    if (!http_is_token_char(c)) return "a trailer field without a name";
    chunks->state = TRAILER_NAME;
    chunks->trailer_count++;
    chunks->name[0] = c;
    chunks->name_len = 1;
    return NULL;
  case TRAILER_NAME:
    if (c == ':') return trailer_name_end(chunks);
    if (!http_is_token_char(c)) return "an impossible name of a trailer field";
    if (chunks->name_len < HTTP_TRAILER_NAME_KEPT) chunks->name[chunks->name_len++] = c;
    return NULL;
  case TRAILER_VALUE:
    if (c == '\r') return chunks->state = TRAILER_LF, NULL;
    return http_is_text_char(c) ? NULL : "a control character in a trailer field";
  case TRAILER_LF:
    if (c != '\n') return no_lf;
    chunks->state = TRAILER;
    return NULL;
  default: /* LAST_LF */
    if (c != '\n') return no_lf;
    chunks->state = ENDED;
    return NULL;
  }
}

/* --- all of it --- */

static const char *step(struct http_chunks *chunks, char c) {
  switch ((enum state)chunks->state) {
  case SIZE: return size_step(chunks, c);
  case BEFORE_NAME:
  case NAME: return name_step(chunks, c);
  case BEFORE_VALUE:
  case VALUE:
  case BEHIND_QUOTES: return value_step(chunks, c);
  case QUOTED:
  case ESCAPED: return quoted_step(chunks, c);
  case BEFORE_SEMICOLON:
  case BEFORE_EQUALS: return blank_step(chunks, c);
  case SIZE_LF: return size_end_step(chunks, c);
  case DATA_CR:
    if (c != '\r') return "a chunk that is longer than its size";
    return chunks->state = DATA_LF, NULL;
  case DATA_LF:
    if (c != '\n') return no_lf;
    return chunks->state = SIZE, NULL;
  default: return trailer_step(chunks, c);
  }
}

/* How much of it there may be, after one more byte of it. */
static int check_bounds(struct http_chunks *chunks, struct http_failure *failure) {
  if (chunks->state >= BEFORE_SEMICOLON && chunks->state < SIZE_LF) {
    chunks->extensions_bytes++;
    if (++chunks->extension_bytes > HTTP_CHUNK_EXTENSION_MAX ||
        chunks->extensions_bytes > HTTP_CHUNK_EXTENSIONS_MAX)
      return http_failure_set(failure, 400, HTTP_INVALID,
                              "a chunk's extensions are longer than %d bytes, or the body's than %d",
                              HTTP_CHUNK_EXTENSION_MAX, HTTP_CHUNK_EXTENSIONS_MAX);
  }
  if (chunks->trailer_bytes > HTTP_TRAILERS_BYTES_MAX || chunks->trailer_count > HTTP_TRAILERS_MAX)
    return http_failure_set(failure, 431, HTTP_TOO_LARGE,
                            "the body has more than %d trailer fields, or they have more than %d bytes",
                            HTTP_TRAILERS_MAX, HTTP_TRAILERS_BYTES_MAX);
  return 0;
}

static struct str take_data(struct http_chunks *chunks, struct str *bytes) {
  struct str data = {bytes->p, bytes->len < chunks->left ? bytes->len : (size_t)chunks->left};
  bytes->p += data.len;
  bytes->len -= data.len;
  chunks->left -= data.len;
  if (chunks->left == 0) chunks->state = DATA_CR;
  return data;
}

void http_chunks_init(struct http_chunks *chunks) {
  *chunks = (struct http_chunks){.state = SIZE};
}

bool http_chunks_ended(const struct http_chunks *chunks) {
  return chunks->state == ENDED;
}

int http_chunks_read(struct http_chunks *chunks, struct str *bytes, struct str *piece,
                     struct http_failure *failure) {
  *piece = STR("");
  while (bytes->len && chunks->state != ENDED) {
    if (chunks->state == DATA) {
      *piece = take_data(chunks, bytes);
      return 0;
    }
    const char *fault = step(chunks, *bytes->p);
    if (fault) return http_failure_set(failure, 400, HTTP_INVALID, "malformed HTTP/1.1 request: %s", fault);
    if (check_bounds(chunks, failure) != 0) return -1;
    bytes->p++;
    bytes->len--;
  }
  return 0;
}
