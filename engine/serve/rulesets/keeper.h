/* keeper.h - writes the rulesets that were in charge, and the one that is tried beside them, into the store (core/rules/kept.h), and
 * drops the oldest of them. Files are packed on a thread of the pool. On the loop's thread. */
#ifndef EMBUDO_SERVE_KEEPER_H
#define EMBUDO_SERVE_KEEPER_H

#include "core/rules/kept.h"
#include "serve/daemon.h"

/* Those that are not dropped, besides the one in charge. */
enum keeper_guard { KEEPER_PINNED, KEEPER_SHADOW, KEEPER_GUARDS };

struct keeper;

/* Reads what the store has. `kept` is told when all files of one that waited are in the store. NULL and *err. */
struct keeper *keeper_new(struct daemon *daemon, void (*kept)(void *context, const char *hash), void *context,
                          struct err *err);
void keeper_close(struct keeper *keeper); /* nothing more is packed; what is known is written */
void keeper_free(struct keeper *keeper);  /* NULL is fine */

const struct kept_index *keeper_index(const struct keeper *keeper);

/* It took over. Takes the bytes it was built from; NULL: they are not known. */
void keeper_use(struct keeper *keeper, const char *hash, const struct kept_use *use, struct ruledir *bundle);

/* How many leads the one that took over last has moved. */
void keeper_settle(struct keeper *keeper, size_t moved);

/* It is tried, and was perhaps never in charge: its files are kept as long as it is guarded. Takes them; NULL: there are none. True:
 * they are there already, `kept` is not told. */
bool keeper_try(struct keeper *keeper, const char *hash, struct ruledir *bundle);

/* It is not dropped any more, instead of the one before, which goes when it was never in charge. "": none. */
void keeper_guard(struct keeper *keeper, enum keeper_guard guard, const char *hash);

void keeper_write(struct keeper *keeper, const char *name, struct str bytes); /* a value of the store */

#endif
