/* failure.h - filling a struct vm_failure: where it happened and what is said about it. Never calls into Lua
 * code and never allocates, since it runs after kills and memory errors. */
#ifndef EMBUDO_VM_FAILURE_H
#define EMBUDO_VM_FAILURE_H

#include "vm/sandbox/state.h"
#include <lua.h>
#include <stdarg.h>

/* The innermost frame of a user's file; leaves a place that is already known alone. */
void failure_place(struct vm_failure *failure, lua_State *L);

void failure_printf(struct vm_failure *failure, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void failure_vprintf(struct vm_failure *failure, const char *format, va_list args);

/* A block of so many bytes is more than the limits allow. */
void failure_memory(struct vm_failure *failure, const struct vm *vm, size_t bytes);

/* The error value at the top of L as a message: text is cleaned and cut and loses its "file:line: " prefix,
 * other values are told by their type. */
void failure_message(struct vm_failure *failure, lua_State *L);

/* Copies text as valid UTF-8 without control characters, cut at a character. `size` counts the NUL. */
void failure_clean(char *out, size_t size, struct str text);

#endif
