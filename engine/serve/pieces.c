#include "serve/pieces.h"

#include <stdlib.h>

static void forget(struct pieces *pieces) {
  if (pieces->is_open) pieces->kind->release(pieces);
  memset(pieces + 1, 0, pieces->kind->size - sizeof *pieces);
  pieces->is_open = false;
}

static bool finish(struct pieces *pieces) {
  forget(pieces);
  free(pieces);
  return false;
}

static int open_anew(struct pieces *pieces) {
  forget(pieces);
  pieces->is_open = true;
  pieces->swaps = service_swaps(pieces->daemon->service);
  return pieces->kind->open(pieces);
}

static bool step(struct turn *turn) {
  struct pieces *pieces = (struct pieces *)turn;
  if (http_exchange_is_gone(pieces->exchange)) {
    http_exchange_cut(pieces->exchange);
    return finish(pieces);
  }
  if (!pieces->is_open || pieces->swaps != service_swaps(pieces->daemon->service))
    return open_anew(pieces) == 0 || finish(pieces);
  switch (pieces->kind->piece(pieces)) {
  case PIECES_MORE: break;
  case PIECES_AGAIN: forget(pieces); break;
  case PIECES_DONE: return finish(pieces);
  }
  return true;
}

void pieces_begin(const struct pieces_kind *kind, struct daemon *daemon, struct http_exchange *exchange,
                  int variant) {
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  struct pieces *pieces = xcalloc(1, kind->size);
  pieces->turn.step = step;
  pieces->kind = kind;
  pieces->daemon = daemon;
  pieces->exchange = exchange;
  pieces->variant = variant;
  turns_add(daemon->turns, &pieces->turn);
}
