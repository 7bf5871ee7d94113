/* lib_format.c - string.format without addresses (%p) and without %q, texts through the scripts' own tostring. Each
 * conversion is taken apart and checked here; only numbers go to snprintf, with a specification that was
 * built from what was checked. */
#include "vm/library/libs.h"
#include "vm/sandbox/state.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>

enum { SPEC_MAX = 32, NUMBER_MAX = 512 /* %99.99f of the largest double */ };

struct conversion {
  char flags[8];
  int width, precision; /* -1: none */
  char letter;
};

static int two_digits(const char **p, const char *end) {
  int n = 0;
  for (int i = 0; i < 2 && *p < end && **p >= '0' && **p <= '9'; i++) n = n * 10 + *(*p)++ - '0';
  return n;
}

static void refuse(lua_State *L, const char *from, const char *p) {
  lua_pushlstring(L, from, (size_t)(p - from));
  luaL_error(L, "invalid conversion '%%%s' to 'format'", lua_tostring(L, -1));
}

/* Reads what stands between % and the letter, the letter included. */
static const char *read_conversion(lua_State *L, const char *p, const char *end, struct conversion *out) {
  const char *from = p;
  size_t flags = 0;
  while (p < end && memchr("-+#0 ", *p, 5)) {
    if (flags + 1 >= sizeof out->flags) refuse(L, from, p + 1);
    out->flags[flags++] = *p++;
  }
  out->flags[flags] = '\0';
  bool digits = p < end && *p >= '0' && *p <= '9';
  out->width = digits ? two_digits(&p, end) : -1;
  out->precision = -1;
  if (p < end && *p == '.') {
    p++;
    out->precision = two_digits(&p, end);
  }
  if (p >= end || !memchr("cdiuoxXaAeEfFgGs", *p, 16)) refuse(L, from, p < end ? p + 1 : p);
  out->letter = *p;
  return p + 1;
}

/* Flags that mean something for the letter; the others are refused, as the C library leaves them undefined.
 */
static void check_flags(lua_State *L, const struct conversion *conversion) {
  const char *allowed = "-+#0 ";
  switch (conversion->letter) {
  case 'c':
  case 's': allowed = "-"; break;
  case 'd':
  case 'i': allowed = "-+0 "; break;
  case 'u': allowed = "-0"; break;
  case 'o':
  case 'x':
  case 'X': allowed = "-#0"; break;
  default: break;
  }
  if (conversion->flags[strspn(conversion->flags, allowed)] ||
      (conversion->letter == 'c' && conversion->precision >= 0))
    luaL_error(L, "invalid conversion '%%%s%c' to 'format'", conversion->flags, conversion->letter);
}

static void add_padded(luaL_Buffer *out, const struct conversion *conversion, struct str text) {
  size_t pad =
      conversion->width > 0 && (size_t)conversion->width > text.len ? conversion->width - text.len : 0;
  bool left = strchr(conversion->flags, '-');
  for (size_t i = 0; !left && i < pad; i++) luaL_addchar(out, ' ');
  luaL_addlstring(out, text.p, text.len);
  for (size_t i = 0; left && i < pad; i++) luaL_addchar(out, ' ');
}

/* The text must stay on the stack while it is added, and the buffer needs the stack's top as it was: both
 * hold, since the argument's place takes the text. */
static void add_text(lua_State *L, luaL_Buffer *out, const struct conversion *conversion, int arg) {
  if (lua_type(L, arg) != LUA_TSTRING) {
    lua_pushcfunction(L, lib_tostring);
    lua_pushvalue(L, arg);
    lua_call(L, 1, 1);
    lua_replace(L, arg);
  }
  struct str text;
  text.p = lua_tolstring(L, arg, &text.len);
  if (conversion->precision >= 0 && (size_t)conversion->precision < text.len)
    text.len = (size_t)conversion->precision;
  vm_charge(L, (int64_t)text.len / VM_BYTES_PER_STEP);
  add_padded(out, conversion, text);
}

static void add_number(lua_State *L, luaL_Buffer *out, const struct conversion *conversion, int arg) {
  char spec[SPEC_MAX], width[8] = "", precision[8] = "", text[NUMBER_MAX];
  bool whole = strchr("diuoxX", conversion->letter);
  if (conversion->width >= 0) snprintf(width, sizeof width, "%d", conversion->width);
  if (conversion->precision >= 0) snprintf(precision, sizeof precision, ".%d", conversion->precision);
  snprintf(spec, sizeof spec, "%%%s%s%s%s%c", conversion->flags, width, precision, whole ? "ll" : "",
           conversion->letter);
  double number = whole ? 0 : lib_double(L, arg);
  if (isnan(number)) number = fabs(number); /* its sign differs between processors */
  int len = whole ? snprintf(text, sizeof text, spec, (long long)lib_integer(L, arg))
                  : snprintf(text, sizeof text, spec, number);
  vm_charge(L, len); /* the widest are long arithmetic */
  luaL_addlstring(out, text, len > 0 ? (size_t)len : 0);
}

static void add_conversion(lua_State *L, luaL_Buffer *out, const struct conversion *conversion, int arg) {
  check_flags(L, conversion);
  if (conversion->letter == 's') {
    add_text(L, out, conversion, arg);
  } else if (conversion->letter == 'c') {
    char c = (char)lib_integer(L, arg);
    add_padded(out, conversion, (struct str){&c, 1});
  } else {
    add_number(L, out, conversion, arg);
  }
}

int lib_format(lua_State *L) {
  size_t len;
  const char *p = luaL_checklstring(L, 1, &len), *end = p + len;
  int args = lua_gettop(L), arg = 1;
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  vm_charge(L, (int64_t)len / VM_BYTES_PER_STEP);
  while (p < end) {
    const char *percent = memchr(p, '%', (size_t)(end - p));
    luaL_addlstring(&out, p, (size_t)((percent ? percent : end) - p));
    if (!percent) break;
    p = percent + 1;
    if (p < end && *p == '%') {
      luaL_addchar(&out, *p++);
      continue;
    }
    struct conversion conversion;
    p = read_conversion(L, p, end, &conversion);
    if (++arg > args) return luaL_argerror(L, arg, "no value");
    add_conversion(L, &out, &conversion, arg);
    lib_bound_text(L, &out, LIB_TEXT_MAX, "string.format");
  }
  luaL_pushresult(&out);
  return 1;
}
