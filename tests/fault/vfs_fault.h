/* vfs_fault.h - a disk under SQLite that fails when it is told to, and that remembers what a power cut would leave.
 *
 * Stands before SQLite's own file system once vfs_fault_install was called, for the whole process. Counts operations:
 * writes, truncations, syncs and removals of any file of a database, except the log's index, which no crash keeps. Syncs
 * are not passed on: tests need no slow disk, and what a real cut leaves is modelled here.
 */
#ifndef EMBUDO_FAULT_VFS_FAULT_H
#define EMBUDO_FAULT_VFS_FAULT_H

#include <stdbool.h>
#include <stdint.h>

enum vfs_fault {
  VFS_FAULT_NONE,
  VFS_FAULT_FULL,  /* writes: half of the bytes, then no room; other operations succeed */
  VFS_FAULT_WRITE, /* writes and truncations: an I/O error */
  VFS_FAULT_SYNC,  /* syncs: an I/O error */
  VFS_FAULT_KILL,  /* any operation: half a write, then SIGKILL to this process */
  VFS_FAULT_CUT,   /* the power goes: what comes after is not remembered by the image */
  VFS_FAULT_HOLD,  /* syncs take until another order comes */
  VFS_FAULT_LIE,   /* syncs say yes and do nothing; to show that the cut tests would notice */
};

void vfs_fault_install(void);

/* From the n-th operation from now on (1: the next) the fault holds, until the next call. NONE with n = 0 heals. */
void vfs_fault_at(enum vfs_fault wanted, uint64_t nth);
bool vfs_fault_hit(void); /* whether the fault has begun to hold */
uint64_t vfs_fault_operations(void);

/* From now on the system writes only half of what it is asked to at a time, and says so. */
void vfs_fault_short_writes(bool wanted);
uint64_t vfs_fault_shortened(void); /* how many writes were */

/* Called once, in the operation that VFS_FAULT_CUT hits, whatever thread that is in. */
void vfs_fault_on_cut(void (*on_cut)(void *arg), void *arg);

/* Begins to remember, on an empty disk; open no database before. */
void vfs_fault_remember(void);

/* Writes into `dir` what the disk could hold after the cut: all that was synced, and of the writes since then any
 * selection in any order, some torn. One seed, one image. */
void vfs_fault_image(const char *dir, uint64_t seed);

#endif
