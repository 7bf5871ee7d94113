#include "fault/vfs_fault.h"
#include "fault/shadow.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

struct file {
  sqlite3_file base;
  bool counted;   /* not the log's index, not a temporary file */
  bool syncs_dir; /* with its next sync, as SQLite does for logs it made */
  char path[512];
  sqlite3_file *real; /* right behind this */
};

static sqlite3_vfs *real_vfs;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for all below */
static pthread_cond_t ordered = PTHREAD_COND_INITIALIZER;
static enum vfs_fault fault;
static uint64_t fault_at, operations;
static bool hit, remembering;
static void (*cut_call)(void *arg);
static void *cut_arg;
static struct shadow *shadow;

/* What holds for this operation; counts it. The lock is held. */
static enum vfs_fault next_operation(void) {
  operations++;
  if (fault_at == 0 || operations < fault_at) return VFS_FAULT_NONE;
  bool first = !hit;
  hit = true;
  if (fault == VFS_FAULT_CUT && first) {
    remembering = false;
    if (cut_call) cut_call(cut_arg);
  }
  return fault;
}

static struct file *file_of(sqlite3_file *base) {
  return (struct file *)base;
}

static sqlite3_file *real_of(sqlite3_file *base) {
  return file_of(base)->real;
}

/* --- the operations that count --------------------------------------------------------------------------------- */

static int fault_write(struct file *file, const void *bytes, int len, sqlite3_int64 offset,
                       enum vfs_fault now) {
  int half = now == VFS_FAULT_FULL || now == VFS_FAULT_KILL ? len / 2 : 0;
  if (half) file->real->pMethods->xWrite(file->real, bytes, half, offset);
  if (half && remembering) shadow_write(shadow, file->path, bytes, (size_t)half, (uint64_t)offset);
  if (now == VFS_FAULT_KILL) raise(SIGKILL);
  errno = now == VFS_FAULT_FULL ? ENOSPC : EIO;
  return now == VFS_FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static bool fails_write(enum vfs_fault now) {
  return now == VFS_FAULT_FULL || now == VFS_FAULT_WRITE || now == VFS_FAULT_KILL;
}

static int x_write(sqlite3_file *base, const void *bytes, int len, sqlite3_int64 offset) {
  struct file *file = file_of(base);
  if (!file->counted) return file->real->pMethods->xWrite(file->real, bytes, len, offset);
  pthread_mutex_lock(&lock);
  enum vfs_fault now = next_operation();
  int code;
  if (fails_write(now)) {
    code = fault_write(file, bytes, len, offset, now);
  } else {
    code = file->real->pMethods->xWrite(file->real, bytes, len, offset);
    if (remembering) shadow_write(shadow, file->path, bytes, (size_t)len, (uint64_t)offset);
  }
  pthread_mutex_unlock(&lock);
  return code;
}

static int x_truncate(sqlite3_file *base, sqlite3_int64 size) {
  struct file *file = file_of(base);
  pthread_mutex_lock(&lock);
  enum vfs_fault now = file->counted ? next_operation() : VFS_FAULT_NONE;
  if (now == VFS_FAULT_KILL) raise(SIGKILL);
  int code = SQLITE_IOERR_TRUNCATE;
  errno = EIO;
  if (now != VFS_FAULT_WRITE) code = file->real->pMethods->xTruncate(file->real, size);
  if (code == SQLITE_OK && file->counted && remembering) shadow_truncate(shadow, file->path, (uint64_t)size);
  pthread_mutex_unlock(&lock);
  return code;
}

static int x_sync(sqlite3_file *base, int flags) {
  (void)flags;
  struct file *file = file_of(base);
  if (!file->counted) return SQLITE_OK;
  pthread_mutex_lock(&lock);
  enum vfs_fault now = next_operation();
  if (now == VFS_FAULT_KILL) raise(SIGKILL);
  while (now == VFS_FAULT_HOLD && fault == VFS_FAULT_HOLD) pthread_cond_wait(&ordered, &lock);
  if (remembering && now != VFS_FAULT_SYNC && now != VFS_FAULT_LIE) {
    shadow_sync(shadow, file->path);
    if (file->syncs_dir) shadow_sync_dir(shadow);
    file->syncs_dir = false;
  }
  pthread_mutex_unlock(&lock);
  errno = EIO;
  return now == VFS_FAULT_SYNC ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int x_delete(sqlite3_vfs *vfs, const char *path, int sync_dir) {
  (void)vfs;
  pthread_mutex_lock(&lock);
  if (next_operation() == VFS_FAULT_KILL) raise(SIGKILL);
  int code = real_vfs->xDelete(real_vfs, path, 0);
  if (code == SQLITE_OK && remembering) {
    shadow_remove(shadow, path);
    if (sync_dir) shadow_sync_dir(shadow);
  }
  pthread_mutex_unlock(&lock);
  return code;
}

/* --- the rest is passed on --------------------------------------------------------------------------------------- */

static int x_close(sqlite3_file *base) {
  return real_of(base)->pMethods->xClose(real_of(base));
}

static int x_read(sqlite3_file *base, void *bytes, int len, sqlite3_int64 offset) {
  return real_of(base)->pMethods->xRead(real_of(base), bytes, len, offset);
}

static int x_file_size(sqlite3_file *base, sqlite3_int64 *size) {
  return real_of(base)->pMethods->xFileSize(real_of(base), size);
}

static int x_lock(sqlite3_file *base, int level) {
  return real_of(base)->pMethods->xLock(real_of(base), level);
}

static int x_unlock(sqlite3_file *base, int level) {
  return real_of(base)->pMethods->xUnlock(real_of(base), level);
}

static int x_check_reserved(sqlite3_file *base, int *reserved) {
  return real_of(base)->pMethods->xCheckReservedLock(real_of(base), reserved);
}

/* Writing ahead of the size (chunks, hints) would go around what is counted here: nothing asks for it. */
static int x_file_control(sqlite3_file *base, int op, void *arg) {
  return real_of(base)->pMethods->xFileControl(real_of(base), op, arg);
}

static int x_sector_size(sqlite3_file *base) {
  return real_of(base)->pMethods->xSectorSize(real_of(base));
}

static int x_characteristics(sqlite3_file *base) {
  return real_of(base)->pMethods->xDeviceCharacteristics(real_of(base));
}

static int x_shm_map(sqlite3_file *base, int page, int size, int extend, void volatile **at) {
  return real_of(base)->pMethods->xShmMap(real_of(base), page, size, extend, at);
}

static int x_shm_lock(sqlite3_file *base, int offset, int n, int flags) {
  return real_of(base)->pMethods->xShmLock(real_of(base), offset, n, flags);
}

static void x_shm_barrier(sqlite3_file *base) {
  real_of(base)->pMethods->xShmBarrier(real_of(base));
}

static int x_shm_unmap(sqlite3_file *base, int remove) {
  return real_of(base)->pMethods->xShmUnmap(real_of(base), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_file_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_check_reserved,
    .xFileControl = x_file_control,
    .xSectorSize = x_sector_size,
    .xDeviceCharacteristics = x_characteristics,
    .xShmMap = x_shm_map,
    .xShmLock = x_shm_lock,
    .xShmBarrier = x_shm_barrier,
    .xShmUnmap = x_shm_unmap,
};

static int x_open(sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *base, int flags, int *out_flags) {
  (void)vfs;
  struct file *file = file_of(base);
  memset(file, 0, sizeof *file);
  file->real = (sqlite3_file *)(file + 1);
  file->counted = path && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL));
  file->syncs_dir = (flags & SQLITE_OPEN_CREATE) && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL));
  if (path) sqlite3_snprintf(sizeof file->path, file->path, "%s", path);
  int code = real_vfs->xOpen(real_vfs, path, file->real, flags, out_flags);
  if (code == SQLITE_OK) file->base.pMethods = &methods;
  return code;
}

static sqlite3_vfs fault_vfs;

void vfs_fault_install(void) {
  if (real_vfs) return;
  real_vfs = sqlite3_vfs_find(NULL);
  fault_vfs = *real_vfs;
  fault_vfs.zName = "fault";
  fault_vfs.szOsFile = (int)sizeof(struct file) + real_vfs->szOsFile;
  fault_vfs.xOpen = x_open;
  fault_vfs.xDelete = x_delete;
  sqlite3_vfs_register(&fault_vfs, 1);
}

/* --- orders ----------------------------------------------------------------------------------------------------- */

void vfs_fault_at(enum vfs_fault wanted, uint64_t nth) {
  pthread_mutex_lock(&lock);
  fault = wanted;
  fault_at = nth ? operations + nth : 0;
  hit = false;
  pthread_cond_broadcast(&ordered);
  pthread_mutex_unlock(&lock);
}

static atomic_uint_fast64_t shortened;

static ssize_t short_pwrite(int fd, const void *bytes, size_t len, off_t offset) {
  if (len > 1) atomic_fetch_add(&shortened, 1);
  return pwrite(fd, bytes, len > 1 ? len / 2 : len, offset);
}

/* SQLite calls by either name, as it was built. */
void vfs_fault_short_writes(bool wanted) {
  static const char *const names[] = {"pwrite", "pwrite64"};
  sqlite3_vfs *unix_vfs = sqlite3_vfs_find("unix");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (unix_vfs->xGetSystemCall(unix_vfs, names[i]))
      unix_vfs->xSetSystemCall(unix_vfs, names[i], wanted ? (sqlite3_syscall_ptr)short_pwrite : NULL);
}

uint64_t vfs_fault_shortened(void) {
  return atomic_load(&shortened);
}

bool vfs_fault_hit(void) {
  pthread_mutex_lock(&lock);
  bool was_hit = hit;
  pthread_mutex_unlock(&lock);
  return was_hit;
}

uint64_t vfs_fault_operations(void) {
  pthread_mutex_lock(&lock);
  uint64_t count = operations;
  pthread_mutex_unlock(&lock);
  return count;
}

void vfs_fault_on_cut(void (*on_cut)(void *arg), void *arg) {
  pthread_mutex_lock(&lock);
  cut_call = on_cut;
  cut_arg = arg;
  pthread_mutex_unlock(&lock);
}

void vfs_fault_remember(void) {
  pthread_mutex_lock(&lock);
  shadow_free(shadow);
  shadow = shadow_new();
  remembering = true;
  pthread_mutex_unlock(&lock);
}

void vfs_fault_image(const char *dir, uint64_t seed) {
  pthread_mutex_lock(&lock);
  remembering = false;
  shadow_image(shadow, dir, seed);
  pthread_mutex_unlock(&lock);
}
