#include "vm/sandbox/bytecode.h"

#if defined(__has_include)
#if __has_include(<lobject.h>) && __has_include(<lopcodes.h>) && LUA_VERSION_RELEASE_NUM == 50409
#define BYTECODE_KNOWN 1
#endif
#endif

#ifdef BYTECODE_KNOWN

#include "base/str.h"

#include <ldebug.h>
#include <lobject.h>
#include <lopcodes.h>
#include <ltable.h>

bool bytecode_is_known(void) {
  return true;
}

enum { UPVALUES_MAX = 256 };

static const char *upvalue_name(const Proto *proto, int upvalue) {
  const TString *name = proto->upvalues[upvalue].name;
  return name ? getstr(name) : "?";
}

static bool instruction_writes(const Proto *proto, int pc, const bool *outer, struct bytecode_write *out) {
  Instruction code = proto->code[pc];
  int upvalue;
  out->field = NULL;
  switch (GET_OPCODE(code)) {
  case OP_SETUPVAL: upvalue = GETARG_B(code); break;
  case OP_SETTABUP:
    upvalue = GETARG_A(code);
    out->field = getstr(tsvalue(&proto->k[GETARG_B(code)]));
    break;
  default: return false;
  }
  if (!outer[upvalue]) return false;
  out->name = upvalue_name(proto, upvalue);
  out->line = luaG_getfuncline(proto, pc);
  return true;
}

/* Which upvalues of a nested function lead to a variable that is outer for the function around it. */
static void outer_of(const Proto *nested, const bool *outer, bool *nested_outer) {
  for (int u = 0; u < nested->sizeupvalues; u++)
    nested_outer[u] = !nested->upvalues[u].instack && outer[nested->upvalues[u].idx];
}

/* outer[i]: upvalue i leads to a variable outside the function that was asked about. */
static bool proto_writes(const Proto *proto, const bool *outer, struct bytecode_write *out) {
  for (int pc = 0; pc < proto->sizecode; pc++)
    if (instruction_writes(proto, pc, outer, out)) return true;
  for (int i = 0; i < proto->sizep; i++) {
    bool nested_outer[UPVALUES_MAX] = {false};
    outer_of(proto->p[i], outer, nested_outer);
    if (proto_writes(proto->p[i], nested_outer, out)) return true;
  }
  return false;
}

bool bytecode_captured_write(lua_State *L, int index, struct bytecode_write *out) {
  if (lua_type(L, index) != LUA_TFUNCTION || lua_iscfunction(L, index)) return false;
  const LClosure *closure = lua_topointer(L, index);
  bool outer[UPVALUES_MAX];
  for (int i = 0; i < UPVALUES_MAX; i++) outer[i] = true;
  return proto_writes(closure->p, outer, out);
}

struct globals {
  void (*found)(void *context, const char *name, int line);
  void *context;
};

/* environment[i]: upvalue i is the main function's _ENV. */
static void proto_globals(const Proto *proto, const bool *environment, const struct globals *globals) {
  for (int pc = 0; pc < proto->sizecode; pc++) {
    Instruction code = proto->code[pc];
    if (GET_OPCODE(code) != OP_GETTABUP || !environment[GETARG_B(code)]) continue;
    globals->found(globals->context, getstr(tsvalue(&proto->k[GETARG_C(code)])), luaG_getfuncline(proto, pc));
  }
  for (int i = 0; i < proto->sizep; i++) {
    bool nested[UPVALUES_MAX] = {false};
    outer_of(proto->p[i], environment, nested);
    proto_globals(proto->p[i], nested, globals);
  }
}

void bytecode_globals(lua_State *L, int index, void (*found)(void *context, const char *name, int line),
                      void *context) {
  const LClosure *closure = lua_topointer(L, index);
  bool environment[UPVALUES_MAX] = {true}; /* a main function's only upvalue is _ENV */
  proto_globals(closure->p, environment, &(struct globals){found, context});
}

static uint64_t add_bytes(uint64_t sum, const void *bytes, size_t len) {
  return str_hash128((struct str){bytes, len}, sum).low;
}

static uint64_t add_constant(uint64_t sum, const TValue *constant) {
  int type = ttypetag(constant);
  sum = add_bytes(sum, &type, sizeof type);
  switch (type) {
  case LUA_VNUMFLT: return add_bytes(sum, &fltvalue(constant), sizeof(lua_Number));
  case LUA_VNUMINT: return add_bytes(sum, &ivalue(constant), sizeof(lua_Integer));
  case LUA_VSHRSTR:
  case LUA_VLNGSTR: return add_bytes(sum, getstr(tsvalue(constant)), tsslen(tsvalue(constant)));
  default: return sum;
  }
}

static uint64_t proto_sum(uint64_t sum, const Proto *proto) {
  const lu_byte shape[] = {proto->numparams, proto->is_vararg, proto->maxstacksize};
  sum = add_bytes(sum, shape, sizeof shape);
  sum = add_bytes(sum, proto->code, (size_t)proto->sizecode * sizeof *proto->code);
  for (int i = 0; i < proto->sizek; i++) sum = add_constant(sum, &proto->k[i]);
  for (int i = 0; i < proto->sizeupvalues; i++) {
    const lu_byte captured[] = {proto->upvalues[i].instack, proto->upvalues[i].idx};
    sum = add_bytes(sum, captured, sizeof captured);
  }
  for (int i = 0; i < proto->sizep; i++) sum = proto_sum(sum, proto->p[i]);
  return sum;
}

uint64_t bytecode_sum(lua_State *L, int index) {
  const LClosure *closure = lua_topointer(L, index);
  return proto_sum(1, closure->p);
}

/* B is the number of values plus one; 0: as many as there are. A tail call returns what it gets. */
bool bytecode_returns(lua_State *L, int index) {
  const LClosure *closure = lua_topointer(L, index);
  for (int pc = 0; pc < closure->p->sizecode; pc++) {
    Instruction code = closure->p->code[pc];
    OpCode op = GET_OPCODE(code);
    if (op == OP_RETURN1 || op == OP_TAILCALL || (op == OP_RETURN && GETARG_B(code) != 1)) return true;
  }
  return false;
}

size_t bytecode_table_places(lua_State *L, int index) {
  const Table *table = lua_topointer(L, index);
  return (size_t)luaH_realasize(table) + (size_t)sizenode(table);
}

#else

bool bytecode_is_known(void) {
  return false;
}

bool bytecode_captured_write(lua_State *L, int index, struct bytecode_write *out) {
  (void)L, (void)index, (void)out;
  return false;
}

void bytecode_globals(lua_State *L, int index, void (*found)(void *context, const char *name, int line),
                      void *context) {
  (void)L, (void)index, (void)found, (void)context;
}

uint64_t bytecode_sum(lua_State *L, int index) {
  (void)L, (void)index;
  return 0;
}

bool bytecode_returns(lua_State *L, int index) {
  (void)L, (void)index;
  return true;
}

size_t bytecode_table_places(lua_State *L, int index) {
  (void)L, (void)index;
  return 0;
}

#endif
