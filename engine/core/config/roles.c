#include "core/config/roles.h"

const char *const role_words[] = {"ingest", "marketing", "sales", "admin", NULL};

unsigned role_of(struct str word) {
  for (unsigned i = 0; role_words[i]; i++)
    if (str_eq(word, str_of(role_words[i]))) return 1u << i;
  return 0;
}

bool roles_cover(unsigned roles, unsigned needed) {
  return (roles & needed) != 0 || (roles & ROLE_ADMIN) != 0;
}

void roles_text(unsigned roles, struct buf *out) {
  bool first = true;
  for (unsigned i = 0; role_words[i]; i++) {
    if (!(roles & 1u << i)) continue;
    if (!first) buf_add_text(out, ", ");
    buf_add_text(out, role_words[i]);
    first = false;
  }
}
