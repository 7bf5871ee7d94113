#include "model/ledger.h"
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

static void grow_kept(struct account_entry *entry) {
  entry->kept_cap = entry->kept_cap ? entry->kept_cap * 2 : 8;
  entry->kept = xrealloc(entry->kept, entry->kept_cap * sizeof *entry->kept);
}

static void keep_addition(struct account_entry *entry, int64_t t, int64_t amount) {
  if (entry->kept_count == KEEP_NEWEST) { /* the oldest one makes room: the ring turns */
    entry->kept[entry->kept_start] = (struct addition){t, amount};
    entry->kept_start = (entry->kept_start + 1) % KEEP_NEWEST;
    return;
  }
  if (entry->kept_count == entry->kept_cap) grow_kept(entry);
  entry->kept[entry->kept_count++] = (struct addition){t, amount};
}

void account_add(struct account_entry *entry, const struct account_terms *terms, int64_t t, int64_t amount) {
  switch (terms->decay->kind) {
  case DECAY_NONE: entry->sum += amount; break;
  case DECAY_HALF_LIFE: add_half_life(entry, terms->decay->span_ms, t, amount); break;
  case DECAY_LINEAR:
  case DECAY_STEP: keep_addition(entry, t, amount); break;
  }
  if (entry->count++ == 0) entry->first_ms = t;
  entry->last_ms = t;
  entry->added += amount;
  entry->live = true;
}

static wide scaled(wide amount, int64_t per_million) {
  /* in two parts, so that block sums near 2^112 do not overflow */
  return amount / 1000000 * per_million + amount % 1000000 * per_million / 1000000;
}

void account_keep(struct account_entry *entry, int64_t keep_per_million) {
  entry->sum = scaled(entry->sum, keep_per_million);
  for (int i = 0; i < WEIGHT_BLOCKS; i++) entry->blocks[i] = scaled(entry->blocks[i], keep_per_million);
  for (uint32_t i = 0; i < entry->kept_count; i++)
    entry->kept[i].amount = (int64_t)scaled(entry->kept[i].amount, keep_per_million);
}

void account_clear(struct account_entry *entry) {
  struct addition *kept = entry->kept;
  uint32_t cap = entry->kept_cap;
  memset(entry, 0, sizeof *entry);
  entry->kept = kept;
  entry->kept_cap = cap;
}

void account_release(struct account_entry *entry) {
  free(entry->kept);
  memset(entry, 0, sizeof *entry);
}

static int64_t half_life_worth(const struct account_entry *entry, const struct account_terms *terms,
                               int64_t t) {
  double amount = weight_worth(entry->blocks, entry->block, t, terms->clock);
  return weight_round(amount * (double)terms->points / (double)terms->unit);
}

/* Sum over kept additions of amount times what is left of it, in wholes (a span, or a million). */
static wide kept_sum(const struct account_entry *entry, const struct decay *decay, int64_t t, int sign) {
  wide sum = 0;
  for (uint32_t i = 0; i < entry->kept_count; i++) {
    const struct addition *addition = &entry->kept[i];
    int64_t age = t - addition->time_ms, left;
    if (sign > 0 ? addition->amount < 0 : sign < 0 && addition->amount > 0) continue;
    if (decay->kind == DECAY_STEP)
      left = weight_step(decay, age);
    else
      left = age < decay->span_ms ? decay->span_ms - age : 0;
    sum += (wide)addition->amount * left;
  }
  return sum;
}

static int64_t kept_worth(const struct account_entry *entry, const struct account_terms *terms, int64_t t,
                          int sign) {
  int64_t whole = terms->decay->kind == DECAY_STEP ? 1000000 : terms->decay->span_ms;
  return weight_divide(kept_sum(entry, terms->decay, t, sign) * terms->points, (wide)whole * terms->unit);
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
