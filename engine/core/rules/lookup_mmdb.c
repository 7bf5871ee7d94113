#include "core/rules/lookup_mmdb.h"

#include "base/buf.h"
#include "base/netaddr.h"
#include "core/rules/mmdb_data.h"
#include <errno.h>
#include <fcntl.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct database {
  char *name;
  bool open;
  MMDB_s mmdb;
  dev_t device; /* of the file that was read, or could not be */
  ino_t inode;
  off_t size;
  struct timespec changed;
  char why[160]; /* it cannot be used; "": it can */
};

struct lookup_mmdb {
  char **directories;
  size_t directory_count;
  struct database databases[MMDB_FILES_MAX];
  size_t count;
  struct mmdb_watcher watcher; /* `told` NULL: nobody watches */
};

struct lookup_mmdb *lookup_mmdb_new(const char *const *directories, size_t count) {
  struct lookup_mmdb *mmdb = xcalloc(1, sizeof *mmdb);
  mmdb->directories = xcalloc(count + 1, sizeof *mmdb->directories);
  for (size_t i = 0; i < count; i++) mmdb->directories[i] = xstrdup(directories[i]);
  mmdb->directory_count = count;
  return mmdb;
}

void lookup_mmdb_free(struct lookup_mmdb *mmdb) {
  if (!mmdb) return;
  for (size_t i = 0; i < mmdb->count; i++) {
    if (mmdb->databases[i].open) MMDB_close(&mmdb->databases[i].mmdb);
    free(mmdb->databases[i].name);
  }
  for (size_t i = 0; i < mmdb->directory_count; i++) free(mmdb->directories[i]);
  free(mmdb->directories);
  free(mmdb);
}

/* --- reading a file --------------------------------------------------------------------------------------------------- */

/* Its bytes in memory that nobody else can change or cut: the library maps what it reads. -1: errno says why. */
static int copy_to_memory(int from, off_t size) {
  int to = memfd_create("mmdb", MFD_CLOEXEC);
  off_t at = 0;
  while (to >= 0 && at < size) {
    char bytes[65536];
    ssize_t got = read(from, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got > 0 && write(to, bytes, (size_t)got) == got) {
      at += got;
      continue;
    }
    if (got == 0) errno = EAGAIN; /* it is being written */
    close(to);
    return -1;
  }
  return to;
}

/* The library expands all that the metadata holds: it must not be a bomb. */
static bool has_sane_metadata(int fd, off_t size) {
  uint8_t *bytes = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
  if (bytes == MAP_FAILED) return false;
  struct value metadata = VALUE_NONE;
  struct arena arena;
  arena_init(&arena, 4096);
  size_t begin = mmdb_metadata(bytes, (size_t)size);
  const struct mmdb_data data = {bytes + begin, (size_t)size - begin};
  bool sane = begin && mmdb_data_read(&data, 0, &arena, &metadata) && metadata.kind == VALUE_MAP;
  arena_release(&arena);
  munmap(bytes, (size_t)size);
  return sane;
}

/* "": it is open in *mmdb; else why not. */
static const char *open_copy(int fd, off_t size, MMDB_s *mmdb) {
  char path[40];
  if (!has_sane_metadata(fd, size)) return "it is no database of this format";
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  int code = MMDB_open(path, MMDB_MODE_MMAP, mmdb);
  return code == MMDB_SUCCESS ? "" : MMDB_strerror(code);
}

static const char *open_file(const char *path, const struct stat *info, MMDB_s *mmdb) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return strerror(errno);
  int copy = copy_to_memory(fd, info->st_size);
  const char *why = copy < 0 ? strerror(errno) : open_copy(copy, info->st_size, mmdb);
  if (copy >= 0) close(copy);
  close(fd);
  return why;
}

/* --- which one ------------------------------------------------------------------------------------------------------------ */

static bool is_name(struct str name) {
  for (size_t i = 0; i < name.len; i++)
    if (name.p[i] == '/' || name.p[i] == '\0' || name.p[0] == '.') return false;
  return name.len > 0 && name.len <= 100;
}

static bool find_file(const struct lookup_mmdb *mmdb, struct str name, struct buf *path, struct stat *info) {
  for (size_t i = 0; i < mmdb->directory_count; i++) {
    buf_clear(path);
    buf_printf(path, "%s/%.*s.mmdb", mmdb->directories[i], STR_ARG(name));
    if (stat(path->data, info) == 0 && S_ISREG(info->st_mode)) return true;
  }
  return false;
}

static struct database *database_named(struct lookup_mmdb *mmdb, struct str name) {
  for (size_t i = 0; i < mmdb->count; i++)
    if (str_eq(str_of(mmdb->databases[i].name), name)) return &mmdb->databases[i];
  if (mmdb->count == MMDB_FILES_MAX) return NULL;
  struct database *database = &mmdb->databases[mmdb->count++];
  database->name = xcalloc(1, name.len + 1);
  memcpy(database->name, name.p, name.len);
  return database;
}

static bool is_same(const struct database *database, const struct stat *info) {
  return database->device == info->st_dev && database->inode == info->st_ino &&
         database->size == info->st_size && database->changed.tv_sec == info->st_mtim.tv_sec &&
         database->changed.tv_nsec == info->st_mtim.tv_nsec;
}

static struct mmdb_fault fault_of(const struct database *database) {
  return (struct mmdb_fault){database->name, *database->why ? database->why : NULL, database->open};
}

static void tell(const struct lookup_mmdb *mmdb, const struct database *database) {
  const struct mmdb_fault fault = fault_of(database);
  if (mmdb->watcher.told) mmdb->watcher.told(mmdb->watcher.context, &fault);
}

/* The file as it is now, or else as it was when it last could be used. */
static void renew(const struct lookup_mmdb *mmdb, struct database *database, const char *path,
                  const struct stat *info) {
  bool failed = *database->why;
  MMDB_s opened;
  const char *why = info->st_size > MMDB_FILE_BYTES_MAX ? "it is too large" : open_file(path, info, &opened);
  database->device = info->st_dev;
  database->inode = info->st_ino;
  database->size = info->st_size;
  database->changed = info->st_mtim;
  snprintf(database->why, sizeof database->why, "%s", why);
  if (*why) {
    tell(mmdb, database);
    return;
  }
  if (database->open) MMDB_close(&database->mmdb);
  database->mmdb = opened;
  database->open = true;
  if (failed) tell(mmdb, database);
}

/* Reads it if it has become another one. `path` is room. */
static void look_at_file(struct lookup_mmdb *mmdb, struct database *database, struct buf *path) {
  struct stat info;
  if (find_file(mmdb, str_of(database->name), path, &info) && !is_same(database, &info))
    renew(mmdb, database, path->data, &info);
}

static int open_database(struct lookup_mmdb *mmdb, struct str name, struct database **database,
                         struct err *err) {
  struct buf path;
  buf_init(&path);
  *database = NULL;
  if (!is_name(name))
    err_set(err, ERR_INVALID, "lookup.mmdb takes the name of a file in lists/, without .mmdb");
  else if (!(*database = database_named(mmdb, name)))
    err_set(err, ERR_LIMIT, "more than %d databases", (int)MMDB_FILES_MAX);
  else
    look_at_file(mmdb, *database, &path);
  if (*database && !(*database)->open)
    err_set(err, *(*database)->why ? ERR_INVALID : ERR_NOT_FOUND,
            *(*database)->why ? "lists/%.*s.mmdb cannot be used: %s" : "there is no lists/%.*s.mmdb%s",
            STR_ARG(name), (*database)->why);
  buf_release(&path);
  return *database && (*database)->open ? 0 : -1;
}

/* --- watching ------------------------------------------------------------------------------------------------------------- */

void lookup_mmdb_watch(struct lookup_mmdb *mmdb, struct mmdb_watcher watcher) {
  mmdb->watcher = watcher;
}

void lookup_mmdb_refresh(struct lookup_mmdb *mmdb) {
  struct buf path;
  buf_init(&path);
  for (size_t i = 0; i < mmdb->count; i++) look_at_file(mmdb, &mmdb->databases[i], &path);
  buf_release(&path);
}

void lookup_mmdb_inherit(struct lookup_mmdb *mmdb, struct lookup_mmdb *before) {
  for (size_t i = 0; i < before->count; i++) {
    struct database *database = database_named(mmdb, str_of(before->databases[i].name));
    if (!database || database->open) continue;
    free(database->name);
    *database = before->databases[i];
    before->databases[i] = (struct database){.name = xstrdup(database->name)};
  }
}

size_t lookup_mmdb_faults(const struct lookup_mmdb *mmdb, struct mmdb_fault faults[MMDB_FILES_MAX]) {
  size_t count = 0;
  for (size_t i = 0; i < mmdb->count; i++)
    if (*mmdb->databases[i].why) faults[count++] = fault_of(&mmdb->databases[i]);
  return count;
}

/* --- asking it -------------------------------------------------------------------------------------------------------------- */

static MMDB_lookup_result_s look_up(const MMDB_s *mmdb, const struct netaddr *address, int *code) {
  if (netaddr_is_v4(address)) {
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    memcpy(&v4.sin_addr, address->bytes + 12, 4);
    return MMDB_lookup_sockaddr(mmdb, (const struct sockaddr *)&v4, code);
  }
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  memcpy(&v6.sin6_addr, address->bytes, 16);
  return MMDB_lookup_sockaddr(mmdb, (const struct sockaddr *)&v6, code);
}

int lookup_mmdb_find(struct lookup_mmdb *mmdb, struct str name, struct str address, struct arena *arena,
                     struct value *found, struct err *err) {
  struct database *database;
  struct netaddr parsed;
  int code = MMDB_SUCCESS;
  *found = VALUE_NONE;
  if (open_database(mmdb, name, &database, err) != 0) return -1;
  if (!netaddr_parse(str_trim(address), &parsed)) return 0;
  MMDB_lookup_result_s result = look_up(&database->mmdb, &parsed, &code);
  if (code == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR || (code == MMDB_SUCCESS && !result.found_entry))
    return 0;
  const struct mmdb_data data = {database->mmdb.data_section, database->mmdb.data_section_size};
  if (code == MMDB_SUCCESS && mmdb_data_read(&data, result.entry.offset, arena, found)) return 0;
  *found = VALUE_NONE;
  return err_set(err, ERR_INVALID, "lists/%.*s.mmdb is damaged%s%s", STR_ARG(name), code ? ": " : "",
                 code ? MMDB_strerror(code) : "");
}
