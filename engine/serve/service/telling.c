#include "serve/service/telling.h"

#include "base/arena.h"
#include "base/err.h"

struct telling {
  struct tellings *tellings; /* NULL: forgotten */
  struct telling *prev, *next;
  uint32_t count, cap;
  struct identity_member *leads;
  struct arena ids;
  struct telling_about about;
};

struct telling *telling_begin(struct tellings *tellings, const char *enricher) {
  struct telling *telling = xcalloc(1, sizeof *telling);
  arena_init(&telling->ids, 256);
  telling->about.enricher = arena_str(&telling->ids, str_of(enricher));
  telling->tellings = tellings;
  telling->next = tellings->first;
  if (telling->next) telling->next->prev = telling;
  tellings->first = telling;
  return telling;
}

void telling_to(struct telling *telling, struct identity_member lead) {
  if (telling->count == telling->cap) {
    telling->cap = telling->cap ? telling->cap * 2 : 1;
    telling->leads = xrealloc(telling->leads, telling->cap * sizeof *telling->leads);
  }
  telling->leads[telling->count++] = (struct identity_member){lead.kind, arena_str(&telling->ids, lead.id)};
}

static void unlink_telling(struct telling *telling) {
  if (!telling->tellings) return;
  if (telling->prev)
    telling->prev->next = telling->next;
  else
    telling->tellings->first = telling->next;
  if (telling->next) telling->next->prev = telling->prev;
}

void telling_end(struct telling *telling) {
  unlink_telling(telling);
  arena_release(&telling->ids);
  free(telling->leads);
  free(telling);
}

void telling_about(struct telling *telling, struct str needs, int64_t until_ms) {
  telling->about.needs = arena_str(&telling->ids, needs);
  telling->about.until_ms = until_ms;
}

struct telling_about telling_of(const struct telling *telling) {
  return telling->about;
}

struct tellings *telling_list(const struct telling *telling) {
  return telling->tellings;
}

uint32_t telling_count(const struct telling *telling) {
  return telling->count;
}

static bool is_told(const struct telling *telling, struct identity_member lead) {
  for (uint32_t i = 0; i < telling->count; i++)
    if (telling->leads[i].kind == lead.kind && str_eq(telling->leads[i].id, lead.id)) return true;
  return false;
}

bool tellings_have(const struct tellings *tellings, const char *enricher, struct identity_member lead) {
  for (const struct telling *telling = tellings->first; telling; telling = telling->next)
    if (str_eq(telling->about.enricher, str_of(enricher)) && is_told(telling, lead)) return true;
  return false;
}

void tellings_forget(struct tellings *tellings) {
  for (struct telling *telling = tellings->first, *next; telling; telling = next) {
    next = telling->next;
    telling->tellings = NULL;
    telling->prev = telling->next = NULL;
  }
  tellings->first = NULL;
}
