#include "vm/sandbox/failure.h"
#include "vm/sandbox/internal.h"

#include <lauxlib.h>
#include <stdio.h>

const char *vm_failure_word(enum vm_failure_kind kind) {
  switch (kind) {
  case VM_OK: return "ok";
  case VM_ERROR: return "error";
  case VM_KILLED_FUEL: return "fuel";
  case VM_KILLED_MEMORY: return "memory";
  case VM_KILLED_DEPTH: return "depth";
  case VM_KILLED_CPU: return "processor_time";
  }
  return "unknown";
}

/* The length of the UTF-8 character at p, 0 when it is none. Overlong forms and surrogates are none. */
static size_t utf8_len(const unsigned char *p, size_t left) {
  if (p[0] < 0x80) return 1;
  size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
  if (p[0] < 0xc2 || p[0] > 0xf4 || left < len) return 0;
  for (size_t i = 1; i < len; i++)
    if ((p[i] & 0xc0) != 0x80) return 0;
  if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f)) return 0;
  if ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f)) return 0;
  return len;
}

/* Control characters of eight bits; what has no width, and what turns the direction of reading: U+200B to 200F, 202A to 202E,
 * 2066 to 2069. */
static bool is_hidden(const unsigned char *p, size_t len) {
  if (len == 2) return p[0] == 0xc2 && p[1] < 0xa0;
  if (len != 3 || p[0] != 0xe2) return false;
  return (p[1] == 0x80 && ((p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xaa && p[2] <= 0xae))) ||
         (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

void failure_clean(char *out, size_t size, struct str text) {
  const unsigned char *in = (const unsigned char *)text.p;
  size_t at = 0;
  for (size_t i = 0; i < text.len;) {
    size_t len = utf8_len(in + i, text.len - i);
    if (at + (len ? len : 1) >= size) break;
    if (is_hidden(in + i, len)) {
      out[at++] = ' ';
    } else if (len > 1) {
      memcpy(out + at, in + i, len);
      at += len;
    } else {
      bool printable = len == 1 && in[i] >= 0x20 && in[i] != 0x7f;
      out[at++] = printable ? (char)in[i] : len == 1 ? ' ' : '?';
    }
    i += len ? len : 1;
  }
  out[at] = '\0';
}

void failure_vprintf(struct vm_failure *failure, const char *format, va_list args) {
  char text[VM_MESSAGE_MAX];
  vsnprintf(text, sizeof text, format, args);
  failure_clean(failure->message, sizeof failure->message, str_of(text));
}

void failure_printf(struct vm_failure *failure, const char *format, ...) {
  va_list args;
  va_start(args, format);
  failure_vprintf(failure, format, args);
  va_end(args);
}

void failure_memory(struct vm_failure *failure, const struct vm *vm, size_t bytes) {
  failure_printf(failure, "no memory for a block of %zu KB: limits are %zu KB a block and %zu KB in all",
                 bytes / 1024, vm->block_max / 1024, vm->limits.memory_bytes / 1024);
}

/* The innermost running function of a user's file. */
static bool find_place(lua_State *L, lua_Debug *ar) {
  for (int level = 0; level < VM_PLACE_LEVELS && lua_getstack(L, level, ar); level++) {
    lua_getinfo(L, "Sl", ar);
    if (ar->source[0] == '@' && ar->currentline > 0) return true;
  }
  return false;
}

bool vm_position(lua_State *L, const char **file, int *line) {
  lua_Debug ar;
  if (!find_place(L, &ar)) return false;
  *file = ar.source + 1;
  *line = ar.currentline;
  return true;
}

void failure_place(struct vm_failure *failure, lua_State *L) {
  const char *file;
  if (failure->line || !vm_position(L, &file, &failure->line)) return;
  failure_clean(failure->file, sizeof failure->file, str_of(file));
}

/* Skips "name:12: ", which lua_error's callers put before the text: the place is told apart, and cannot be
 * forged. */
static struct str without_place(struct str text, const char *name) {
  size_t len = strlen(name);
  if (!str_starts(text, str_of(name))) return text;
  size_t at = len;
  if (at >= text.len || text.p[at++] != ':') return text;
  size_t digits = at;
  while (at < text.len && text.p[at] >= '0' && text.p[at] <= '9') at++;
  if (at == digits || at + 2 > text.len || text.p[at] != ':' || text.p[at + 1] != ' ') return text;
  return (struct str){text.p + at + 2, text.len - at - 2};
}

/* The prefix may name the user's file or a trusted one further in. */
static struct str without_any_place(lua_State *L, struct str text) {
  lua_Debug ar;
  for (int level = 0; level < VM_PLACE_LEVELS && lua_getstack(L, level, &ar); level++) {
    lua_getinfo(L, "S", &ar);
    struct str rest = without_place(text, ar.short_src);
    if (rest.p != text.p) return rest;
    if (ar.source[0] == '@') break;
  }
  return text;
}

void failure_message(struct vm_failure *failure, lua_State *L) {
  struct str text;
  switch (lua_type(L, -1)) {
  case LUA_TSTRING:
    text.p = lua_tolstring(L, -1, &text.len);
    text = without_any_place(L, text);
    failure_clean(failure->message, sizeof failure->message, text);
    if (text.len == 0) failure_printf(failure, "error was called with an empty text");
    break;
  case LUA_TNUMBER: failure_printf(failure, "%.14g", lua_tonumber(L, -1)); break;
  case LUA_TNIL: failure_printf(failure, "error was called with nil"); break;
  default: failure_printf(failure, "error was called with a %s", luaL_typename(L, -1));
  }
}

int vm_failure_err(const struct vm_failure *failure, const char *what, struct err *err) {
  const char *gap = *what ? ": " : "";
  if (!failure->file[0]) return err_set(err, ERR_SCRIPT, "%s%s%s", what, gap, failure->message);
  return err_set(err, ERR_SCRIPT, "%s:%d: %s%s%s", failure->file, failure->line, what, gap, failure->message);
}

bool vm_number(lua_State *L, int index, double *out) {
  if (lua_type(L, index) != LUA_TNUMBER) return false;
  double number = lua_tonumber(L, index);
  if (!(number >= -VM_NUMBER_MAX && number <= VM_NUMBER_MAX)) return false;
  *out = number;
  return true;
}
