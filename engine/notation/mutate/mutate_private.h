/* mutate_private.h - between the mutate*.c files: a walk through one declaration. */
#ifndef EMBUDO_NOTATION_MUTATE_PRIVATE_H
#define EMBUDO_NOTATION_MUTATE_PRIVATE_H

#include "notation/mutate/mutate.h"

enum at_kind { AT_ROOT, AT_ITEM, AT_PAIR, AT_ARG };

struct at { /* where the walk is: a node, and how it hangs in its parent */
  const struct at *up;
  const struct node *node;
  enum at_kind kind;
  uint32_t index;
};

struct mutating {
  struct mutants *out;
  const struct declarations *declarations;
  size_t declaration;
  const struct declaration *d;
};

/* The name of the pair the node stands in, nearest first: "points" of points = { fit = 3 } for the 3's parent. */
struct str mutate_key(const struct at *at);               /* of the node itself; empty: in no pair */
bool mutate_within(const struct at *at, const char *key); /* in a pair of that name, at any depth */
bool mutate_is_call(const struct node *node, const char *name);

/* Adds the mutant whose node at `at` is `changed` instead. */
void mutate_node(struct mutating *m, const struct at *at, const struct node *changed, const char *hint);
/* ... or whose node is not there: an item of its parent's list, or a pair of its parent's table. */
void mutate_drop(struct mutating *m, const struct at *at, const char *hint);

void mutate_number(struct mutating *m, const struct at *at); /* mutate_value.c: a number that stands alone */
void mutate_span(struct mutating *m, const struct at *at);   /* ... a text that is a duration */
void mutate_call(struct mutating *m, const struct at *at);   /* mutate_call.c: bounds, operators */
void mutate_pairs(struct mutating *m, const struct at *at);  /* ... as YAML writes them */
bool mutate_is_bound(const struct at *at);                   /* a number that these change */
void mutate_table(struct mutating *m, const struct at *at);  /* mutate_table.c: fields and items taken away */
bool mutate_gives_nothing(const struct node *points);
void mutate_whole(struct mutating *m); /* ... all of the declaration */

#endif
