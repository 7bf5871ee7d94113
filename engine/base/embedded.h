/* embedded.h - files compiled into the binary (cmake/Embed.cmake makes them). */
#ifndef EMBUDO_BASE_EMBEDDED_H
#define EMBUDO_BASE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
  const char *name; /* path in the source tree, e.g. "lua/embudo/words.lua"; NULL ends the table */
  const char *text; /* `size` bytes, then a NUL that is not counted */
  size_t size;
};

#endif
