/* property_private.h - between the property*.c files: a property, read. */
#ifndef EMBUDO_CORE_SPEC_PROPERTY_PRIVATE_H
#define EMBUDO_CORE_SPEC_PROPERTY_PRIVATE_H

#include "core/spec/property.h"
#include "core/spec/vocabulary.h"

struct happening {
  struct node event;
  int64_t at_ms;
};

struct history {
  struct happening *items;
  uint32_t count;
  bool has_more;
  struct happening more;
  int64_t end_ms;
};

struct property {
  struct spec *spec;
  struct arena arena; /* of the present history */
  struct vocabulary *vocabulary;
  struct ruleset *more; /* owns the selector's patterns; NULL: none */
  struct ruleset **with;
  uint32_t with_count;
  uint32_t never_lowers, never_raises, order_free; /* masks of dimensions */
  const struct node *expect;                       /* NULL: nothing */
  struct node *given;                              /* an identify; NULL: none */
  uint32_t runs, events;
  uint64_t seed;
};

/* -1 after misses of the spec. property_release in any case. */
int property_read(struct property *property, struct spec *spec, const struct node *body);
void property_release(struct property *property);

#endif
