/* belongings.h - which records are somebody's, where an id and an instant do not say it: those that name a device which several
 * people share. Whose history such a record went into follows from what was known when it was made, and in which order; so they
 * are listed, by what names them. Bounded by what is recorded of the leads they are taken from.
 *
 *   "records":[12,57]            recorded decisions, by their numbers in the journal
 *   "clocks":["86ed00b215fdc75f"]  all that is recorded of a clock
 *   "messages":["msg_.."]        what was told others, and what became of it
 */
#ifndef EMBUDO_CORE_BELONGINGS_H
#define EMBUDO_CORE_BELONGINGS_H

#include "base/json.h"
#include "base/map.h"

struct belongings { /* sets: keys are the numbers' bytes */
  struct map records, clocks, messages;
};

void belongings_init(struct belongings *belongings);
void belongings_release(struct belongings *belongings);

void belongings_add_record(struct belongings *belongings, uint64_t record);
void belongings_add_clock(struct belongings *belongings, uint64_t clock);
void belongings_add_message(struct belongings *belongings, struct hash128 message);

bool belongings_have_record(const struct belongings *belongings, uint64_t record);
bool belongings_have_clock(const struct belongings *belongings, uint64_t clock);
bool belongings_have_message(const struct belongings *belongings, struct hash128 message);

/* Members of an open object; of those that are empty none. */
void belongings_write(const struct belongings *belongings, struct json_writer *w);
bool belongings_read(struct belongings *belongings, struct json_ref root); /* false: one of them is none */

#endif
