/* identity_private.h - the layout of struct identity, shared by identity*.c alone.
 *
 * identity.c        facts
 * identity_ids.c    ids and their nodes
 * identity_lead.c   which nodes and touches make up a lead, its public id
 * identity_forget.c a lead that is to be known no more
 * identity_split.c  whose the touches of an anonymous id with several owners are
 */
#ifndef EMBUDO_CORE_IDENTITY_PRIVATE_H
#define EMBUDO_CORE_IDENTITY_PRIVATE_H

#include "base/map.h"
#include "core/identity/identity.h"

#define NO_ONE ((uint32_t)IDENTITY_NONE)

enum {
  NODE_TEXT = 64,       /* ids up to this many bytes stand in their node */
  NODES_FIRST_BITS = 8, /* the first block has 2^8 nodes, each further one twice as many; nodes never move */
  NODE_ALIGNMENT = 128
};

/* Every event visits one or two of them at random, so they are two cache lines with all that storing a touch needs. */
struct id_node {
  uint8_t kind;      /* enum id_kind */
  bool aliased_away; /* users: was some alias's previousId */
  bool has_user;     /* roots: some event carried one of the set's user ids */
  bool dead;         /* forgotten: its id stands for nobody, or for a younger node */
  uint32_t len;      /* of the id */
  uint32_t parent;   /* users, e-mails: towards the set's root; itself at the root */
  uint32_t next;     /* users, e-mails: the set's members as a ring */
  uint32_t pair;  /* users, e-mails: first pair with an anonymous id; anonymous: first pair with an owner */
  uint32_t owner; /* anonymous: the owner of that pair; users: newest alias call that waited for another id */
  uint32_t link;  /* anonymous: newest link; users: first alias that waits for it to appear */
  uint32_t split; /* anonymous: its split, when one was made */
  struct timeline touches;
  int64_t first_ms; /* of its touches */
  uint64_t hash;
  union {
    char text[NODE_TEXT];
    char *long_text;
  };
};

struct id_block {
  void *memory;
  struct id_node *nodes; /* in it, aligned; NULL: not made yet */
};

enum { ID_BLOCKS = 32 - NODES_FIRST_BITS };

struct id_table {
  uint64_t *slots; /* the hash's upper half, then the node's number plus one; 0: free */
  size_t slot_count, count;
};

struct id_link { /* a list per anonymous id, newest first */
  const struct touch *touch;
  uint32_t owner, older;
};

struct id_pair { /* an anonymous id and one of its owners, once each; on two lists */
  uint32_t anonymous, owner;
  uint32_t next_owner, next_anonymous;
};

struct
    id_alias { /* on two lists: of the user id `previous`, which no event has carried yet, and of the user */
  uint32_t user, previous, next, older;
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
  struct arena *arena;       /* borrowed */
  const struct apart *apart; /* borrowed; NULL: none */
  struct id_table ids[ID_KINDS];
  struct id_block blocks[ID_BLOCKS];
  uint32_t node_count;
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

/* Counting nodes from 2^8 on, a block is all numbers with the same highest bit. */
static inline struct id_node *id_node_at(const struct identity *identity, uint32_t number) {
  uint64_t shifted = (uint64_t)number + (1u << NODES_FIRST_BITS);
  unsigned bits = 63 - (unsigned)__builtin_clzll(shifted);
  return &identity->blocks[bits - NODES_FIRST_BITS].nodes[shifted - (UINT64_C(1) << bits)];
}

static inline struct str id_text(const struct id_node *node) {
  return (struct str){node->len <= NODE_TEXT ? node->text : node->long_text, node->len};
}

void identity_release_ids(struct identity *identity);

/* The node has no events any more: its id is wiped, and a new node is made if it comes again. */
void identity_kill(struct identity *identity, uint32_t number);

/* The pair is on no list any more. */
void identity_forget_pair(struct identity *identity, uint32_t pair);

/* Collects the anonymous ids linked to any member of the set, each once, into identity->found. */
void identity_find_anonymous(struct identity *identity, uint32_t root);

/* Whether an anonymous id is shared by several users; if not, *root is where all its touches belong (NO_ONE: to a lead of
 * their own). */
bool identity_is_split(struct identity *identity, uint32_t anonymous, uint32_t *root);

/* The part of a split anonymous id's touches that belongs to `root`. */
struct split_item *identity_part(struct identity *identity, uint32_t anonymous, uint32_t root,
                                 uint32_t *count);

/* Where its next touch would belong; NO_ONE: to a lead of its own. */
uint32_t identity_last_root(struct identity *identity, uint32_t anonymous);

#endif
