#include "vm/source/marshal.h"

#include "base/text.h"
#include "vm/sandbox/prelude.h"
#include "vm/sandbox/sandbox.h"
#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <stdlib.h>

static void read_value(struct marshal *marshal, struct lua_State *L, int index, struct scan_table table,
                       struct place place, struct node *out);

__attribute__((format(printf, 5, 6))) static void refuse(struct marshal *marshal, struct place place,
                                                         const char *code, const char *hint,
                                                         const char *format, ...) {
  char text[256];
  va_list args;
  marshal->refused = true;
  if (marshal->refusals++ >= MARSHAL_REFUSALS_MAX) return;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  problem_add(marshal->problems, SEVERITY_ERROR, code, place, hint, "%s", text);
}

void marshal_contents(struct lua_State *L) {
  static const char key;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
}

/* Pushes what the table at `index` says as a phrase; false and nothing pushed when it is a plain table. */
static bool push_content(struct lua_State *L, int index) {
  index = lua_absindex(L, index);
  marshal_contents(L);
  lua_pushvalue(L, index);
  bool phrase = lua_rawget(L, -2) == LUA_TTABLE;
  lua_remove(L, -2);
  if (!phrase) lua_pop(L, 1);
  return phrase;
}

/* --- scalars ------------------------------------------------------------------------------------------------------ */

static void read_number(struct marshal *marshal, struct lua_State *L, int index, struct node *out) {
  out->kind = NODE_NUMBER;
  if (vm_number(L, index, &out->number)) return;
  refuse(marshal, out->place, "number", "write a finite number of at most 2^53",
         "this number cannot be used");
}

static void read_text(struct marshal *marshal, struct lua_State *L, int index, struct node *out) {
  struct str text;
  text.p = lua_tolstring(L, index, &text.len);
  out->kind = NODE_STRING;
  if (text.len > MARSHAL_TEXT_MAX) {
    refuse(marshal, out->place, "too_large", NULL, "a text of %zu bytes: at most %d are allowed", text.len,
           MARSHAL_TEXT_MAX);
    return;
  }
  if (memchr(text.p, '\0', text.len) || !text_is_utf8(text))
    refuse(marshal, out->place, "not_utf8", "save the file as UTF-8; events hold nothing else",
           "this text is not UTF-8");
  out->text = arena_str(marshal->arena, text);
}

/* `on = page`: a word of the notation without what it takes. */
static bool refuse_bare_word(struct marshal *marshal, struct lua_State *L, int index,
                             const struct node *out) {
  index = lua_absindex(L, index);
  prelude_module(L, "words");
  lua_getfield(L, -1, "forms");
  lua_pushvalue(L, index);
  lua_rawget(L, -2);
  const char *form = lua_tostring(L, -1);
  if (form)
    refuse(marshal, out->place, "bare_word", arena_printf(&marshal->problems->arena, "write %s", form),
           "%.*s stands here alone, and needs what it tests", (int)strcspn(form, " ({\""), form);
  lua_pop(L, 3);
  return form != NULL;
}

static void read_function(struct marshal *marshal, struct lua_State *L, int index, struct node *out) {
  if (lua_iscfunction(L, index)) {
    refuse(marshal, out->place, "library_function", "write function(lead) return .. end",
           "a library function stands here");
    return;
  }
  if (refuse_bare_word(marshal, L, index, out)) return;
  lua_Debug info;
  lua_pushvalue(L, index);
  lua_getinfo(L, ">S", &info);
  struct place place = {out->place.file, info.linedefined};
  lua_pushvalue(L, index);
  out->kind = NODE_FUNCTION;
  out->place = place;
  out->function.fn = marshal->add_function(marshal->context, L, marshal->owner, place);
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

static uint32_t count_items(struct lua_State *L, int index) {
  uint32_t count = 0;
  while (count < MARSHAL_NODES_MAX && lua_rawgeti(L, index, (lua_Integer)count + 1) != LUA_TNIL) {
    lua_pop(L, 1);
    count++;
  }
  lua_pop(L, count < MARSHAL_NODES_MAX ? 1 : 0);
  return count;
}

static void read_items(struct marshal *marshal, struct lua_State *L, int index, struct scan_table table,
                       struct node *out) {
  uint32_t count = count_items(L, index);
  struct node *items = arena_zalloc(marshal->arena, count * sizeof *items);
  for (uint32_t i = 0; i < count && marshal->nodes < MARSHAL_NODES_MAX; i++) {
    struct scan_table inner = {0};
    int line = marshal->scan ? scan_item(marshal->scan, table, i, &inner) : 0;
    struct place place = {out->place.file, line ? line : out->place.line};
    lua_rawgeti(L, index, (lua_Integer)i + 1);
    read_value(marshal, L, -1, inner, place, &items[i]);
    lua_pop(L, 1);
  }
  out->table.items = items;
  out->table.item_count = count;
}

/* Counts the named fields and refuses keys that are neither names nor positions. */
static uint32_t count_pairs(struct marshal *marshal, struct lua_State *L, int index, const struct node *out) {
  uint32_t count = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) {
      count++;
    } else if (!lua_isinteger(L, -1)) {
      refuse(marshal, out->place, "key", "keys are names, or positions from 1", "%s is used as a key",
             luaL_typename(L, -1));
    } else if (lua_tointeger(L, -1) < 1 || lua_tointeger(L, -1) > (lua_Integer)out->table.item_count) {
      refuse(marshal, out->place, "gap", "is an item nil, or a name never given a value?",
             "item %lld stands behind a gap", (long long)lua_tointeger(L, -1));
    }
  }
  return count;
}

static int compare_keys(const void *a, const void *b) {
  return str_cmp(((const struct node_pair *)a)->key, ((const struct node_pair *)b)->key);
}

static void read_keys(struct marshal *marshal, struct lua_State *L, int index, struct node_pair *pairs) {
  uint32_t count = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING) continue;
    struct str key;
    key.p = lua_tolstring(L, -1, &key.len);
    pairs[count++].key = arena_str(marshal->arena, key);
  }
  qsort(pairs, count, sizeof *pairs, compare_keys);
}

static void read_pairs(struct marshal *marshal, struct lua_State *L, int index, struct scan_table table,
                       struct node *out) {
  uint32_t count = count_pairs(marshal, L, index, out);
  struct node_pair *pairs = arena_zalloc(marshal->arena, count * sizeof *pairs);
  read_keys(marshal, L, index, pairs);
  for (uint32_t i = 0; i < count && marshal->nodes < MARSHAL_NODES_MAX; i++) {
    struct scan_table inner = {0};
    int line = marshal->scan ? scan_field(marshal->scan, table, pairs[i].key, &inner) : 0;
    pairs[i].key_place = (struct place){out->place.file, line ? line : out->place.line};
    lua_pushlstring(L, pairs[i].key.p, pairs[i].key.len);
    lua_rawget(L, index);
    read_value(marshal, L, -1, inner, pairs[i].key_place, &pairs[i].value);
    lua_pop(L, 1);
  }
  out->table.pairs = pairs;
  out->table.pair_count = count;
}

static void read_table(struct marshal *marshal, struct lua_State *L, int index, struct scan_table table,
                       struct node *out) {
  out->kind = NODE_TABLE;
  sandbox_raw(L, index);
  int raw = lua_gettop(L);
  read_items(marshal, L, raw, table, out);
  read_pairs(marshal, L, raw, table, out);
  lua_pop(L, 1);
}

/* --- phrases ------------------------------------------------------------------------------------------------------ */

static lua_Integer integer_field(struct lua_State *L, int content, const char *name) {
  lua_pushstring(L, name);
  lua_rawget(L, content);
  lua_Integer value = lua_tointeger(L, -1);
  lua_pop(L, 1);
  return value;
}

static struct str text_field(struct marshal *marshal, struct lua_State *L, int content, const char *name) {
  lua_pushstring(L, name);
  lua_rawget(L, content);
  struct str text;
  text.p = lua_tolstring(L, -1, &text.len);
  text = arena_str(marshal->arena, text);
  lua_pop(L, 1);
  return text;
}

static bool says(struct lua_State *L, int content, struct str name) {
  struct str found;
  lua_pushliteral(L, "name");
  lua_rawget(L, content);
  found.p = lua_tolstring(L, -1, &found.len);
  lua_pop(L, 1);
  return found.p && str_eq(found, name);
}

/* Replaces the content on top by that of its first operand, when that combines with the same operator. */
static bool step_left(struct lua_State *L, struct str name) {
  int content = lua_gettop(L);
  lua_rawgeti(L, content, 1);
  if (!lua_istable(L, -1) || !push_content(L, -1)) {
    lua_settop(L, content);
    return false;
  }
  bool same = says(L, lua_gettop(L), name);
  if (same) lua_replace(L, content);
  lua_settop(L, content);
  return same;
}

/* How many of the same operator are nested to the left of the content on top: `a | b | c` has one. */
static uint32_t count_left(struct lua_State *L, struct str name) {
  uint32_t count = 0;
  lua_pushvalue(L, -1);
  while (count < MARSHAL_NODES_MAX && step_left(L, name)) {
    vm_charge(L, 1);
    count++;
  }
  lua_pop(L, 1);
  return count;
}

/* Many alternatives, perhaps joined in a loop: they are read side by side, for nested they would be too deep. */
static void read_chain(struct marshal *marshal, struct lua_State *L, uint32_t count, struct node *out) {
  struct node *args = arena_zalloc(marshal->arena, count * sizeof *args);
  lua_pushvalue(L, -1);
  for (uint32_t i = count; i-- > 0 && marshal->nodes < MARSHAL_NODES_MAX;) {
    lua_rawgeti(L, -1, i > 0 ? 2 : 1);
    read_value(marshal, L, -1, (struct scan_table){0}, out->place, &args[i]);
    lua_pop(L, 1);
    if (i > 1) step_left(L, out->call.name);
  }
  lua_pop(L, 1);
  out->call.args = args;
  out->call.arg_count = count;
}

static bool is_chain(struct lua_State *L, struct str name, uint32_t *count) {
  if (!str_eq(name, STR("|")) && !str_eq(name, STR("&"))) return false;
  *count = count_left(L, name) + 2;
  return *count > MARSHAL_CHAIN_NESTED;
}

/* The content of the phrase is on top of the stack, and popped. */
static void read_phrase(struct marshal *marshal, struct lua_State *L, struct node *out) {
  int content = lua_gettop(L);
  lua_Integer line = integer_field(L, content, "line");
  out->kind = NODE_CALL;
  if (line > 0) out->place.line = (int)line;
  if (line > 0 &&
      out->place.file[0] == '\0') { /* no declaration around it: a selector that only a function holds */
    struct str file = text_field(marshal, L, content, "file");
    out->place.file = arena_str(&marshal->problems->arena, file).p;
  }
  out->call.name = text_field(marshal, L, content, "name");
  out->call.serial = integer_field(L, content, "serial");
  out->call.arg_count = (uint32_t)integer_field(L, content, "n");
  if (str_eq(out->call.name, STR("nothing"))) marshal->refused = true; /* the prelude has said why */
  uint32_t operands;
  if (is_chain(L, out->call.name, &operands)) {
    read_chain(marshal, L, operands, out);
    lua_pop(L, 1);
    return;
  }
  struct node *args = arena_zalloc(marshal->arena, out->call.arg_count * sizeof *args);
  for (uint32_t i = 0; i < out->call.arg_count; i++) {
    struct scan_table table = {0};
    if (marshal->scan) table = scan_argument(marshal->scan, out->place.line, out->call.name, i);
    lua_rawgeti(L, content, (lua_Integer)i + 1);
    read_value(marshal, L, -1, table, out->place, &args[i]);
    lua_pop(L, 1);
  }
  out->call.args = args;
  lua_pop(L, 1);
}

/* --- any value ---------------------------------------------------------------------------------------------------- */

static bool contains_itself(const struct marshal *marshal, const void *table) {
  for (uint32_t i = 0; i < marshal->depth; i++)
    if (marshal->path[i] == table) return true;
  return false;
}

static void read_nested(struct marshal *marshal, struct lua_State *L, int index, struct scan_table table,
                        struct node *out) {
  const void *identity = lua_topointer(L, index);
  if (contains_itself(marshal, identity)) {
    refuse(marshal, out->place, "cycle", NULL, "a table contains itself");
  } else if (marshal->depth == MARSHAL_DEPTH_MAX) {
    refuse(marshal, out->place, "too_deep", NULL, "nested deeper than %d levels", MARSHAL_DEPTH_MAX);
  } else {
    luaL_checkstack(L, 8, "nested declaration");
    marshal->path[marshal->depth++] = identity;
    if (push_content(L, index))
      read_phrase(marshal, L, out);
    else
      read_table(marshal, L, index, table, out);
    marshal->depth--;
  }
}

static void read_value(struct marshal *marshal, struct lua_State *L, int index, struct scan_table table,
                       struct place place, struct node *out) {
  *out = (struct node){.place = place};
  index = lua_absindex(L, index);
  vm_charge(L, 1);
  if (++marshal->nodes == MARSHAL_NODES_MAX)
    refuse(marshal, place, "too_large", NULL, "more than %d values in one declaration", MARSHAL_NODES_MAX);
  if (marshal->nodes >= MARSHAL_NODES_MAX) return;
  switch (lua_type(L, index)) {
  case LUA_TNIL: break;
  case LUA_TBOOLEAN:
    out->kind = NODE_BOOL;
    out->boolean = lua_toboolean(L, index);
    break;
  case LUA_TNUMBER: read_number(marshal, L, index, out); break;
  case LUA_TSTRING: read_text(marshal, L, index, out); break;
  case LUA_TTABLE: read_nested(marshal, L, index, table, out); break;
  case LUA_TFUNCTION: read_function(marshal, L, index, out); break;
  default: refuse(marshal, place, "value", NULL, "a %s cannot be declared", luaL_typename(L, index));
  }
}

bool marshal_node(struct marshal *marshal, struct lua_State *L, int index, struct scan_table table,
                  struct place place, struct node *out) {
  marshal->nodes = marshal->depth = marshal->refusals = 0;
  marshal->refused = false;
  read_value(marshal, L, index, table, place, out);
  return !marshal->refused;
}
