/* alloc.h - the capped allocator behind a Lua state.
 *
 * Two tiers, because a refused allocation has no file:line: past the soft limit the block is granted and the
 * hook is armed, which collects and then kills with a place; past the hard limit (and for one block larger
 * than a quarter of the soft one) NULL is returned and Lua raises its memory error. Blocks of 4 KB and more
 * look at the clock, since a thousand instructions that copy megabytes take seconds between two ticks.
 */
#ifndef EMBUDO_VM_ALLOC_H
#define EMBUDO_VM_ALLOC_H

#include <stddef.h>

struct vm;

void alloc_init(struct vm *vm);
void *alloc_resize(void *data, void *block, size_t old_size, size_t new_size); /* a lua_Alloc; data: the vm */

#endif
