/* script_handoff.c - functions whose answer leaves the script as JSON: data, requests, acts. */
#include "vm/sandbox/failure.h"
#include "vm/sandbox/sandbox.h"
#include "vm/script/script_state.h"
#include "vm/script/views.h"
#include "vm/source/marshal.h"
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

struct answer { /* on its way out of the script */
  struct script *script;
  lua_State *L;
  struct arena arena; /* keys of tables */
  struct json_writer w;
  struct vm_failure *failure;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct answer *answer, const char *format, ...) {
  va_list args;
  *answer->failure = (struct vm_failure){.kind = VM_ERROR};
  va_start(args, format);
  failure_vprintf(answer->failure, format, args);
  va_end(args);
  return -1;
}

static int put_value(struct answer *answer, int index, int depth);

/* --- tables ------------------------------------------------------------------------------------------------------- */

/* What the phrase at `index` says is pushed; false, and nothing is pushed, when it is not a secret or made with one. */
static bool secret_content(lua_State *L, int index, bool *hmac) {
  const char *name = NULL;
  index = lua_absindex(L, index);
  marshal_contents(L);
  lua_pushvalue(L, index);
  if (lua_rawget(L, -2) == LUA_TTABLE) {
    lua_getfield(L, -1, "name");
    name = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  *hmac = name && strcmp(name, "hmac") == 0;
  if (*hmac || (name && strcmp(name, "secret") == 0)) {
    lua_remove(L, -2);
    return true;
  }
  lua_pop(L, 2);
  return false;
}

static int refuse_hmac(struct answer *answer) {
  return refuse(answer, "hmac takes a secret and a text: hmac(secret \"NAME\", text, \"hex\" | \"base64\")");
}

/* The name of the secret at `index`: the word, or one of the destination's options. */
static bool secret_name(struct answer *answer, int index, struct str *name) {
  lua_State *L = answer->L;
  bool hmac, fine = false;
  if (lua_istable(L, index) && secret_content(L, index, &hmac)) {
    lua_rawgeti(L, -1, 1);
    fine = !hmac && lua_type(L, -1) == LUA_TSTRING;
    if (fine) *name = arena_str(&answer->arena, str_of(lua_tostring(L, -1)));
    lua_pop(L, 2);
    return fine;
  }
  if (lua_type(L, index) != LUA_TUSERDATA) return false;
  struct json_reader *reader = json_reader_new();
  struct json_writer w;
  struct json_ref root;
  struct buf text;
  struct err err;
  buf_init(&text);
  json_writer_init(&w, &text);
  fine = views_put_json(answer->script, L, index, &w) &&
         json_parse(reader, text.data, text.len, &root, &err) == 0 &&
         json_string(json_get(root, str_of(answer->script->secret_mark)), name);
  if (fine) *name = arena_str(&answer->arena, *name);
  buf_release(&text);
  json_reader_free(reader);
  return fine;
}

/* The content of secret or hmac is on top of the stack, which is popped. */
static int put_secret(struct answer *answer, bool hmac) {
  lua_State *L = answer->L;
  struct str name = {NULL, 0}, text = {NULL, 0}, form = STR("hex");
  int content = lua_gettop(L);
  if (hmac) {
    lua_rawgeti(L, content, 1);
    lua_rawgeti(L, content, 2);
    lua_rawgeti(L, content, 3);
    if (lua_type(L, -2) != LUA_TSTRING || !secret_name(answer, content + 1, &name))
      return refuse_hmac(answer);
    text.p = lua_tolstring(L, content + 2, &text.len);
    if (lua_type(L, content + 3) == LUA_TSTRING) form = str_of(lua_tostring(L, content + 3));
  } else {
    lua_rawgeti(L, content, 1);
    if (lua_type(L, -1) != LUA_TSTRING) return refuse(answer, "secret takes a name");
    name = str_of(lua_tostring(L, -1));
  }
  json_open(&answer->w, '{');
  json_member_str(&answer->w, answer->script->secret_mark, name);
  if (hmac) json_member_str(&answer->w, "hmac", text);
  if (hmac) json_member_str(&answer->w, "form", form);
  json_close(&answer->w, '}');
  lua_settop(L, content - 1);
  return 0;
}

static int put_list(struct answer *answer, int index, lua_Integer count, int depth) {
  json_open(&answer->w, '[');
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(answer->L, index, i);
    int failed = put_value(answer, lua_gettop(answer->L), depth);
    lua_pop(answer->L, 1);
    if (failed) return -1;
  }
  json_close(&answer->w, ']');
  return 0;
}

static int by_key(const void *a, const void *b) {
  return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The keys of the table, in order; -1 when one is no text. */
static int list_keys(struct answer *answer, int index, struct str **keys, size_t *count) {
  lua_State *L = answer->L;
  size_t cap = 0;
  *count = 0;
  *keys = NULL;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) {
      lua_pop(L, 2);
      return refuse(answer, "a table has both items and names, or a gap: JSON has lists and objects");
    }
    if (*count == cap) {
      struct str *old = *keys;
      cap = cap ? cap * 2 : 16;
      *keys = arena_alloc(&answer->arena, cap * sizeof **keys);
      if (*count) memcpy(*keys, old, *count * sizeof **keys);
    }
    struct str *key = &(*keys)[(*count)++];
    key->p = lua_tolstring(L, -2, &key->len); /* lives as long as the table */
  }
  if (*count) qsort(*keys, *count, sizeof **keys, by_key);
  return 0;
}

static int put_object(struct answer *answer, int index, int depth) {
  struct str *keys;
  size_t count;
  if (list_keys(answer, index, &keys, &count) != 0) return -1;
  json_open(&answer->w, '{');
  for (size_t i = 0; i < count; i++) {
    lua_pushlstring(answer->L, keys[i].p, keys[i].len);
    lua_rawget(answer->L, index);
    json_key_str(&answer->w, keys[i]);
    int failed = put_value(answer, lua_gettop(answer->L), depth);
    lua_pop(answer->L, 1);
    if (failed) return -1;
  }
  json_close(&answer->w, '}');
  return 0;
}

static int put_table(struct answer *answer, int index, int depth) {
  lua_State *L = answer->L;
  bool hmac;
  if (!lua_checkstack(L, 8)) return refuse(answer, "it returned tables nested too deep");
  if (secret_content(L, index, &hmac)) return put_secret(answer, hmac);
  if (depth == SCRIPT_ANSWER_DEPTH) return refuse(answer, "it returned tables nested deeper than %d", depth);
  sandbox_raw(L, index);
  int raw = lua_gettop(L);
  lua_Integer count = (lua_Integer)lua_rawlen(L, raw);
  int failed = count ? put_list(answer, raw, count, depth + 1) : put_object(answer, raw, depth + 1);
  lua_settop(L, raw - 1);
  return failed;
}

/* --- any value ---------------------------------------------------------------------------------------------------- */

static int put_scalar(struct answer *answer, int index) {
  lua_State *L = answer->L;
  struct str text;
  double number;
  switch (lua_type(L, index)) {
  case LUA_TNIL: json_put_null(&answer->w); return 0;
  case LUA_TBOOLEAN: json_put_bool(&answer->w, lua_toboolean(L, index)); return 0;
  case LUA_TSTRING:
    text.p = lua_tolstring(L, index, &text.len);
    json_put_str(&answer->w, text);
    return 0;
  case LUA_TNUMBER:
    if (!vm_number(L, index, &number))
      return refuse(answer, "it returned a number that is not finite, or above 2^53");
    json_put_number(&answer->w, number);
    return 0;
  default: break;
  }
  if (lua_type(L, index) == LUA_TUSERDATA && views_put_json(answer->script, L, index, &answer->w)) return 0;
  return refuse(answer, "it returned a %s, which is no data", luaL_typename(L, index));
}

static int is_too_much(struct answer *answer) {
  size_t max = vm_output_bytes(answer->script->vm);
  if (answer->w.out->len <= max) return 0;
  return refuse(answer, "it returned more than %zu KiB (limits.rule_output)", max / 1024);
}

static int put_value(struct answer *answer, int index, int depth) {
  if (is_too_much(answer) != 0) return -1;
  return lua_type(answer->L, index) == LUA_TTABLE ? put_table(answer, index, depth)
                                                  : put_scalar(answer, index);
}

/* The value on top of the stack, which is popped. */
static int take_answer(struct script *script, struct buf *out, struct vm_failure *failure) {
  struct answer answer = {.script = script, .L = vm_lua(script->vm), .failure = failure};
  struct buf text;
  int top = lua_gettop(answer.L), failed = 0;
  if (!lua_isnil(answer.L, top)) {
    buf_init(&text);
    arena_init(&answer.arena, 1024);
    json_writer_init(&answer.w, &text);
    failed = put_value(&answer, top, 0);
    if (!failed) failed = is_too_much(&answer);
    if (!failed) buf_add_str(out, buf_str(&text));
    arena_release(&answer.arena);
    buf_release(&text);
  }
  lua_settop(answer.L, top - 1);
  return failed;
}

static int call(struct script *script, const struct script_calling *calling, struct buf *out,
                struct err *err) {
  struct vm_failure failure;
  const struct fn_info *info = script_function(script, calling->fn);
  if (script_stopped(script, calling->fn))
    return err_set(err, ERR_SCRIPT, "%s:%d: %s is stopped: it failed too often", info->place.file,
                   info->place.line, info->owner);
  int failed = script_run(script, calling, &failure);
  if (!failed) failed = take_answer(script, out, &failure);
  if (!failed) return 0;
  script_record(script, calling, &failure);
  if (failure.file[0])
    return err_set(err, ERR_SCRIPT, "%s:%d: %s", failure.file, failure.line, failure.message);
  return err_set(err, ERR_SCRIPT, "%s:%d: %s", info->place.file, info->place.line, failure.message);
}

const char *script_secret_mark(const struct script *script) {
  return script->secret_mark;
}

int script_ask(struct script *script, int fn, struct json_ref argument, struct buf *out, struct err *err) {
  const struct script_calling calling = {.fn = fn, .json = &argument};
  return call(script, &calling, out, err);
}

int script_tell(struct script *script, int fn, const struct fold *fold, const struct touch *touch,
                struct buf *out, struct err *err) {
  const struct script_calling calling = {.fn = fn, .fold = fold, .touch = touch};
  return call(script, &calling, out, err);
}
