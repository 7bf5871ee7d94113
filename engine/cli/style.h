/* style.h - weight and colour for people at a terminal. Everything is "" when the stream is no terminal, when NO_COLOR is
 * set, or when TERM is "dumb", so that callers print it without asking. */
#ifndef EMBUDO_CLI_STYLE_H
#define EMBUDO_CLI_STYLE_H

struct style {
  const char *bold, *dim, *red, *green, *yellow, *off;
};

const struct style *style_of(int fd); /* STDOUT_FILENO ... */

#endif
