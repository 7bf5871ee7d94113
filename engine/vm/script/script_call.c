/* script_call.c - running the functions of rule files. */
#include "vm/sandbox/failure.h"
#include "vm/sandbox/sandbox.h"
#include "vm/script/script_state.h"
#include "vm/script/views.h"
#include <lua.h>
#include <math.h>

void script_bind(struct script *script, const struct ruleset *rules, const struct script_events *events) {
  script->rules = rules;
  script->events = events ? *events : (struct script_events){0};
}

bool script_stopped(const struct script *script, int fn) {
  ASSERT(fn >= 0 && (uint32_t)fn < script->known_count);
  return script->functions[fn].stopped;
}

uint32_t script_stopped_count(const struct script *script) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < script->known_count; i++) count += script->functions[i].stopped;
  return count;
}

uint32_t script_stop(struct script *script, const char *owner) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < script->known_count; i++) {
    if (strcmp(script->functions[i].info.owner, owner) != 0) continue;
    script->functions[i].stopped = true;
    count++;
  }
  return count;
}

/* --- one call ----------------------------------------------------------------------------------------------------- */

static void call_begin(struct script *script, const struct script_calling *calling) {
  ASSERT(script->call.number % 2 == 0);
  script->call = (struct script_call){.number = script->call.number + 1,
                                      .steady_until = TIME_NEVER,
                                      .fold = calling->fold,
                                      .event = calling->event,
                                      .touch = calling->touch};
}

static void call_end(struct script *script) {
  script->call.number++;
}

void script_call_begin(struct script *script, const struct fold *fold) {
  call_begin(script, &(struct script_calling){.fold = fold});
}

void script_call_end(struct script *script) {
  call_end(script);
}

static int push_arguments(struct script *script, lua_State *L, const struct script_calling *calling) {
  if (calling->json) {
    views_push_json(script, L, *calling->json);
    return 1;
  }
  bool has_event = calling->event || calling->touch;
  views_push_lead(L);
  if (has_event) views_push_event(script, L);
  return has_event ? 2 : 1;
}

int script_run(struct script *script, const struct script_calling *calling, struct vm_failure *failure) {
  script_renew(script);
  if (script->broken) {
    *failure = (struct vm_failure){.kind = VM_KILLED_MEMORY};
    snprintf(failure->message, sizeof failure->message,
             "the rules could not be loaded again after a memory kill");
    return -1;
  }
  lua_State *L = vm_lua(script->vm);
  enum script_mode mode = script->mode;
  script->mode = SCRIPT_RUNNING;
  call_begin(script, calling);
  script_functions(L);
  lua_rawgeti(L, -1, (lua_Integer)calling->fn + 1);
  lua_remove(L, -2);
  int nargs = push_arguments(script, L, calling);
  int failed = vm_call(script->vm, script->functions[calling->fn].info.owner, nargs, 1, VM_RULE, failure);
  call_end(script);
  script->mode = mode;
  return failed;
}

/* --- results ------------------------------------------------------------------------------------------------------ */

/* What it returned may name anything, also what an event said: nothing of it may move a cursor where it is shown. */
__attribute__((format(printf, 2, 3))) static int bad_result(struct vm_failure *failure, const char *format,
                                                            ...) {
  va_list args;
  *failure = (struct vm_failure){.kind = VM_ERROR};
  va_start(args, format);
  failure_vprintf(failure, format, args);
  va_end(args);
  return -1;
}

static int unknown_dimension(const struct ruleset *rules, const char *name, struct vm_failure *failure) {
  const char *words[RULESET_MAX_DIMENSIONS + 1];
  for (uint32_t i = 0; i < rules->dimension_count; i++) words[i] = rules->dimensions[i].name;
  words[rules->dimension_count] = NULL;
  const char *near = str_nearest(str_of(name), words);
  return bad_result(failure, "it gave points to an unknown dimension \"%.60s\"%s%s%s", name,
                    near ? ": did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* Puts an amount in its place by dimension. */
static void insert(struct fn_amount *amounts, uint32_t *count, struct fn_amount amount) {
  uint32_t at = (*count)++;
  for (; at > 0 && amounts[at - 1].dimension > amount.dimension; at--) amounts[at] = amounts[at - 1];
  amounts[at] = amount;
}

/* Key and value are on top of the stack. */
static int read_amount(struct script *script, struct lua_State *L, struct fn_amount *amounts, uint32_t *count,
                       struct vm_failure *failure) {
  if (lua_type(L, -2) != LUA_TSTRING)
    return bad_result(failure, "it returned a table with a %s as key: return { dimension = number }",
                      lua_typename(L, lua_type(L, -2)));
  const char *name = lua_tostring(L, -2);
  int dimension = ruleset_dimension(script->rules, str_of(name));
  if (dimension == NONE) return unknown_dimension(script->rules, name, failure);
  if (lua_type(L, -1) != LUA_TNUMBER)
    return bad_result(failure, "its points for %s are a %s, not a number", name,
                      lua_typename(L, lua_type(L, -1)));
  double points = lua_tonumber(L, -1);
  if (!(fabs(points) <= POINTS_MAX)) /* also what is no number at all */
    return bad_result(failure, "its points for %s are %.14g: they must lie between -%d and %d", name, points,
                      POINTS_MAX, POINTS_MAX);
  insert(amounts, count, (struct fn_amount){dimension, llround(points * (double)MILLI)});
  return 0;
}

/* The result on top of the stack, which is popped: nil, {} or { dimension = number, .. }. */
static int read_amounts(struct script *script, struct fn_amount *amounts, uint32_t *count,
                        struct vm_failure *failure) {
  lua_State *L = vm_lua(script->vm);
  int failed = 0, top = lua_gettop(L) - 1;
  *count = 0;
  if (lua_type(L, -1) == LUA_TTABLE) {
    sandbox_raw(L, -1);
    for (lua_pushnil(L); !failed && lua_next(L, -2); lua_pop(L, 1))
      failed = read_amount(script, L, amounts, count, failure);
  } else if (!lua_isnil(L, -1)) {
    failed = bad_result(failure, "it returned a %s: return { dimension = number }, {} or nil",
                        lua_typename(L, lua_type(L, -1)));
  }
  lua_settop(L, top);
  return failed;
}

/* --- failures ----------------------------------------------------------------------------------------------------- */

static const char *keep(struct script *script, struct str text) {
  return arena_str(&script->arena, text).p;
}

static void keep_failure(struct script *script, const struct script_calling *calling,
                         const struct vm_failure *failure) {
  const struct fn_info *info = &script->functions[calling->fn].info;
  if (!script->failures) script->failures = xcalloc(SCRIPT_FAILURES_MAX, sizeof *script->failures);
  struct script_failure *kept = &script->failures[script->failure_count++];
  *kept = (struct script_failure){
      .fn = calling->fn, .owner = info->owner, .kind = failure->kind, .place = info->place};
  kept->message = keep(script, str_of(failure->message));
  if (failure->file[0]) kept->place = (struct place){keep(script, str_of(failure->file)), failure->line};
  struct str event = calling->event ? calling->event->message_id : STR("");
  if (!calling->event && calling->touch) event = touch_message_id(calling->touch);
  kept->event_id = keep(script, event);
  kept->lead_id = keep(script, calling->fold ? fold_lead_id(calling->fold) : STR(""));
  kept->time_ms = calling->event   ? calling->event->time_ms
                  : calling->touch ? calling->touch->time_ms
                  : calling->fold  ? fold_now(calling->fold)
                                   : 0;
}

static uint64_t event_hash(int64_t time_ms, struct str source, struct str message_id) {
  const uint64_t parts[] = {(uint64_t)time_ms, str_hash(source), str_hash(message_id)};
  return str_hash((struct str){(const char *)parts, sizeof parts});
}

static uint64_t json_hash(struct json_ref json) {
  struct buf text;
  buf_init(&text);
  json_minify(json, &text);
  uint64_t hash = str_hash(buf_str(&text));
  buf_release(&text);
  return hash;
}

/* What a call is about: the same for every fold in which it comes up. Not 0. */
static uint64_t cause_of(const struct script_calling *calling) {
  uint64_t hash = 0;
  if (calling->event)
    hash = event_hash(calling->event->time_ms, calling->event->source, calling->event->message_id);
  else if (calling->touch)
    hash =
        event_hash(calling->touch->time_ms, touch_source(calling->touch), touch_message_id(calling->touch));
  else if (calling->fold)
    hash = str_hash(fold_lead_id(calling->fold)) ^ (uint64_t)fold_now(calling->fold);
  else if (calling->json)
    hash = json_hash(*calling->json);
  return hash ? hash : 1;
}

/* How often a lead is folded must not matter: a failure that is met again is still the one. */
static bool is_new(struct script_function *function, uint64_t cause) {
  for (int i = 0; i < SCRIPT_CAUSES_KEPT; i++)
    if (function->causes[i] == cause) return false;
  function->causes[function->failures % SCRIPT_CAUSES_KEPT] = cause;
  return true;
}

void script_record(struct script *script, const struct script_calling *calling,
                   const struct vm_failure *failure) {
  struct script_function *function = &script->functions[calling->fn];
  if (!is_new(function, cause_of(calling))) return;
  if (function->failures < SCRIPT_FAILURES_OF_ONE && script->failure_count < SCRIPT_FAILURES_MAX)
    keep_failure(script, calling, failure);
  function->failures++;
  uint32_t allowed = script->limits.quarantine_after;
  if (allowed && function->failures >= allowed) function->stopped = true;
}

const struct script_failure *script_failures(const struct script *script, size_t *count) {
  *count = script->failure_count;
  return script->failures;
}

uint32_t script_failure_count(const struct script *script, int fn) {
  ASSERT(fn >= 0 && (uint32_t)fn < script->known_count);
  return script->functions[fn].failures;
}

/* --- points and conditions ---------------------------------------------------------------------------------------- */

enum script_answer script_points_at_ingest(struct script *script, int fn, const struct event *event,
                                           struct fn_amount *amounts, uint32_t *count) {
  struct script_calling calling = {.fn = fn, .event = event};
  struct vm_failure failure;
  if (script_stopped(script, fn)) return SCRIPT_FAILED;
  int failed = script_run(script, &calling, &failure);
  bool killed = failed && failure.kind != VM_ERROR;
  if (script->call.needs_lead && !killed) {
    if (!failed) lua_pop(vm_lua(script->vm), 1); /* the script caught the error and went on */
    return SCRIPT_NEEDS_LEAD;
  }
  if (!failed) failed = read_amounts(script, amounts, count, &failure);
  if (!failed) return SCRIPT_POINTS;
  script_record(script, &calling, &failure);
  return SCRIPT_FAILED;
}

static int fold_points(void *context, int fn, const struct fold *fold, const struct touch *touch,
                       struct fn_amount *amounts) {
  struct script *script = context;
  struct script_calling calling = {.fn = fn, .fold = fold, .touch = touch};
  struct vm_failure failure;
  uint32_t count;
  if (script_stopped(script, fn)) return -1;
  if (script_run(script, &calling, &failure) == 0 && read_amounts(script, amounts, &count, &failure) == 0)
    return (int)count;
  script_record(script, &calling, &failure);
  return -1;
}

static enum truth fold_condition(void *context, int fn, const struct fold *fold, const struct touch *touch,
                                 unsigned *reads, int64_t *steady_until) {
  struct script *script = context;
  struct script_calling calling = {.fn = fn, .fold = fold, .touch = touch};
  struct vm_failure failure;
  *reads = 0;
  *steady_until = TIME_NEVER;
  if (script_stopped(script, fn)) return TRUTH_UNKNOWN;
  int failed = script_run(script, &calling, &failure);
  *reads = script->call.reads;
  *steady_until = script->call.steady_until;
  if (script->call
          .reads_pending) { /* whatever it says or fails at: not of what is there, but of what is not there yet */
    if (!failed) lua_pop(vm_lua(script->vm), 1);
    return TRUTH_UNKNOWN;
  }
  if (failed) {
    script_record(script, &calling, &failure);
    return TRUTH_UNKNOWN;
  }
  lua_State *L = vm_lua(script->vm);
  bool holds = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return holds ? TRUTH_YES : TRUTH_NO;
}

static bool fold_stopped(void *context, int fn) {
  return script_stopped(context, fn);
}

struct fold_calls script_calls(struct script *script) {
  return (struct fold_calls){script, fold_points, fold_condition, fold_stopped};
}
