/* act_check.c - what stands in an act's way, told as explanations tell it. */
#include "core/desk/act_private.h"

#include "base/number.h"
#include "base/timefmt.h"
#include "core/desk/answers.h"
#include "core/explain/failing.h"
#include "model/match/matcher.h"

static bool refuse_failed(struct act_refusal *refusal, enum act_code code, const char *what,
                          const struct failings *failings, struct arena *arena) {
  struct buf text;
  buf_init(&text);
  for (uint32_t i = 0; i < failings->count; i++) {
    const struct failing *failed = &failings->items[i];
    buf_printf(&text, "%s%s%s%s%s", i ? "; " : "", failed->needed, *failed->actual ? " (" : "",
               failed->actual, *failed->actual ? ")" : "");
  }
  refusal->failed = arena_dup(arena, failings->items, failings->count * sizeof failings->items[0]);
  refusal->failed_count = failings->count;
  act_refuse(refusal, code, "%s: %s", what, text.len ? text.data : "not known yet");
  buf_release(&text);
  return false;
}

static bool refuse_cond(const struct fold *fold, const struct cond *cond, bool wanted, struct arena *arena,
                        struct act_refusal *refusal, enum act_code code, const char *what) {
  struct told told = tell_cond(fold, cond, arena);
  struct failings failings = {.count = 0};
  failing_add(&failings, &told, wanted, arena);
  return refuse_failed(refusal, code, what, &failings, arena);
}

/* --- what nothing sets aside ------------------------------------------------------------------------------------------ */

/* Sales has the lead already: who of them is their matter. */
static bool is_with_sales(const struct fold *fold) {
  const struct ruleset *rules = fold_rules(fold);
  for (uint32_t l = 0; l < rules->lifecycle_count; l++)
    if (rules->lifecycles[l].sales >> fold_stage(fold, (int)l) & 1) return true;
  return false;
}

/* It has happened elsewhere, and is taken as it is. */
static bool is_told(const struct act_request *request) {
  return request->told || str_eq(request->role, STR(ACT_SYSTEM));
}

static bool refuse_contact(const struct fold *fold, const struct contact_block *block, struct arena *arena,
                           struct act_refusal *refusal) {
  return refuse_cond(fold, block->when, false, arena, refusal, ACT_NOT_CONTACTABLE,
                     arena_printf(arena, "the lead must not be contacted: %s", block->id));
}

/* Whether anybody of sales has been shown it, or it counts in no figure of the funnel: in the first of its lifecycles that know of
 * sales, for the refusal, in *where. */
static bool is_handed(const struct fold *fold, int *where) {
  const struct ruleset *rules = fold_rules(fold);
  *where = NONE;
  for (uint32_t l = 0; l < rules->lifecycle_count; l++) {
    const struct lifecycle *lifecycle = &rules->lifecycles[l];
    if (!(lifecycle->endorsed | lifecycle->sales) || !fold_in_lifecycle(fold, (int)l)) continue;
    if (*where == NONE) *where = (int)l;
  }
  for (uint32_t l = 0; l < rules->lifecycle_count; l++) {
    uint64_t shown = rules->lifecycles[l].handed | rules->lifecycles[l].outside;
    if (shown >> fold_stage(fold, (int)l) & 1) return true;
  }
  return false;
}

bool act_is_due(const struct fold *fold, const struct act_request *request, struct arena *arena,
                struct act_refusal *refusal) {
  int where;
  if (!str_eq(request->act, STR("assign")) || is_told(request)) return true;
  if (!value_present(act_field(request, STR("owner"), arena)) || fold_owner(fold).len) return true;
  if (is_handed(fold, &where) || where == NONE) return true;
  const struct lifecycle *l = &fold_rules(fold)->lifecycles[where];
  return act_refuse(
      refusal, ACT_NOT_HANDED,
      "nobody of sales gets a lead in \"%s\" of '%s' without marketing's word: claim it, or say why with an "
      "override",
      l->stages[fold_stage(fold, where)], l->name);
}

bool act_may_assign(const struct fold *fold, const struct act_request *request, struct arena *arena,
                    struct act_refusal *refusal) {
  struct value owner = act_field(request, STR("owner"), arena);
  const struct contact_block *block = fold_contact_block(fold);
  if (!str_eq(request->act, STR("assign")) || !value_present(owner) || !block) return true;
  if (is_told(request) || is_with_sales(fold)) return true;
  return refuse_contact(fold, block, arena, refusal);
}

bool act_allowed(const struct fold *fold, const struct move *move, struct arena *arena,
                 struct act_refusal *refusal) {
  if (!move) return true;
  const struct lifecycle *l = &fold_rules(fold)->lifecycles[move->lifecycle];
  const struct ignore *ignored = fold_ignored(fold);
  const struct contact_block *block = fold_contact_block(fold);
  if (ignored)
    return act_refuse(refusal, ACT_IGNORED, "the ignore rule '%s' takes the lead out", ignored->id);
  if (!block || !lifecycle_shows(l, fold_stage(fold, move->lifecycle), move->to)) return true;
  return refuse_contact(fold, block, arena, refusal);
}

/* --- what an override sets aside -------------------------------------------------------------------------------------- */

/* A new verdict takes the place of the one that stands: who was rejected can turn out to be a competitor. */
static bool verdict_lets(const struct fold *fold, const struct move *move, struct act_refusal *refusal) {
  const struct touch_act *verdict = fold_verdict(fold, move->lifecycle);
  char until[TIME_TEXT_MAX] = "for ever";
  if (!verdict || verdict->until_ms <= fold_now(fold) || move->reason_count) return true;
  if (verdict->until_ms != TIME_NEVER) time_text(verdict->until_ms, until);
  return act_refuse(refusal, ACT_VERDICT_STANDS, "the verdict '%.*s' of %.*s stands %s%s",
                    STR_ARG(verdict->reason), STR_ARG(verdict->actor),
                    verdict->until_ms == TIME_NEVER ? "" : "until ", until);
}

static bool wait_is_over(const struct fold *fold, const struct move *move, struct act_refusal *refusal) {
  const struct lifecycle *l = &fold_rules(fold)->lifecycles[move->lifecycle];
  char text[TIME_TEXT_MAX];
  uint32_t count;
  const struct fold_transition *t = fold_transitions(fold, &count);
  for (; move->again_ms && count-- > 0;) {
    if (t[count].lifecycle != move->lifecycle || t[count].move != (int)(move - l->moves)) continue;
    if (t[count].time_ms + move->again_ms <= fold_now(fold)) return true;
    return act_refuse(refusal, ACT_TOO_SOON, "it may happen again from %s on",
                      time_text(t[count].time_ms + move->again_ms, text));
  }
  return true;
}

static bool gates_let(const struct fold *fold, const struct move *move, struct arena *arena,
                      struct act_refusal *refusal) {
  const struct lifecycle *l = &fold_rules(fold)->lifecycles[move->lifecycle];
  for (uint32_t g = 0; g < l->gate_count; g++) {
    const struct gate *gate = &l->gates[g];
    if (!(gate->into >> move->to & 1) || fold_test(fold, gate->need) == TRUTH_YES) continue;
    refusal->gate = gate;
    return refuse_cond(fold, gate->need, true, arena, refusal, ACT_GATE_CLOSED,
                       *gate->doc ? arena_printf(arena, "the gate '%s' is closed (%s)", gate->id, gate->doc)
                                  : arena_printf(arena, "the gate '%s' is closed", gate->id));
  }
  return true;
}

bool act_possible(const struct fold *fold, const struct move *move, struct arena *arena,
                  struct act_refusal *refusal) {
  if (!move) return true;
  if (!verdict_lets(fold, move, refusal) || !wait_is_over(fold, move, refusal) ||
      !gates_let(fold, move, arena, refusal))
    return false;
  if (!move->need || fold_test(fold, move->need) == TRUTH_YES) return true;
  return refuse_cond(fold, move->need, true, arena, refusal, ACT_POLICY_FAILED, "the policy asks for more");
}

/* --- what the act brings along ---------------------------------------------------------------------------------------- */

/* The next of the names in "a|b". */
static struct str next_name(struct str *names) {
  const char *bar = memchr(names->p, '|', names->len);
  struct str name = {names->p, bar ? (size_t)(bar - names->p) : names->len};
  *names = bar ? (struct str){bar + 1, names->len - name.len - 1} : (struct str){names->p + names->len, 0};
  return str_trim(name);
}

struct bringing {
  const struct act_made *made;
  struct arena *arena;
  struct failings failings;
  bool bad; /* some field is there and not as asked */
};

/* As JSON; how else to write it where a number was wanted. */
static void describe_brought(const struct matcher *matcher, struct value seen, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  if (value_present(seen)) json_put_value(&w, seen);
  const char *advice =
      seen.kind == VALUE_STRING && matcher_wants_number(matcher) ? number_advice(value_text(seen)) : "";
  if (*advice) buf_printf(out, "; %s", advice);
}

static void check_ask(struct bringing *bringing, const struct ask *ask) {
  int64_t now = fold_now(bringing->made->fold);
  struct value seen = VALUE_NONE;
  for (struct str names = ask->field; names.len;) {
    struct value v = act_field(bringing->made->request, next_name(&names), bringing->arena);
    if (matcher_eval(ask->matcher, v, now) == TRUTH_YES) return;
    if (value_present(v)) seen = v;
  }
  struct buf needed, actual;
  if (bringing->failings.count == FAILING_MAX) return;
  buf_init(&needed);
  buf_init(&actual);
  buf_printf(&needed, "%.*s = ", STR_ARG(ask->field));
  matcher_describe(ask->matcher, &needed);
  describe_brought(ask->matcher, seen, &actual);
  bringing->bad = bringing->bad || value_present(seen);
  bringing->failings.items[bringing->failings.count++] =
      (struct failing){arena_str(bringing->arena, buf_str(&needed)).p,
                       actual.len ? arena_str(bringing->arena, buf_str(&actual)).p : "missing"};
  buf_release(&needed);
  buf_release(&actual);
}

static void check_asks(struct bringing *bringing, struct asks asks) {
  for (uint32_t i = 0; i < asks.count; i++) check_ask(bringing, &asks.items[i]);
}

static bool learns(const struct act_made *made, struct arena *arena, struct act_refusal *refusal) {
  struct texts fields = made->move ? made->move->learns : (struct texts){0};
  struct buf names;
  for (uint32_t i = 0; i < fields.count; i++) {
    struct value v = act_field(made->request, fields.items[i], arena);
    if (value_present(v) && !value_eq(v, fold_trait(made->fold, fields.items[i]))) return true;
  }
  if (fields.count == 0) return true;
  buf_init(&names);
  for (uint32_t i = 0; i < fields.count; i++)
    buf_printf(&names, "%s%.*s", i ? ", " : "", STR_ARG(fields.items[i]));
  act_refuse(refusal, ACT_NOTHING_NEW, "the act must tell something new: one of %s", names.data);
  buf_release(&names);
  return false;
}

/* Nothing sets this aside: what is of no criterion's kind would count for nothing. */
bool act_answers(const struct act_request *request, const struct ruleset *rules,
                 struct act_refusal *refusal) {
  struct err err;
  if (rules->framework_count == 0 || !str_eq(request->act, STR(ACT_ANSWER))) return true;
  if (answers_judge(rules, request->properties, &err) == 0) return true;
  return act_refuse(refusal, ACT_BAD_ANSWER, "%s", err.text);
}

bool act_brings(const struct act_made *made, struct arena *arena, struct act_refusal *refusal) {
  struct bringing bringing = {.made = made, .arena = arena};
  if (made->kind) check_asks(&bringing, made->kind->asks);
  if (made->move) check_asks(&bringing, made->move->asks);
  if (bringing.failings.count)
    return refuse_failed(refusal, bringing.bad ? ACT_BAD_FIELD : ACT_MISSING_FIELDS,
                         "the act must bring along", &bringing.failings, arena);
  return learns(made, arena, refusal);
}
