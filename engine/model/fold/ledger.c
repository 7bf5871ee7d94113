#include "model/fold/ledger.h"
#include "base/err.h"

static void add_half_life(struct account_entry *entry, int64_t half_life_ms, int64_t t, int64_t amount) {
  int64_t block = weight_block(t, half_life_ms);
  if (entry->count == 0) entry->block = block;
  while (entry->block < block) { /* at most WEIGHT_BLOCKS moves matter */
    int64_t step = block - entry->block >= WEIGHT_BLOCKS ? block - entry->block : 1;
    memmove(&entry->blocks[1], &entry->blocks[0], sizeof entry->blocks - sizeof entry->blocks[0]);
    entry->blocks[0] = 0;
    if (step > 1) memset(entry->blocks, 0, sizeof entry->blocks);
    entry->block += step;
  }
  entry->blocks[0] += (wide)amount * weight_quantised(t, half_life_ms);
}

void account_add(struct account_entry *entry, const struct account_terms *terms, int64_t t, int64_t amount) {
  switch (terms->decay->kind) {
  case DECAY_NONE: entry->sum += amount; break;
  case DECAY_HALF_LIFE: add_half_life(entry, terms->decay->span_ms, t, amount); break;
  case DECAY_LINEAR:
  case DECAY_STEP: additions_add(&entry->kept, t, amount); break;
  }
  if (entry->count++ == 0) entry->first_ms = t;
  entry->last_ms = t;
  entry->added += amount;
  entry->live = true;
}

void account_keep(struct account_entry *entry, int64_t keep_per_million) {
  entry->sum = weight_scaled(entry->sum, keep_per_million);
  for (int i = 0; i < WEIGHT_BLOCKS; i++)
    entry->blocks[i] = weight_scaled(entry->blocks[i], keep_per_million);
  additions_keep(&entry->kept, keep_per_million);
}

void account_clear(struct account_entry *entry) {
  struct additions kept = entry->kept;
  memset(entry, 0, sizeof *entry);
  additions_clear(&kept);
  entry->kept = kept;
}

void account_release(struct account_entry *entry) {
  additions_release(&entry->kept);
  memset(entry, 0, sizeof *entry);
}

static int64_t half_life_worth(const struct account_entry *entry, const struct account_terms *terms,
                               int64_t t) {
  double amount = weight_worth(entry->blocks, entry->block, t, terms->clock);
  return weight_round(amount * (double)terms->points / (double)terms->unit);
}

/* Sum over kept additions of amount times what is left of it, in parts of the span: an addition of time s has span - (t - s)
 * of them left, so the sum over those that have any is (span - t) times the amounts, and the moments. */
static wide linear_sum(const struct additions *kept, const struct decay *decay, int64_t t, int sign) {
  struct addition_sums left = additions_later(kept, t - decay->span_ms, sign);
  return (wide)(decay->span_ms - t) * left.amount + left.moment;
}

/* The same in millionths: what is younger than a step and not younger than the one before it counts alike. */
static wide step_sum(const struct additions *kept, const struct decay *decay, int64_t t, int sign) {
  wide sum = 0, younger = 0;
  int64_t per_million = 1000000;
  for (uint32_t i = 0; i < decay->step_count; i++) {
    wide here = additions_later(kept, t - decay->steps[i].age_ms, sign).amount;
    sum += (here - younger) * per_million;
    younger = here;
    per_million = decay->steps[i].per_million;
  }
  return sum + (additions_later(kept, INT64_MIN, sign).amount - younger) * per_million;
}

static int64_t kept_worth(const struct account_entry *entry, const struct account_terms *terms, int64_t t,
                          int sign) {
  const struct decay *decay = terms->decay;
  bool step = decay->kind == DECAY_STEP;
  wide sum = step ? step_sum(&entry->kept, decay, t, sign) : linear_sum(&entry->kept, decay, t, sign);
  int64_t whole = step ? 1000000 : decay->span_ms;
  return weight_divide(sum * terms->points, (wide)whole * terms->unit);
}

int64_t account_worth(const struct account_entry *entry, const struct account_terms *terms, int64_t t) {
  if (!entry->live) return 0;
  switch (terms->decay->kind) {
  case DECAY_HALF_LIFE: return half_life_worth(entry, terms, t);
  case DECAY_LINEAR:
  case DECAY_STEP: return kept_worth(entry, terms, t, 0);
  case DECAY_NONE: break;
  }
  return weight_divide(entry->sum * terms->points, terms->unit);
}

int64_t account_undecayed(const struct account_entry *entry, const struct account_terms *terms) {
  return weight_divide(entry->added * terms->points, terms->unit);
}

int64_t account_cap(const struct account_terms *terms, int64_t worth) {
  if (terms->cap == 0) return worth;
  return worth > terms->cap ? terms->cap : worth < -terms->cap ? -terms->cap : worth;
}

static struct bounds hull(int64_t a, int64_t b) {
  return a < b ? (struct bounds){a, b} : (struct bounds){b, a};
}

/* All of a half-life account shrinks by the same factor, so its worth moves straight towards zero, except where a block
 * is forgotten: then zero is in the bounds too. */
static struct bounds half_life_bounds(const struct account_entry *entry, const struct account_terms *terms,
                                      int64_t from, int64_t to) {
  struct bounds b = hull(half_life_worth(entry, terms, from), half_life_worth(entry, terms, to));
  int64_t h = terms->decay->span_ms;
  if (weight_block(from, h) != weight_block(to, h)) {
    if (b.low > 0) b.low = 0;
    if (b.high < 0) b.high = 0;
  }
  return b;
}

/* Additions of one sign only fall in size; of both signs, each side has its own bounds. */
static struct bounds kept_bounds(const struct account_entry *entry, const struct account_terms *terms,
                                 int64_t from, int64_t to) {
  int64_t points_sign = terms->points < 0 ? -1 : 1;
  int up = points_sign > 0 ? 1 : -1;
  int64_t up_from = kept_worth(entry, terms, from, up), up_to = kept_worth(entry, terms, to, up);
  int64_t down_from = kept_worth(entry, terms, from, -up), down_to = kept_worth(entry, terms, to, -up);
  struct bounds b = {up_to + down_from, up_from + down_to};
  if (down_from != 0 && up_from != 0) { /* both signs: each part was rounded by itself */
    b.low--;
    b.high++;
  }
  return b;
}

struct bounds account_bounds(const struct account_entry *entry, const struct account_terms *terms,
                             int64_t from, int64_t to) {
  struct bounds b;
  enum decay_kind kind = entry->live ? terms->decay->kind : DECAY_NONE;
  if (from == to || kind == DECAY_NONE) {
    int64_t worth = account_worth(entry, terms, to);
    b = (struct bounds){worth, worth};
  } else if (kind == DECAY_HALF_LIFE) {
    b = half_life_bounds(entry, terms, from, to);
  } else {
    b = kept_bounds(entry, terms, from, to);
  }
  return (struct bounds){account_cap(terms, b.low), account_cap(terms, b.high)};
}
