#include "core/desk/act.h"

#include "base/err.h"
#include "core/desk/act_private.h"

const char *act_word(enum act_code code) {
  static const char *const words[] = {
#define X(code, word, status) word,
      ACT_REFUSALS(X)
#undef X
  };
  return words[code];
}

int act_status(enum act_code code) {
  static const int statuses[] = {
#define X(code, word, status) status,
      ACT_REFUSALS(X)
#undef X
  };
  return statuses[code];
}

bool act_refuse(struct act_refusal *refusal, enum act_code code, const char *format, ...) {
  va_list args;
  refusal->code = code;
  va_start(args, format);
  vsnprintf(refusal->message, sizeof refusal->message, format, args);
  va_end(args);
  return false;
}

/* --- which move ------------------------------------------------------------------------------------------------------- */

static const char *word_of(const struct ruleset *rules, const struct move *move) {
  return move->act == NONE ? ACT_MOVE : rules->acts[move->act].name;
}

static bool is_meant(const struct ruleset *rules, const struct act_request *request,
                     const struct move *move) {
  const struct lifecycle *l = &rules->lifecycles[move->lifecycle];
  if (move->by_count == 0 || !str_eq(str_of(word_of(rules, move)), request->act)) return false;
  if (request->lifecycle.len && !str_eq(str_of(l->name), request->lifecycle)) return false;
  return request->to.len == 0 || str_eq(str_of(l->stages[move->to]), request->to);
}

static bool among(const char *const *roles, uint32_t count, struct str role) {
  if (str_eq(role, STR(ACT_SYSTEM))) return true;
  for (uint32_t i = 0; i < count; i++)
    if (str_eq(str_of(roles[i]), role)) return true;
  return false;
}

struct found {                                                 /* of the moves that are meant */
  const struct move *allowed, *anybodys, *elsewhere, *to_here; /* the first each */
};

static void look_at(const struct fold *fold, const struct act_request *request, const struct move *move,
                    struct found *found) {
  const struct ruleset *rules = fold_rules(fold);
  int stage = fold_stage(fold, move->lifecycle);
  if (!is_meant(rules, request, move)) return;
  bool here = move->from >> stage & 1 && fold_in_lifecycle(fold, move->lifecycle);
  if (here && among(move->by, move->by_count, request->role) && !found->allowed) found->allowed = move;
  if (here && !found->anybodys) found->anybodys = move;
  if (!found->elsewhere) found->elsewhere = move;
  if (move->to == stage && !found->to_here) found->to_here = move;
}

static void find(const struct fold *fold, const struct act_request *request, struct found *found) {
  const struct ruleset *rules = fold_rules(fold);
  for (uint32_t l = 0; l < rules->lifecycle_count; l++)
    for (uint32_t m = 0; m < rules->lifecycles[l].move_count; m++)
      look_at(fold, request, &rules->lifecycles[l].moves[m], found);
}

static void list_roles(const char *const *by, uint32_t count, struct buf *out) {
  for (uint32_t i = 0; i < count; i++) buf_printf(out, "%s%s", i ? ", " : "", by[i]);
}

static bool refuse_role(const struct act_request *request, const char *const *by, uint32_t count,
                        struct act_refusal *refusal) {
  struct buf roles;
  buf_init(&roles);
  list_roles(by, count, &roles);
  act_refuse(refusal, ACT_ROLE, "'%.*s' is for %s to do, not for %.*s", STR_ARG(request->act),
             roles.len ? roles.data : "nobody", STR_ARG(request->role));
  buf_release(&roles);
  return false;
}

static bool refuse_move(const struct fold *fold, const struct act_request *request, const struct found *found,
                        struct act_refusal *refusal) {
  const struct ruleset *rules = fold_rules(fold);
  const struct move *move = found->to_here ? found->to_here : found->elsewhere;
  if (!move) {
    const char *stage = rules->lifecycle_count ? rules->lifecycles[0].stages[fold_stage(fold, 0)] : "";
    return act_refuse(refusal, ACT_UNDECLARED, "no declared move leads people from \"%s\" to \"%.*s\"", stage,
                      STR_ARG(request->to));
  }
  const struct lifecycle *l = &rules->lifecycles[move->lifecycle];
  const char *stage = l->stages[fold_stage(fold, move->lifecycle)];
  if (found->to_here) return act_refuse(refusal, ACT_ALREADY_THERE, "the lead is in \"%s\" already", stage);
  return act_refuse(refusal, ACT_UNDECLARED,
                    "the rules declare no move by '%.*s' out of \"%s\" of '%s', where the lead is",
                    STR_ARG(request->act), stage, l->name);
}

/* The move that is meant in *move (NULL: none), the act's kind in *kind (NULL: it is "move"). */
static bool choose(const struct fold *fold, const struct act_request *request, const struct act_kind **kind,
                   const struct move **move, struct act_refusal *refusal) {
  const struct ruleset *rules = fold_rules(fold);
  struct found found = {0};
  int number = ruleset_act(rules, request->act);
  *kind = number == NONE ? NULL : &rules->acts[number];
  find(fold, request, &found);
  *move = found.allowed;
  if (found.allowed) return true;
  if (*kind && (*kind)->alone) {
    return among((*kind)->by, (*kind)->by_count, request->role) ||
           refuse_role(request, (*kind)->by, (*kind)->by_count, refusal);
  }
  if (found.anybodys) return refuse_role(request, found.anybodys->by, found.anybodys->by_count, refusal);
  if (*kind || str_eq(request->act, STR(ACT_MOVE))) return refuse_move(fold, request, &found, refusal);
  return act_refuse(refusal, ACT_UNKNOWN, "the rules declare no act '%.*s'", STR_ARG(request->act));
}

/* --- the reason ------------------------------------------------------------------------------------------------------- */

static bool find_reason(const struct act_request *request, const struct move *move,
                        const struct verdict_reason **reason, struct act_refusal *refusal) {
  struct buf codes;
  *reason = NULL;
  for (uint32_t i = 0; move && i < move->reason_count; i++)
    if (str_eq(str_of(move->reasons[i].code), request->reason)) *reason = &move->reasons[i];
  if (*reason || ((!move || move->reason_count == 0) && request->reason.len == 0)) return true;
  if (!move || move->reason_count == 0)
    return act_refuse(refusal, ACT_UNKNOWN_REASON, "'%.*s' takes no reason", STR_ARG(request->act));
  buf_init(&codes);
  for (uint32_t i = 0; i < move->reason_count; i++)
    buf_printf(&codes, "%s%s", i ? ", " : "", move->reasons[i].code);
  if (request->reason.len)
    act_refuse(refusal, ACT_UNKNOWN_REASON, "'%.*s' is none of the reasons: %s", STR_ARG(request->reason),
               codes.data);
  else
    act_refuse(refusal, ACT_MISSING_REASON, "'%.*s' needs one of the reasons: %s", STR_ARG(request->act),
               codes.data);
  buf_release(&codes);
  return false;
}

/* --- the whole ----------------------------------------------------------------------------------------------------------- */

static bool check_time(const struct fold *fold, const struct act_request *request, const struct move *move,
                       struct act_refusal *refusal) {
  if (request->time_ms == TIME_NEVER) return true;
  if (request->time_ms > fold_now(fold))
    return act_refuse(refusal, ACT_BAD_TIME, "the timestamp has not come yet");
  if (move)
    return act_refuse(refusal, ACT_BAD_TIME, "a move is made when it is asked for: leave the timestamp out");
  return true;
}

bool act_judge(const struct fold *fold, const struct act_request *request, struct arena *arena,
               struct buf *event, struct act_refusal *refusal) {
  struct act_made made = {.fold = fold, .request = request};
  struct act_refusal first = {.code = ACT_FINE};
  *refusal = first;
  if (request->actor.len == 0 || request->role.len == 0)
    return act_refuse(refusal, ACT_NO_ACTOR, "an act needs who does it, and in which role");
  if (!choose(fold, request, &made.kind, &made.move, refusal)) return false;
  refusal->move = made.move;
  if (!find_reason(request, made.move, &made.reason, refusal)) return false;
  if (!check_time(fold, request, made.move, refusal)) return false;
  if (!act_allowed(fold, made.move, arena, refusal) || !act_may_assign(fold, request, arena, refusal))
    return false;
  if (!act_answers(request, fold_rules(fold), refusal)) return false;
  bool fine = act_is_due(fold, request, arena, refusal) && act_possible(fold, made.move, arena, refusal) &&
              act_brings(&made, arena, refusal);
  if (!fine && request->override_.len == 0) return false;
  made.overridden = !fine;
  *refusal = first;
  act_write(&made, event);
  return true;
}

static struct act_choice choice_of(const struct fold *fold, const struct move *move, struct arena *arena) {
  const struct ruleset *rules = fold_rules(fold);
  struct act_choice choice = {.act = word_of(rules, move), .move = move};
  if (move->act != NONE) choice.kind = &rules->acts[move->act];
  if (act_allowed(fold, move, arena, &choice.blocked)) act_possible(fold, move, arena, &choice.blocked);
  return choice;
}

uint32_t act_choices(const struct fold *fold, struct arena *arena, struct act_choice **choices) {
  const struct ruleset *rules = fold_rules(fold);
  uint32_t room = rules->act_count, count = 0;
  for (uint32_t l = 0; l < rules->lifecycle_count; l++) room += rules->lifecycles[l].move_count;
  *choices = arena_alloc(arena, (room + 1) * sizeof **choices);
  for (uint32_t l = 0; l < rules->lifecycle_count; l++) {
    const struct lifecycle *lifecycle = &rules->lifecycles[l];
    if (!fold_in_lifecycle(fold, (int)l)) continue;
    for (uint32_t m = 0; m < lifecycle->move_count; m++)
      if (lifecycle->moves[m].by_count && lifecycle->moves[m].from >> fold_stage(fold, (int)l) & 1)
        (*choices)[count++] = choice_of(fold, &lifecycle->moves[m], arena);
  }
  for (uint32_t i = 0; i < rules->act_count; i++)
    if (rules->acts[i].alone)
      (*choices)[count++] = (struct act_choice){.act = rules->acts[i].name, .kind = &rules->acts[i]};
  return count;
}
