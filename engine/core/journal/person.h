/* person.h - everything the journal holds about one person, for who asks what is known of him: events as they were received, recorded
 * decisions, and what happened to clocks of sales. Also events that an ignore rule takes and that no score shows. Records are taken in the order of the
 * journal, from the first. One thread, but not necessarily the one that began. */
#ifndef EMBUDO_CORE_PERSON_H
#define EMBUDO_CORE_PERSON_H

#include "core/journal/erasure.h"
#include "core/journal/sift.h"

struct person {
  struct erasure whose; /* the ids; to be filled in first */
  struct sift *sift;
  struct json_reader *reader;
  struct buf events, decisions, clocks, told; /* JSON, with commas between them */
  struct buf part;
};

void person_init(struct person *person);
void person_release(struct person *person);

void person_take(struct person *person, const struct store_record *record);

/* "events": [..], "decisions": [..], "clocks": [..], "told": [..] (what others were told, and what became of it), into an open object. */
void person_write(const struct person *person, struct json_writer *w);

#endif
