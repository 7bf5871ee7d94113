/* pieces.h - answers that are gathered from all that is kept, a piece in each of the loop's turns (turns.h).
 *
 * Between two pieces everything may change. When other rules have taken over, what was gathered is forgotten and the answer begins
 * anew; when the client has gone, it ends. What an answer is about (struct pieces_kind) says how it is opened, what a
 * piece is, and what it holds. */
#ifndef EMBUDO_SERVE_PIECES_H
#define EMBUDO_SERVE_PIECES_H

#include "serve/api/api.h"
#include "serve/turns.h"

enum pieces_state {
  PIECES_MORE,  /* there is more to do */
  PIECES_AGAIN, /* what was gathered does not hold any more: from the beginning */
  PIECES_DONE   /* it was answered */
};

struct pieces_kind {
  size_t size; /* of the whole, whose first member is a struct pieces */
  /* Reads what is asked; all that follows struct pieces is zero, or was released. -1: it has answered already. */
  int (*open)(void *pieces);
  /* A piece that takes far less than a slice. */
  enum pieces_state (*piece)(void *pieces);
  /* What open and piece have made; also when open has failed. */
  void (*release)(void *pieces);
};

struct pieces { /* read-only for the kind */
  struct turn turn;
  const struct pieces_kind *kind;
  struct daemon *daemon;
  struct http_exchange *exchange;
  int variant; /* of the kind's own */
  bool is_open;
  uint64_t swaps; /* of rules, when it was opened */
};

/* Begins on a later turn, unless the client may not read: then it has been refused. */
void pieces_begin(const struct pieces_kind *kind, struct daemon *daemon, struct http_exchange *exchange,
                  int variant);

#endif
