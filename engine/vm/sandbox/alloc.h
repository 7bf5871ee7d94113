/* alloc.h - the capped allocator behind a Lua state.
 *
 * Two tiers: past the soft limit the block is granted and the hook is armed, which collects and then kills; past the
 * hard limit NULL is returned and Lua raises its memory error. One block of more than a quarter of the soft limit is too
 * large: a new one is refused, one that grows is granted and the hook kills. Lua's memory error has no file:line. Where
 * a new block was wanted is noted; where one should grow cannot be, for the stack may be the one that moves.
 * Blocks of 4 KB and more look at the clock, since a thousand instructions that copy megabytes take seconds between
 * two ticks.
 */
#ifndef EMBUDO_VM_ALLOC_H
#define EMBUDO_VM_ALLOC_H

#include <stddef.h>

struct vm;

void alloc_init(struct vm *vm);
void *alloc_resize(void *data, void *block, size_t old_size, size_t new_size); /* a lua_Alloc; data: the vm */

#endif
