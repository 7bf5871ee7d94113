/* token.h - Lua's tokens. Comments and white space are left out; an unfinished text or comment ends the source. */
#ifndef EMBUDO_VM_TOKEN_H
#define EMBUDO_VM_TOKEN_H

#include "base/str.h"

enum token_kind {
  TOKEN_END,
  TOKEN_NAME,
  TOKEN_WORD /* a reserved word */,
  TOKEN_TEXT,
  TOKEN_NUMBER,
  TOKEN_MARK
};

struct token {
  uint8_t kind;    /* enum token_kind */
  int line;        /* from 1; a long text's is its first */
  struct str text; /* as written; of a text without its quotes, escapes left as they are */
};

struct tokens {
  struct str source;
  size_t at;
  int line;
};

void tokens_init(struct tokens *tokens, struct str source);
struct token tokens_next(struct tokens *tokens);

#endif
