#include "base/text.h"
#include "model/fold/fold_private.h"

static struct trait_entry *find(const struct fold *fold, struct str key) {
  for (uint32_t i = 0; i < fold->trait_count; i++)
    if (str_eq(fold->traits[i].key, key)) return &fold->traits[i];
  return NULL;
}

/* --- what enrichers add ---------------------------------------------------------------------------------------------- */

static struct value value_below(struct value top, struct str key, struct str path) {
  if (path.len == key.len) return top;
  return value_path(top, (struct str){path.p + key.len + 1, path.len - key.len - 1});
}

/* What events told of the trait, and over it each value of an enricher that wins there. */
static struct value layered(struct fold *fold, struct str key, struct value told) {
  struct value all = told;
  for (uint32_t i = 0; i < fold->given_count; i++) {
    struct str path = fold->given[i].path;
    if (!fold_path_covers(key, path) || fold_given_at(fold, path) != &fold->given[i]) continue;
    bool is_told = value_present(value_below(told, key, path));
    if (is_told && !fold_given_wins(&fold->given[i], fold_told_at(fold, path))) continue;
    if (path.len == key.len)
      all = fold->given[i].value;
    else
      all = value_with(&fold->arena, all, (struct str){path.p + key.len + 1, path.len - key.len - 1},
                       fold->given[i].value);
  }
  return all;
}

static struct value email_domain(struct fold *fold, struct value email);

static struct trait_entry *entry_of(struct fold *fold, struct str key) {
  struct trait_entry *entry = find(fold, key);
  if (entry || fold->trait_count == TRAITS_MAX) return entry;
  entry = &fold->traits[fold->trait_count++];
  *entry = (struct trait_entry){.key = key};
  return entry;
}

static void set(struct fold *fold, struct str key, struct value value);

void fold_refresh_trait(struct fold *fold, struct str key) {
  struct trait_entry *entry = entry_of(fold, key);
  if (!entry) return;
  struct value counts = layered(fold, key, entry->told);
  if (value_eq(counts, entry->value)) return;
  entry->value = counts;
  fold_changed(fold, READS_TRAITS);
  if (str_eq(key, STR("email"))) set(fold, STR("email_domain"), email_domain(fold, counts));
}

struct value fold_told_value(const struct fold *fold, struct str path) {
  for (uint32_t i = 0; i < fold->trait_count; i++)
    if (fold_path_covers(fold->traits[i].key, path))
      return value_below(fold->traits[i].told, fold->traits[i].key, path);
  return VALUE_NONE;
}

/* --- what events tell ------------------------------------------------------------------------------------------------ */

/* Rules are looked at again only when a trait really changes: most events repeat what is known. */
static void set(struct fold *fold, struct str key, struct value value) {
  struct trait_entry *entry = find(fold, key);
  if (entry && value_eq(entry->told, value)) return;
  entry = entry_of(fold, key);
  if (!entry) return;
  entry->told = value;
  fold_refresh_trait(fold, key);
}

/* Notes who tells the trait; false: somebody whose word counts more has told it. */
static bool note_told(struct fold *fold, const struct touch *touch, struct str path) {
  const struct fold_told *known = fold_told_at(fold, path);
  uint8_t rank = fold_rank(fold, touch);
  if (known && known->rank < rank && value_present(fold_told_value(fold, path))) return false;
  uint32_t at = 0, kept = 0;
  for (; at < fold->told_count; at++) /* what was told of parts of it is gone with it */
    if (!fold_path_covers(path, fold->told[at].path)) fold->told[kept++] = fold->told[at];
  fold->told_count = kept;
  if (kept < TRAITS_MAX)
    fold->told[fold->told_count++] =
        (struct fold_told){path, touch_source(touch), touch->time_ms, rank, touch->type};
  return true;
}

/* "ana@Acme.Example" -> "acme.example"; nothing for what is no address. */
static struct value email_domain(struct fold *fold, struct value email) {
  if (email.kind != VALUE_STRING) return VALUE_NONE;
  struct str text = str_trim(value_text(email));
  size_t at = text.len;
  while (at > 0 && text.p[at - 1] != '@') at--;
  if (at == 0 || at == text.len) return VALUE_NONE;
  char *domain = arena_dup(&fold->arena, text.p + at, text.len - at);
  for (size_t i = 0; i < text.len - at; i++)
    if (domain[i] >= 'A' && domain[i] <= 'Z') domain[i] = (char)(domain[i] + ('a' - 'A'));
  return value_str((struct str){domain, text.len - at});
}

/* An account's traits are the lead's `company`, key by key. */
static void merge_company(struct fold *fold, const struct touch *touch) {
  const struct touch_more *more = touch->more;
  struct value old = VALUE_NONE;
  struct trait_entry *entry = find(fold, STR("company"));
  if (entry && entry->told.kind == VALUE_MAP) old = entry->told;
  uint32_t old_len = old.kind == VALUE_MAP ? old.len : 0;
  struct pair *pairs = arena_alloc(&fold->arena, (old_len + more->trait_count) * sizeof *pairs);
  uint32_t n = 0;
  for (uint32_t i = 0; i < old_len; i++) pairs[n++] = old.pairs[i];
  for (uint32_t i = 0; i < more->trait_count; i++) {
    uint32_t at = 0;
    if (!note_told(fold, touch,
                   str_of(arena_printf(&fold->arena, "company.%.*s", STR_ARG(more->traits[i].key)))))
      continue;
    while (at < n && !str_eq(pairs[at].key, more->traits[i].key)) at++;
    pairs[at] = (struct pair){more->traits[i].key, more->traits[i].value};
    if (at == n) n++;
  }
  set(fold, STR("company"), (struct value){.kind = VALUE_MAP, .len = n, .pairs = pairs});
}

void fold_apply_traits(struct fold *fold, const struct touch *touch) {
  const struct touch_more *more = touch->more;
  if (!more) return;
  if (more->account.len) fold->said_account = more->account;
  fold_choose_account(fold);
  if (more->source.len) {
    if (!find(fold, STR("first_source"))) set(fold, STR("first_source"), value_str(more->source));
    set(fold, STR("last_source"), value_str(more->source));
  }
  if (more->enrichment) {
    fold_apply_enrichment(fold, touch);
    return;
  }
  if (more->is_group && more->trait_count) {
    merge_company(fold, touch);
    fold_apply_account(fold, more);
  }
  for (uint32_t i = 0; !more->is_group && i < more->trait_count; i++)
    if (note_told(fold, touch, more->traits[i].key)) set(fold, more->traits[i].key, more->traits[i].value);
  fold_choose_account(fold);
}

static struct value lookup(const struct fold *fold, struct str path) {
  struct trait_entry *entry = find(fold, path);
  if (entry) return entry->value;
  const char *dot = memchr(path.p, '.', path.len);
  if (!dot) return VALUE_NONE;
  size_t head = (size_t)(dot - path.p);
  entry = find(fold, (struct str){path.p, head});
  if (!entry) return VALUE_NONE;
  return value_path(entry->value, (struct str){dot + 1, path.len - head - 1});
}

static bool field_is_good(const struct fold *fold, const struct profile_field *field) {
  struct value v = lookup(fold, field->path);
  if (!value_present(v)) return false;
  return !field->valid || matcher_eval(field->valid, v, fold->now) == TRUTH_YES;
}

int fold_completeness(const struct fold *fold) {
  uint64_t good = 0, all = 0;
  for (uint32_t i = 0; i < fold->rules->profile_count; i++) {
    const struct profile_field *field = &fold->rules->profile[i];
    all += field->weight;
    if (field_is_good(fold, field)) good += field->weight;
  }
  return all == 0 ? 100 : (int)(good * 100 / all);
}

struct bounds fold_completeness_range(const struct fold *fold) {
  uint64_t good = 0, maybe = 0, all = 0;
  for (uint32_t i = 0; i < fold->rules->profile_count; i++) {
    const struct profile_field *field = &fold->rules->profile[i];
    all += field->weight;
    if (field_is_good(fold, field))
      good += field->weight;
    else if (fold_trait_pending(fold, field->path))
      maybe += field->weight;
  }
  if (all == 0) return (struct bounds){100 * MILLI, 100 * MILLI};
  return (struct bounds){(int64_t)(good * 100 / all) * MILLI, (int64_t)((good + maybe) * 100 / all) * MILLI};
}

struct value fold_trait(const struct fold *fold, struct str path) {
  if (str_eq(path, STR("completeness"))) return value_number(fold_completeness(fold));
  return lookup(fold, path);
}

uint32_t fold_trait_count(const struct fold *fold) {
  return fold->trait_count;
}

struct str fold_trait_at(const struct fold *fold, uint32_t index, struct value *value) {
  *value = fold->traits[index].value;
  return fold->traits[index].key;
}
