/* libs.h - the parts of the scripts' library. Each opener pushes one table of functions; sandbox.c freezes
 * and shares it.
 *
 * Stock Lua functions are kept where one call does a small, bounded amount of work; the others are charged
 * for the bytes they touch (lib_charged) or written anew. No function here may write to a table that has a
 * metatable.
 */
#ifndef EMBUDO_VM_LIBS_H
#define EMBUDO_VM_LIBS_H

#include <lauxlib.h>
#include <limits.h>
#include <lua.h>
#include <stdbool.h>

/* What one library call may do: far above any rule's need, far below the limits of a call. */
enum {
  LIB_TEXT_MAX = 1024 * 1024, /* bytes */
  LIB_ITEMS_MAX = 1000000,    /* of a range */
  LIB_SORT_MAX = 100000,      /* items sorted, keys walked */
  LIB_NUMBER_TEXT_MAX = 200, /* bytes of a text that is taken for a number; Lua reads no longer ones either */
  LIB_RESULTS_MAX =
      10000 /* values that one call may return: each later call that passes them on copies them */
};

/* What is being made must not become longer than `bound` bytes: an error of the library's function of that name. */
void lib_bound_text(lua_State *L, const luaL_Buffer *out, size_t bound, const char *name);

void lib_base_open(lua_State *L);
void lib_string_open(lua_State *L); /* also gives strings their metatable */
void lib_table_open(lua_State *L);
void lib_math_open(lua_State *L);
void lib_utf8_open(lua_State *L);

/* Copies the functions `names` (ended by NULL) of the stock library at `from` into the table on top;
 * `charged`: they pay for the length of their text arguments first. */
void lib_copy(lua_State *L, int from, const char *const *names, bool charged);

/* Copies functions whose arguments `first` to `last` are numbers: long texts in their place are refused. Each argument
 * costs `steps`. */
enum { LIB_LAST = INT_MAX };
struct lib_numbers {
  int first, last;
  int steps;
};
void lib_copy_numeric(lua_State *L, int from, const char *const *names, const struct lib_numbers *numbers);

/* luaL_checkinteger and its like, which do not read a long text to find out that it is no number. */
lua_Integer lib_integer(lua_State *L, int arg);
lua_Integer lib_opt_integer(lua_State *L, int arg, lua_Integer otherwise);
lua_Number lib_double(lua_State *L, int arg);

/* As lib_copy with a charge, for one function (text, from, to) whose number of results is bounded by LIB_RESULTS_MAX. */
void lib_copy_range(lua_State *L, int from, const char *name);

/* Replaces the table argument by what it holds, for reading: a frozen one by its contents, a list of the host's (a
 * userdata with __len) by a copy. Refuses other metatables. */
void lib_readable(lua_State *L, int arg);
/* Refuses tables that must not be written: frozen, or with a metatable. */
void lib_writable(lua_State *L, int arg);

/* Pays for a walk over the table at `index`, its empty places included. */
void lib_charge_walk(lua_State *L, int index);

int lib_tostring(lua_State *L); /* tostring(v): without addresses */
int lib_pairs(lua_State *L);
int lib_next(lua_State *L);
int lib_sort(lua_State *L);
int lib_format(lua_State *L);
int lib_find(lua_State *L);
int lib_match(lua_State *L);
int lib_gmatch(lua_State *L);
int lib_gsub(lua_State *L);

#endif
