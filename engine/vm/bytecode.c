#include "vm/bytecode.h"

#if defined(__has_include)
#if __has_include(<lobject.h>) && __has_include(<lopcodes.h>) && LUA_VERSION_RELEASE_NUM == 50409
#define BYTECODE_KNOWN 1
#endif
#endif

#ifdef BYTECODE_KNOWN

#include <ldebug.h>
#include <lobject.h>
#include <lopcodes.h>

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

/* outer[i]: upvalue i leads to a variable outside the function that was asked about. */
static bool proto_writes(const Proto *proto, const bool *outer, struct bytecode_write *out) {
  for (int pc = 0; pc < proto->sizecode; pc++)
    if (instruction_writes(proto, pc, outer, out)) return true;
  for (int i = 0; i < proto->sizep; i++) {
    const Proto *nested = proto->p[i];
    bool nested_outer[UPVALUES_MAX] = {false};
    for (int u = 0; u < nested->sizeupvalues; u++)
      nested_outer[u] = !nested->upvalues[u].instack && outer[nested->upvalues[u].idx];
    if (proto_writes(nested, nested_outer, out)) return true;
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

#else

bool bytecode_is_known(void) {
  return false;
}

bool bytecode_captured_write(lua_State *L, int index, struct bytecode_write *out) {
  (void)L, (void)index, (void)out;
  return false;
}

#endif
