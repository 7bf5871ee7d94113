/* ledger.h - what one rule has added to one dimension for one lead: a slot's account.
 *
 * Additions come in order of time. The account answers what they are worth at the present or a later instant, and between which
 * bounds that lies over a span of time, without knowing events. Accounts of linear and step decays keep the newest
 * KEEP_NEWEST additions and answer in the logarithm of their number; the others are O(1).
 */
#ifndef EMBUDO_MODEL_LEDGER_H
#define EMBUDO_MODEL_LEDGER_H

#include "model/fold/additions.h"

struct account_entry {
  bool live;      /* has been added to since clear: the fold lists live entries */
  uint32_t count; /* additions that count */
  int64_t first_ms, last_ms;
  wide added;                 /* sum of all amounts, undecayed and never reset: for explanations */
  wide sum;                   /* no decay: what is left of it */
  wide blocks[WEIGHT_BLOCKS]; /* half-life: sums of quantised weights, [0] of the newest block */
  int64_t block;              /* number of blocks[0] */
  struct additions kept;      /* linear, step; its memory stays for the next lead */
};

struct bounds { /* closed; milli-points */
  int64_t low, high;
};

/* Amounts are in WEIGHT_UNIT when points are constant (unit != 1), else in milli-points (unit == 1). */
struct account_terms {
  const struct decay *decay;
  int64_t points; /* milli-points an amount of one unit is worth */
  int64_t unit;
  int64_t cap;                /* 0: none */
  struct weight_clock *clock; /* half-life: of its span, shared by all accounts with the same one */
};

void account_add(struct account_entry *entry, const struct account_terms *terms, int64_t t, int64_t amount);
void account_keep(struct account_entry *entry, int64_t keep_per_million); /* a reset */
void account_clear(struct account_entry *entry);
void account_release(struct account_entry *entry);

int64_t account_worth(const struct account_entry *entry, const struct account_terms *terms,
                      int64_t t); /* uncapped */
int64_t account_undecayed(const struct account_entry *entry, const struct account_terms *terms);
int64_t account_cap(const struct account_terms *terms, int64_t worth);

/* Between which bounds the capped worth lies over [from, to]. */
struct bounds account_bounds(const struct account_entry *entry, const struct account_terms *terms,
                             int64_t from, int64_t to);

#endif
