/* views_lead.c - `lead`, its traits and scores, lead.velocity and lead.count. */
#include "vm/script/views_internal.h"

#include "model/fold/fold_enrich.h"
#include "vm/source/marshal.h"

static const char *const lead_words[] = {"id",      "traits",         "scores",    "stage", "cycle",
                                         "account", "first_seen",     "last_seen", "now",   "velocity",
                                         "count",   "account_traits", NULL};

enum { VELOCITY_DAYS_MAX = 30 };

static const char velocity_key, count_key; /* registry: the two functions */
static const char only_keys[VIEW_KINDS];   /* registry: the one view there is of lead, of its traits .. */

/* The lead of the present call. At ingest there is none: the call ends here, whatever the script does about the error,
 * and is repeated where the lead is known. */
static const struct fold *present_lead(struct script *script, struct lua_State *L, unsigned reads) {
  struct script_call *call = &script->call;
  call->reads |= reads;
  if (call->number % 2 == 0) luaL_error(L, "this lead is over: it ends with the call it was given to");
  if (!call->fold) {
    call->needs_lead = true;
    lua_pushnil(L);
    lua_error(L);
  }
  return call->fold;
}

/* --- numbers of dimensions ---------------------------------------------------------------------------------------- */

static void push_milli(struct lua_State *L, int64_t milli) {
  if (milli % MILLI == 0)
    lua_pushinteger(L, milli / MILLI);
  else
    lua_pushnumber(L, (double)milli / (double)MILLI);
}

static int unknown_dimension(struct lua_State *L, const struct ruleset *rules, struct str name) {
  const char *words[RULESET_MAX_DIMENSIONS + 1];
  for (uint32_t i = 0; i < rules->dimension_count; i++) words[i] = rules->dimensions[i].name;
  words[rules->dimension_count] = NULL;
  const char *near = str_nearest(name, words);
  if (near) return luaL_error(L, "unknown dimension \"%s\": did you mean \"%s\"?", name.p, near);
  return luaL_error(L, "unknown dimension \"%s\"", name.p);
}

static int scores_index(struct lua_State *L) {
  struct script *script = view_script(L);
  const struct fold *fold = present_lead(script, L, READS_SCORES);
  struct str name = view_key(L);
  int dimension = ruleset_dimension(script->rules, name);
  if (dimension == NONE) return unknown_dimension(L, script->rules, name);
  push_milli(L, fold_score(fold, dimension));
  return 1;
}

/* Upvalues: the script, how many dimensions were given. */
static int scores_walk_next(struct lua_State *L) {
  struct script *script = view_script(L);
  const struct fold *fold = present_lead(script, L, READS_SCORES);
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(2));
  if (at >= (lua_Integer)script->rules->dimension_count) return 0;
  lua_pushinteger(L, at + 1);
  lua_replace(L, lua_upvalueindex(2));
  lua_pushstring(L, script->rules->dimensions[at].name);
  push_milli(L, fold_score(fold, (int)at));
  return 2;
}

static int push_walk(struct lua_State *L, struct script *script, lua_CFunction next) {
  lua_pushlightuserdata(L, script);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next, 2);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

static int scores_pairs(struct lua_State *L) {
  return push_walk(L, view_script(L), scores_walk_next);
}

/* --- traits ------------------------------------------------------------------------------------------------------- */

static int traits_index(struct lua_State *L) {
  struct script *script = view_script(L);
  const struct fold *fold = present_lead(script, L, READS_TRAITS);
  vm_charge(L, 1 + fold_trait_count(fold) / 8);
  script->call.reads_pending |= fold_reads_pending(fold, view_key(L));
  view_push_value(script, L, fold_trait(fold, view_key(L)));
  return 1;
}

/* Upvalues: the script, how many traits were given. */
static int traits_walk_next(struct lua_State *L) {
  struct script *script = view_script(L);
  const struct fold *fold = present_lead(script, L, READS_TRAITS);
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(2));
  struct value value = VALUE_NONE;
  struct str name = {NULL, 0};
  while (at < (lua_Integer)fold_trait_count(fold) && value.kind <= VALUE_NULL)
    name = fold_trait_at(fold, (uint32_t)at++, &value);
  lua_pushinteger(L, at);
  lua_replace(L, lua_upvalueindex(2));
  if (value.kind <= VALUE_NULL) return 0;
  lua_pushlstring(L, name.p, name.len);
  view_push_value(script, L, value);
  return 2;
}

static int traits_pairs(struct lua_State *L) {
  struct script *script = view_script(L);
  const struct fold *fold = present_lead(script, L, READS_TRAITS);
  script->call.reads_pending |= fold_reads_pending(fold, STR(""));
  return push_walk(L, script, traits_walk_next);
}

static int account_index(struct lua_State *L) {
  struct script *script = view_script(L);
  const struct fold *fold = present_lead(script, L, READS_ACCOUNT);
  if (!script->rules->account_all) /* only by a name put together at run time */
    return luaL_error(L,
                      "the account's traits are not followed: write lead.account_traits in the file itself");
  vm_charge(L, 1);
  view_push_value(script, L, fold_account_trait(fold, view_key(L)));
  return 1;
}

/* --- lead.velocity and lead.count --------------------------------------------------------------------------------- */

static int64_t check_span(struct lua_State *L, int arg) {
  struct str text;
  int64_t span;
  text.p = luaL_checklstring(L, arg, &text.len);
  if (!duration_parse(text, &span))
    luaL_error(L, "\"%s\" is no duration: write \"90s\", \"15m\", \"4h\", \"7d\" or \"2w\"", text.p);
  return span;
}

static void refuse_colon(struct lua_State *L, const char *name) {
  if (lua_type(L, 1) == LUA_TUSERDATA) luaL_error(L, "write lead.%s(..), with a dot", name);
}

static int lead_velocity(struct lua_State *L) {
  struct script *script = view_script(L);
  const struct fold *fold = present_lead(script, L, READS_SCORES);
  struct str name;
  refuse_colon(L, "velocity");
  name.p = luaL_checklstring(L, 1, &name.len);
  int dimension = ruleset_dimension(script->rules, name);
  if (dimension == NONE) return unknown_dimension(L, script->rules, name);
  int64_t span = check_span(L, 2);
  if (span % TIME_MS_PER_DAY != 0 || span > VELOCITY_DAYS_MAX * TIME_MS_PER_DAY)
    return luaL_error(L, "lead.velocity takes whole days, \"1d\" to \"%dd\"", VELOCITY_DAYS_MAX);
  if (!script->rules->dimensions[dimension].velocity) /* only by a name put together at run time */
    return luaL_error(L, "the velocity of %s is not kept: write lead.velocity in the file itself", name.p);
  push_milli(L, fold_velocity(fold, dimension, (int)(span / TIME_MS_PER_DAY)));
  return 1;
}

/* The serial of the selector at argument 1. */
static int64_t check_selector(struct lua_State *L) {
  marshal_contents(L);
  lua_pushvalue(L, 1);
  if (!lua_isnoneornil(L, 1) && lua_rawget(L, -2) == LUA_TTABLE) {
    lua_pushliteral(L, "serial");
    if (lua_rawget(L, -2) == LUA_TNUMBER) {
      int64_t serial = lua_tointeger(L, -1);
      lua_pop(L, 3);
      return serial;
    }
  }
  return luaL_error(L, "lead.count takes a selector that was declared outside the function");
}

static int lead_count(struct lua_State *L) {
  struct script *script = view_script(L);
  const struct fold *fold = present_lead(script, L, READS_COUNTERS);
  refuse_colon(L, "count");
  int64_t serial = check_selector(L), span = lua_isnoneornil(L, 2) ? 0 : check_span(L, 2);
  for (uint32_t i = 0; i < script->rules->loose_counter_count; i++) {
    if (script->rules->loose_counters[i].serial != serial) continue;
    int counter = script->rules->loose_counters[i].counter;
    int64_t until = fold_count_until(fold, counter, span);
    if (until < script->call.steady_until) script->call.steady_until = until;
    lua_pushinteger(L, fold_count(fold, counter, span));
    return 1;
  }
  return luaL_error(L, "this selector is not counted: declare it outside the function, with local");
}

/* --- lead --------------------------------------------------------------------------------------------------------- */

static int push_stage(struct lua_State *L, const struct ruleset *rules, const struct fold *fold) {
  int stage = rules->lifecycle_count ? fold_stage(fold, 0) : NONE;
  if (stage == NONE)
    lua_pushnil(L);
  else
    lua_pushstring(L, rules->lifecycles[0].stages[stage]);
  return 1;
}

static int push_text(struct lua_State *L, struct str text) {
  if (text.len)
    lua_pushlstring(L, text.p, text.len);
  else
    lua_pushnil(L);
  return 1;
}

static int push_instant(struct lua_State *L, int64_t ms) {
  if (ms < TIME_MIN || ms > TIME_MAX)
    lua_pushnil(L);
  else
    lua_pushinteger(L, ms);
  return 1;
}

/* One view of each kind serves all calls, for it holds nothing: what it gives out is of the present lead. Making one anew each
 * time was a tenth of what scoring events costs. */
static int push_only(struct lua_State *L, enum view_kind kind) {
  return lua_rawgetp(L, LUA_REGISTRYINDEX, &only_keys[kind]), 1;
}

static int lead_index(struct lua_State *L) {
  struct script *script = view_script(L);
  struct str key = view_key(L);
  if (str_eq(key, STR("traits"))) return push_only(L, VIEW_TRAITS);
  if (str_eq(key, STR("scores"))) return push_only(L, VIEW_SCORES);
  if (str_eq(key, STR("account_traits"))) return push_only(L, VIEW_ACCOUNT);
  if (str_eq(key, STR("velocity"))) return lua_rawgetp(L, LUA_REGISTRYINDEX, &velocity_key), 1;
  if (str_eq(key, STR("count"))) return lua_rawgetp(L, LUA_REGISTRYINDEX, &count_key), 1;
  if (str_eq(key, STR("stage"))) return push_stage(L, script->rules, present_lead(script, L, READS_STAGE));
  if (str_eq(key, STR("now"))) return push_instant(L, fold_now(present_lead(script, L, READS_TIME)));
  if (str_eq(key, STR("id"))) return push_text(L, fold_lead_id(present_lead(script, L, 0)));
  if (str_eq(key, STR("account"))) return push_text(L, fold_account(present_lead(script, L, READS_TRAITS)));
  if (str_eq(key, STR("first_seen")))
    return push_instant(L, fold_first_seen(present_lead(script, L, READS_ACTIVITY)));
  if (str_eq(key, STR("last_seen")))
    return push_instant(L, fold_last_seen(present_lead(script, L, READS_ACTIVITY)));
  if (!str_eq(key, STR("cycle"))) return view_unknown(L, "lead", lead_words);
  lua_pushinteger(L, fold_cycle(present_lead(script, L, READS_STAGE)));
  return 1;
}

void views_push_lead(struct lua_State *L) {
  push_only(L, VIEW_LEAD);
}

/* Makes the metatable of a kind, and the one view that has it. */
static void open_only(struct script *script, struct lua_State *L, enum view_kind kind, const char *name,
                      const luaL_Reg *functions) {
  view_metatable(script, L, kind, name, functions);
  view_new(script, L, kind, 0);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &only_keys[kind]);
}

static void keep_function(struct script *script, struct lua_State *L, lua_CFunction function,
                          const char *key) {
  lua_pushlightuserdata(L, script);
  lua_pushcclosure(L, function, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void view_open_lead(struct script *script, struct lua_State *L) {
  static const luaL_Reg lead[] = {{"__index", lead_index}, {NULL, NULL}};
  static const luaL_Reg traits[] = {{"__index", traits_index}, {"__pairs", traits_pairs}, {NULL, NULL}};
  static const luaL_Reg account[] = {{"__index", account_index}, {NULL, NULL}};
  static const luaL_Reg scores[] = {{"__index", scores_index}, {"__pairs", scores_pairs}, {NULL, NULL}};
  open_only(script, L, VIEW_LEAD, "lead", lead);
  open_only(script, L, VIEW_TRAITS, "lead.traits", traits);
  open_only(script, L, VIEW_ACCOUNT, "lead.account_traits", account);
  open_only(script, L, VIEW_SCORES, "lead.scores", scores);
  keep_function(script, L, lead_velocity, &velocity_key);
  keep_function(script, L, lead_count, &count_key);
}
