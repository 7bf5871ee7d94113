#include "base/text.h"
#include "model/fold_private.h"

static struct trait_entry *find(const struct fold *fold, struct str key) {
  for (uint32_t i = 0; i < fold->trait_count; i++)
    if (str_eq(fold->traits[i].key, key)) return &fold->traits[i];
  return NULL;
}

/* Rules are looked at again only when a trait really changes: most events repeat what is known. */
static void set(struct fold *fold, struct str key, struct value value) {
  struct trait_entry *entry = find(fold, key);
  if (entry && value_eq(entry->value, value)) return;
  if (!entry) {
    if (fold->trait_count == TRAITS_MAX) return;
    entry = &fold->traits[fold->trait_count++];
    entry->key = key;
  }
  entry->value = value;
  fold_changed(fold, READS_TRAITS);
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
static void merge_company(struct fold *fold, const struct touch_more *more) {
  struct value old = VALUE_NONE;
  struct trait_entry *entry = find(fold, STR("company"));
  if (entry && entry->value.kind == VALUE_MAP) old = entry->value;
  uint32_t old_len = old.kind == VALUE_MAP ? old.len : 0;
  struct pair *pairs = arena_alloc(&fold->arena, (old_len + more->trait_count) * sizeof *pairs);
  uint32_t n = 0;
  for (uint32_t i = 0; i < old_len; i++) pairs[n++] = old.pairs[i];
  for (uint32_t i = 0; i < more->trait_count; i++) {
    uint32_t at = 0;
    while (at < n && !str_eq(pairs[at].key, more->traits[i].key)) at++;
    pairs[at] = (struct pair){more->traits[i].key, more->traits[i].value};
    if (at == n) n++;
  }
  set(fold, STR("company"), (struct value){.kind = VALUE_MAP, .len = n, .pairs = pairs});
}

void fold_apply_traits(struct fold *fold, const struct touch *touch) {
  const struct touch_more *more = touch->more;
  if (!more) return;
  if (more->account.len && !str_eq(fold->account, more->account)) {
    fold->account = more->account;
    fold_changed(fold, READS_TRAITS | READS_ACCOUNT);
  }
  if (more->source.len) {
    if (!find(fold, STR("first_source"))) set(fold, STR("first_source"), value_str(more->source));
    set(fold, STR("last_source"), value_str(more->source));
  }
  if (more->is_group && more->trait_count) {
    merge_company(fold, more);
    fold_apply_account(fold, more);
  }
  for (uint32_t i = 0; !more->is_group && i < more->trait_count; i++) {
    set(fold, more->traits[i].key, more->traits[i].value);
    if (str_eq(more->traits[i].key, STR("email")))
      set(fold, STR("email_domain"), email_domain(fold, more->traits[i].value));
  }
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
