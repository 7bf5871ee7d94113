/* check_flap.c - opposite moves whose conditions can hold together: a lead would go to and fro for ever. A wait before
 * either move may fire again (`again`, in_stage_for) makes it bearable, and is what the warning asks for. */
#include "notation/check/check_private.h"

/* A lead can go from one of `a`'s stages to a.to, and from there by `b` back to where it came from. */
static bool opposite(const struct move *a, const struct move *b) {
  return (b->from >> a->to & 1) && (a->from >> b->to & 1);
}

static void check_pair(struct check *c, const struct lifecycle *l, const struct move *a,
                       const struct move *b) {
  const struct cond *conds[] = {a->when, b->when, l->who};
  c->world.flapping = true;
  bool together = possible(&c->world, conds, l->who ? 3 : 2, NULL);
  c->world.flapping = false;
  if (!together) return;
  const char *hint =
      "add again = \"30d\", or in_stage_for \"30d\" to the way back, or bars with a gap between them";
  if (c->world.opaque)
    CHECK_NOTE(c, "flap", b->place, hint,
               "lifecycle '%s': the moves to '%s' (line %d) and back to '%s' may hold at once, as far as can "
               "be seen",
               l->name, l->stages[a->to], a->place.line, l->stages[b->to]);
  else
    CHECK_WARN(
        c, "flap", b->place, hint,
        "lifecycle '%s': the moves to '%s' (line %d) and back to '%s' can hold at once: a lead would flap",
        l->name, l->stages[a->to], a->place.line, l->stages[b->to]);
}

void check_flap(struct check *c) {
  for (uint32_t i = 0; i < c->rules->lifecycle_count; i++) {
    const struct lifecycle *l = &c->rules->lifecycles[i];
    for (uint32_t j = 0; j < l->move_count; j++) {
      for (uint32_t k = j + 1; k < l->move_count; k++) {
        const struct move *a = &l->moves[j], *b = &l->moves[k];
        bool bearable = a->again_ms || b->again_ms;
        if (a->when && b->when && opposite(a, b) && !bearable) check_pair(c, l, a, b);
      }
    }
  }
}
