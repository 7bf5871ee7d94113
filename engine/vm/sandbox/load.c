/* load.c - vm_load_text: compiling a file in the sandbox. */
#include "vm/sandbox/failure.h"
#include "vm/sandbox/internal.h"

#include <lauxlib.h>
#include <stdio.h>

/* What Lua puts before ":line:" in a syntax error: names of LUA_IDSIZE bytes and more are shortened. */
static size_t shown_len(const char *file) {
  size_t len = strlen(file);
  return len < LUA_IDSIZE ? len : LUA_IDSIZE - 1;
}

/* "rules/web.lua:12: '}' expected near 'end'", whatever Lua made of the name. */
static int load_failed(struct vm *vm, const char *file, int status, struct err *err) {
  lua_State *L = vm_lua(vm);
  char clean[VM_MESSAGE_MAX];
  struct str text = {NULL, 0};
  text.p = lua_tolstring(L, -1, &text.len);
  failure_clean(clean, sizeof clean, text);
  lua_pop(L, 1);
  if (status == LUA_ERRMEM)
    return err_set(err, ERR_LIMIT, "%s: needs more memory to compile than the limit of %zu KB", file,
                   vm->limits.memory_bytes / 1024);
  size_t shown = shown_len(file);
  if (strlen(clean) > shown && clean[shown] == ':')
    return err_set(err, ERR_SYNTAX, "%s%s", file, clean + shown);
  return err_set(err, ERR_SYNTAX, "%s: %s", file, clean);
}

/* What is no text, told in other words than the compiler's. */
static int refuse_bytes(const char *file, struct str text, struct err *err) {
  if (str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff")))
    return err_set(err, ERR_SYNTAX, "%s: is saved as UTF-16; save it as UTF-8", file);
  if (str_starts(text, STR(LUA_SIGNATURE)))
    return err_set(err, ERR_SYNTAX, "%s: is compiled Lua; rule files are text", file);
  const char *nul = text.len ? memchr(text.p, '\0', text.len) : NULL;
  int line = 1;
  for (const char *p = text.p; nul && p < nul; p++) line += *p == '\n';
  return nul ? err_set(err, ERR_SYNTAX, "%s:%d: a NUL byte: rule files are text", file, line) : 0;
}

int vm_load_text(struct vm *vm, const char *file, struct str source, int environment, struct err *err) {
  lua_State *L = vm_lua(vm);
  bool enforced = vm->enforced;
  char chunk[VM_FILE_MAX];
  if (source.len > vm->limits.source_bytes)
    return err_set(err, ERR_LIMIT, "%s: is %zu KB long; the limit is %zu KB a file", file, source.len / 1024,
                   vm->limits.source_bytes / 1024);
  if (strlen(file) + 2 > sizeof chunk)
    return err_set(err, ERR_LIMIT, "%s: a path of more than %zu bytes", file, sizeof chunk - 2);
  environment = lua_absindex(L, environment);
  ASSERT(lua_type(L, environment) == LUA_TTABLE);
  snprintf(chunk, sizeof chunk, "%s%s", file[0] == VM_TRUSTED[0] ? "" : "@", file);
  struct str text = source;
  if (str_starts(text, STR("\xef\xbb\xbf"))) text = (struct str){text.p + 3, text.len - 3};
  if (refuse_bytes(file, text, err) != 0) return -1;
  vm->enforced = true;
  int status = luaL_loadbufferx(L, text.p ? text.p : "", text.len, chunk, "t");
  vm->enforced = enforced;
  if (status != LUA_OK) return load_failed(vm, file, status, err);
  lua_pushvalue(L, environment);
  lua_setupvalue(L, -2, 1); /* a main function's only upvalue is _ENV */
  return 0;
}
