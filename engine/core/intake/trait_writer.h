/* trait_writer.h - an event's traits as the profile keeps them: every key in snake case, at any depth, values copied.
 *
 * Clients write firstName, First Name and first_name; two such keys in one event are one, the later wins. The spelling of
 * a key is worked out once and remembered (for the first TRAIT_WRITER_NAMES_MAX different keys). One thread.
 */
#ifndef EMBUDO_CORE_TRAIT_WRITER_H
#define EMBUDO_CORE_TRAIT_WRITER_H

#include "base/map.h"
#include "model/touch.h"

enum {
  TRAIT_WRITER_NAMES_MAX = 65536,
  TRAIT_WRITER_MAX = 1000 /* members of one object; further ones are dropped */
};

struct trait_writer {
  struct map spellings; /* as written -> index */
  struct str *names;    /* in snake case */
  size_t name_cap;
  struct arena arena; /* of the names */
};

void trait_writer_init(struct trait_writer *writer);
void trait_writer_release(struct trait_writer *writer);

/* The members of an object, copied to `arena`; remembered names live as long as the writer. */
uint32_t trait_writer_take(struct trait_writer *writer, struct json_ref traits, struct arena *arena,
                           const struct trait_write **writes);

#endif
