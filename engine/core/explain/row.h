/* row.h - a lead in one line: who, how much, where it stands. What `embudo score` prints and the API lists. */
#ifndef EMBUDO_CORE_ROW_H
#define EMBUDO_CORE_ROW_H

#include "base/json.h"
#include "model/fold/fold.h"

struct row {
  struct str lead, name, company, account, owner;
  const char *grade;       /* "" without a grade */
  const int64_t *scores;   /* per dimension, milli-points */
  const int64_t *interest; /* per topic, milli-points */
  const int *stages;       /* per lifecycle */
  uint64_t segments;       /* bits 1 << number */
  int64_t first_ms, last_ms;
  uint32_t events;
  bool incomplete;
  bool new_business, by_domain; /* by_domain: the account was found by its domain */
  const char *contact_block;    /* why it must not be contacted; NULL: it may */
};

/* What the fold says of its lead at its present instant; copied to the arena. */
void row_make(struct row *row, const struct fold *fold, struct arena *arena);

/* {"lead":.., "scores":{..}, "grade":.., "stage":.., "first_seen":.., "last_seen":.., "events":.., ..}. Who the lead is by name
 * stays out. */
void row_members(const struct row *row, const struct ruleset *rules, struct json_writer *w); /* no braces */
/* "account", "account_by", "new_business": what there is of them; into an open object. */
void row_account(struct str account, bool by_domain, bool new_business, const struct ruleset *rules,
                 struct json_writer *w);
void row_segments(uint64_t segments, const struct ruleset *rules,
                  struct json_writer *w); /* a list of names */
void row_json(const struct row *row, const struct ruleset *rules, struct json_writer *w);

#endif
