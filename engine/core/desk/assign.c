#include "core/desk/assign.h"

#include "model/ruleset/calendar.h"
#include "model/ruleset/list.h"

/* --- whose turn it was ------------------------------------------------------------------------------------------------ */

void roster_init(struct roster *roster) {
  *roster = (struct roster){.cap = 0};
  map_init(&roster->ids);
}

void roster_release(struct roster *roster) {
  for (size_t i = 0; i < roster->ids.count; i++) free(roster->turns[i].owner);
  free(roster->turns);
  map_release(&roster->ids);
}

static struct roster_turn *turn_of(struct roster *roster, struct str assignment) {
  uint32_t index = map_intern(&roster->ids, assignment);
  if (index >= roster->cap) {
    uint32_t cap = roster->cap ? roster->cap * 2 : 16;
    roster->turns = xrealloc(roster->turns, cap * sizeof *roster->turns);
    memset(roster->turns + roster->cap, 0, (cap - roster->cap) * sizeof *roster->turns);
    roster->cap = cap;
  }
  return &roster->turns[index];
}

static void take_turn(struct roster *roster, struct str assignment, int64_t number, struct str owner) {
  struct roster_turn *turn = turn_of(roster, assignment);
  if (number <= turn->number) return;
  free(turn->owner);
  turn->number = number;
  turn->owner = xmalloc(owner.len + 1);
  memcpy(turn->owner, owner.p, owner.len);
  turn->owner[owner.len] = '\0';
}

static void take_event(struct roster *roster, struct json_ref event) {
  struct str name, role, assignment, owner;
  struct json_ref properties = json_get(event, STR("properties"));
  int64_t turn;
  if (!json_string(json_get(event, STR("event")), &name) || !str_eq(name, STR("assign"))) return;
  if (!json_string(json_path(event, STR("actor.role")), &role) || !str_eq(role, STR("system"))) return;
  if (!json_string(json_get(properties, STR("assignment")), &assignment) ||
      !json_string(json_get(properties, STR("owner")), &owner) ||
      !json_whole(json_get(properties, STR("turn")), 1, INT64_MAX, &turn))
    return;
  take_turn(roster, assignment, turn, owner);
}

void roster_take(struct roster *roster, struct json_ref root) {
  struct json_iter it;
  for (json_iter_init(&it, json_get(root, STR("batch"))); json_next(&it);) take_event(roster, it.value);
}

void roster_write(const struct roster *roster, struct json_writer *w) {
  json_key(w, "turns");
  json_open(w, '[');
  for (size_t i = 0; i < roster->ids.count; i++) {
    const struct roster_turn *turn = &roster->turns[i];
    if (!turn->owner) continue;
    json_open(w, '{');
    json_member_str(w, "assignment", roster->ids.entries[i].key);
    json_member_int(w, "turn", turn->number);
    json_member_text(w, "owner", turn->owner);
    json_close(w, '}');
  }
  json_close(w, ']');
}

void roster_read(struct roster *roster, struct json_ref root) {
  struct str assignment, owner;
  struct json_iter it;
  int64_t number;
  for (json_iter_init(&it, json_get(root, STR("turns"))); json_next(&it);)
    if (json_string(json_get(it.value, STR("assignment")), &assignment) &&
        json_string(json_get(it.value, STR("owner")), &owner) &&
        json_whole(json_get(it.value, STR("turn")), 1, INT64_MAX, &number))
      take_turn(roster, assignment, number, owner);
}

/* --- choosing ---------------------------------------------------------------------------------------------------------- */

/* Behind whom the turn goes on. */
static uint32_t place_after(const struct assignment *assignment, const struct roster_turn *turn) {
  for (uint32_t i = 0; turn->owner && i < assignment->pool_count; i++)
    if (strcmp(assignment->pool[i], turn->owner) == 0) return i + 1;
  return assignment->pool_count ? (uint32_t)(turn->number % assignment->pool_count) : 0;
}

static bool is_there(const struct ruleset *rules, const struct assignment *assignment, uint32_t person,
                     int64_t now_ms, bool mind_hours) {
  if (assignment->absent && list_has(assignment->absent, str_of(assignment->pool[person]))) return false;
  int hours = assignment->hours[person];
  return !mind_hours || hours == NONE || calendar_is_open(&rules->calendars[hours], now_ms);
}

static bool choose(struct roster *roster, const struct ruleset *rules, const struct assignment *assignment,
                   struct str not, int64_t now_ms, struct assign_choice *choice) {
  struct roster_turn *turn = turn_of(roster, str_of(assignment->id));
  uint32_t first = place_after(assignment, turn);
  for (int mind_hours = 1; mind_hours >= 0; mind_hours--)
    for (uint32_t i = 0; i < assignment->pool_count; i++) {
      uint32_t person = (first + i) % assignment->pool_count;
      if (str_eq(not, str_of(assignment->pool[person]))) continue;
      if (!is_there(rules, assignment, person, now_ms, mind_hours)) continue;
      *choice = (struct assign_choice){
          .assignment = assignment, .owner = assignment->pool[person], .turn = turn->number + 1};
      take_turn(roster, str_of(assignment->id), choice->turn, str_of(choice->owner));
      return true;
    }
  return false;
}

/* Of several the one whose lead comes first by id: the same answer in any order of folding. */
static struct str account_owner(const struct leadbook *book, const struct lead_entry *entry) {
  const struct lead_entry *found = NULL;
  for (const struct lead_entry *other = leadbook_of_account(book, entry->account); other;
       other = other->account_next) {
    if (other == entry || other->owner.len == 0) continue;
    if (!found || str_cmp(other->id, found->id) < 0) found = other;
  }
  return found ? found->owner : STR("");
}

/* Whoever the company is said to be of, else whoever works on somebody of it. */
static struct str owner_of_account(const struct leadbook *book, const struct lead_entry *entry,
                                   const struct fold *fold) {
  struct str key = fold_rules(fold)->account_owner;
  struct value told = key.len ? fold_account_trait(fold, key) : VALUE_NONE;
  struct str owner = told.kind == VALUE_STRING ? str_trim(value_text(told)) : STR("");
  return owner.len ? owner : account_owner(book, entry);
}

/* The first that is about the stage the lead stands in, and about such a lead. */
static const struct assignment *applying(const struct leadbook *book, const struct lead_entry *entry,
                                         const struct fold *fold, int lifecycle) {
  const struct ruleset *rules = fold_rules(fold);
  int stage =
      lifecycle_stage(&rules->lifecycles[lifecycle], str_of(leadbook_name(book, entry->recorded[lifecycle])));
  for (uint32_t i = 0; i < rules->assignment_count; i++) {
    const struct assignment *assignment = &rules->assignments[i];
    if (assignment->lifecycle != lifecycle || stage == NONE || !(assignment->stages >> stage & 1)) continue;
    if (!assignment->when || fold_test(fold, assignment->when) == TRUTH_YES) return assignment;
  }
  return NULL;
}

static bool was_entered_live(const struct leadbook *book, const struct ruleset *rules,
                             const struct decided *decided, size_t count, int lifecycle) {
  uint16_t name = leadbook_find_name(book, str_of(rules->lifecycles[lifecycle].name));
  for (size_t i = count; i-- > 0;) {
    const struct decision *decision = leadbook_decision(book, decided[i].number);
    if (decision->lifecycle == name) return decision_is_live(decision);
  }
  return false;
}

bool assign_follow(struct roster *roster, const struct leadbook *book, const struct lead_entry *entry,
                   const struct fold *fold, const struct decided *decided, size_t count, int64_t now_ms,
                   struct assign_choice *choice) {
  const struct ruleset *rules = fold_rules(fold);
  if (count == 0 || rules->assignment_count == 0 || fold_owner(fold).len || entry->assigned) return false;
  if (fold_ignored(fold) || !fold_contactable(fold)) return false;
  for (uint32_t l = 0; l < rules->lifecycle_count; l++) {
    if (!was_entered_live(book, rules, decided, count, (int)l)) continue;
    const struct assignment *assignment = applying(book, entry, fold, (int)l);
    if (!assignment) continue;
    struct str owner = assignment->account_owner ? owner_of_account(book, entry, fold) : STR("");
    if (owner.len == 0) return choose(roster, rules, assignment, STR(""), now_ms, choice);
    *choice = (struct assign_choice){.assignment = assignment, .account_owner = owner, .why = ASSIGN_ACCOUNT};
    return true;
  }
  return false;
}

bool assign_anew(struct roster *roster, const struct leadbook *book, const struct lead_entry *entry,
                 const struct fold *fold, const struct clock *clock, int64_t now_ms,
                 struct assign_choice *choice) {
  const struct ruleset *rules = fold_rules(fold);
  int lifecycle = ruleset_lifecycle(rules, str_of(leadbook_name(book, clock->lifecycle)));
  if (!fold_contactable(fold)) return false; /* nobody else gets to see it */
  if (!clock->reassign || lifecycle == NONE || entry->recorded[lifecycle] != clock->stage) return false;
  const struct assignment *assignment = applying(book, entry, fold, lifecycle);
  if (!assignment || !choose(roster, rules, assignment, fold_owner(fold), now_ms, choice)) return false;
  choice->why = ASSIGN_BREACH;
  hex64_text(clock->id, choice->clock);
  return true;
}

/* --- the act ------------------------------------------------------------------------------------------------------------ */

static struct str owner_of(const struct assign_choice *choice) {
  return choice->why == ASSIGN_ACCOUNT ? choice->account_owner : str_of(choice->owner);
}

static void put_properties(const struct assign_choice *choice, struct json_writer *w) {
  static const char *const words[] = {"turn", "account", "breach"};
  json_key(w, "properties");
  json_open(w, '{');
  json_key(w, "owner");
  json_put_str(w, owner_of(choice));
  json_member_text(w, "assignment", choice->assignment->id);
  json_member_text(w, "why", words[choice->why]);
  if (choice->turn) {
    json_key(w, "turn");
    json_put_int(w, choice->turn);
  }
  if (choice->clock[0]) json_member_text(w, "clock", choice->clock);
  json_close(w, '}');
}

void assign_record(const struct assign_choice *choice, struct identity_member carrier, int64_t now_ms,
                   struct buf *out) {
  char hash[HEX64_TEXT];
  struct json_writer w;
  struct buf id;
  buf_init(&id);
  buf_printf(&id, "%.*s\n%s\n%lld\n%lld", STR_ARG(carrier.id), choice->assignment->id,
             (long long)choice->turn, (long long)now_ms);
  hex64_text(str_hash(buf_str(&id)), hash);
  buf_clear(&id);
  buf_printf(&id, "assign-%s", hash);
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "batch");
  json_open(&w, '[');
  json_open(&w, '{');
  json_member_text(&w, "type", "act");
  json_member_text(&w, "event", "assign");
  json_key(&w, carrier.kind == ID_USER ? "userId" : "anonymousId");
  json_put_str(&w, carrier.id);
  json_member_text(&w, "messageId", id.data);
  json_key(&w, "timestamp");
  json_put_time(&w, now_ms);
  json_key(&w, "actor");
  json_open(&w, '{');
  json_member_text(&w, "id", "embudo");
  json_member_text(&w, "role", "system");
  json_close(&w, '}');
  put_properties(choice, &w);
  json_close(&w, '}');
  json_close(&w, ']');
  json_close(&w, '}');
  buf_release(&id);
}
