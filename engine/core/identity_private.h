/* identity_private.h - the layout of struct identity, shared by identity*.c alone.
 *
 * identity.c        facts
 * identity_lead.c   which nodes and touches make up a lead, its public id
 * identity_split.c  whose the touches of an anonymous id with several owners are
 */
#ifndef EMBUDO_CORE_IDENTITY_PRIVATE_H
#define EMBUDO_CORE_IDENTITY_PRIVATE_H

#include "base/map.h"
#include "core/identity.h"

#define NO_ONE ((uint32_t)IDENTITY_NONE)

struct id_node {
  uint8_t kind;      /* enum id_kind */
  bool aliased_away; /* users: was some alias's previousId */
  bool has_user;     /* roots: some event carried one of the set's user ids */
  uint32_t entry;    /* in its kind's map: where its text is */
  uint32_t parent;   /* users, e-mails: towards the set's root; itself at the root */
  uint32_t next;     /* users, e-mails: the set's members as a ring */
  uint32_t pair;  /* users, e-mails: first pair with an anonymous id; anonymous: first pair with an owner */
  uint32_t link;  /* anonymous: newest link; users: first alias that waits for it to appear */
  uint32_t split; /* anonymous: its split, when one was made */
  struct timeline touches;
  int64_t first_ms; /* of its touches */
};

struct id_link { /* a list per anonymous id, newest first */
  const struct touch *touch;
  uint32_t owner, older;
};

struct id_pair { /* an anonymous id and one of its owners, once each; on two lists */
  uint32_t anonymous, owner;
  uint32_t next_owner, next_anonymous;
};

struct id_alias { /* a list per user id that no event has carried yet */
  uint32_t user, next;
};

struct split_item {
  uint32_t root;
  const struct touch *touch;
};

struct split { /* the touches of an anonymous id with several owners, by root */
  struct split_item *items;
  uint32_t count;
  uint32_t link; /* good while these three are what they were */
  uint64_t joins;
  bool made;
};

struct identity {
  struct arena arena;
  struct map ids[ID_KINDS]; /* text -> node */
  struct id_node *nodes;
  uint32_t node_count, node_cap;
  struct id_link *links;
  uint32_t link_count, link_cap;
  struct id_pair *pairs;
  uint32_t pair_count, pair_cap;
  struct map known_pairs; /* two nodes' numbers -> pair; only of anonymous ids with several owners */
  struct id_alias *aliases;
  uint32_t alias_count, alias_cap;
  struct split *splits;
  uint32_t split_count, split_cap;
  uint64_t joins;  /* unions so far */
  uint32_t *found; /* anonymous ids of the lead at hand */
  size_t found_count, found_cap;
};

/* Room for one more in a growing array. */
void *identity_grow(void *items, uint32_t count, uint32_t *cap, size_t size);

uint32_t identity_root(struct identity *identity, uint32_t node); /* of a user or e-mail address */
struct str identity_text(const struct identity *identity, uint32_t node);

/* Whether an anonymous id is shared by several users; if not, *root is where all its touches belong (NO_ONE: to a lead of
 * their own). */
bool identity_is_split(struct identity *identity, uint32_t anonymous, uint32_t *root);

/* The part of a split anonymous id's touches that belongs to `root`. */
struct split_item *identity_part(struct identity *identity, uint32_t anonymous, uint32_t root,
                                 uint32_t *count);

/* Where its next touch would belong; NO_ONE: to a lead of its own. */
uint32_t identity_last_root(struct identity *identity, uint32_t anonymous);

#endif
