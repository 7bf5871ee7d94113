/* err.h - one error, filled once where it was detected.
 *
 * A function that can fail returns 0 on success and -1 on failure, and takes a `struct err *` (never NULL) that it
 * fills before it returns -1. Callers pass errors up untouched. The text says what happened, where, what was
 * expected and how to mend it, in one line without a trailing period's worth of jargon.
 */
#ifndef EMBUDO_BASE_ERR_H
#define EMBUDO_BASE_ERR_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* code, stable word shown to machines */
#define ERR_CODES(X)                                                                                         \
  X(ERR_NONE, "none")                                                                                        \
  X(ERR_MEMORY, "out_of_memory")                                                                             \
  X(ERR_SYSTEM, "system") /* the operating system refused: errno's text is in the message */                 \
  X(ERR_USAGE, "usage")                                                                                      \
  X(ERR_SYNTAX, "syntax")   /* the bytes are not what their format says (JSON, YAML, Lua, RFC 3339) */       \
  X(ERR_INVALID, "invalid") /* well-formed, but not allowed here */                                          \
  X(ERR_LIMIT, "limit")     /* a named bound was passed */                                                   \
  X(ERR_RULES, "rules")     /* a ruleset does not load */                                                    \
  X(ERR_SCRIPT, "script")   /* a script raised an error or was stopped */                                    \
  X(ERR_NOT_FOUND, "not_found")

enum err_code {
#define X(code, word) code,
  ERR_CODES(X)
#undef X
};

enum { ERR_TEXT_MAX = 1024 };

struct err {
  enum err_code code;
  char text[ERR_TEXT_MAX]; /* UTF-8, cut at the bound; never contains a newline */
};

/* Fills *err and returns -1, so that `return err_set(err, ERR_INVALID, "...")` reads as one step. */
int err_set(struct err *err, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with errno's text appended: "rules/: No such file or directory". */
int err_system(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

const char *err_word(enum err_code code);

/* An invariant that stays checked in release builds. Says the expression and place on stderr and aborts. */
#define ASSERT(expression) ((expression) ? (void)0 : assert_failed(#expression, __FILE__, __LINE__))
void assert_failed(const char *expression, const char *file, int line) __attribute__((noreturn));

/* malloc, realloc and strdup that abort with a message when memory is exhausted: for small, bounded allocations whose
 * failure leaves no sensible way on. Buffers that follow input sizes are bounded by their callers. */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);

#endif
