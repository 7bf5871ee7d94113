#include "cli/style.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct style *style_of(int fd) {
  static const struct style plain = {"", "", "", "", "", ""};
  static const struct style coloured = {"\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[33m", "\033[0m"};
  const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
  if (no_color && *no_color) return &plain;
  if (!term || strcmp(term, "dumb") == 0) return &plain;
  return isatty(fd) ? &coloured : &plain;
}
