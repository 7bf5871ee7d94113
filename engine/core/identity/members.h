/* members.h - which ids have ever named which account: whom a change of the account is told to.
 *
 * An id stays a member when it goes to another account, and when it is forgotten; whoever is told looks at what there is. Costs
 * about 24 bytes a membership and amortised constant time. One thread.
 */
#ifndef EMBUDO_CORE_MEMBERS_H
#define EMBUDO_CORE_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct members {   /* {0} is empty */
  uint64_t *slots; /* account and node, plus one; 0: free */
  size_t slot_count, count;
  struct member_list {
    uint32_t *nodes;
    uint32_t count, cap;
  } * lists; /* per account */
  uint32_t list_count;
};

void members_release(struct members *members);

bool members_add(struct members *members, uint32_t account, uint32_t node); /* false: it was one already */

/* The account's members, in order of their first mention; valid until the next addition. */
const uint32_t *members_of(const struct members *members, uint32_t account, uint32_t *count);

#endif
