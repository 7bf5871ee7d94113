#include "core/lookup/lookup_mmdb.h"

#include "base/buf.h"

#define SUFFIX ".mmdb"

struct database {
  char *name;
  struct mmdb_file *file;  /* the last that could be used; NULL: none */
  struct mmdb_stamp stamp; /* of the file that was read, or could not be */
  char why[MMDB_WHY_MAX];  /* it cannot be used; "": it can */
  bool reading;            /* by whoever watches */
};

struct lookup_mmdb {
  char **directories;
  size_t directory_count;
  struct database databases[MMDB_FILES_MAX];
  size_t count;
  struct mmdb_watcher watcher;
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
    mmdb_file_close(mmdb->databases[i].file);
    free(mmdb->databases[i].name);
  }
  for (size_t i = 0; i < mmdb->directory_count; i++) free(mmdb->directories[i]);
  free(mmdb->directories);
  free(mmdb);
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
    buf_printf(path, "%s/%.*s" SUFFIX, mmdb->directories[i], STR_ARG(name));
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

static struct mmdb_fault fault_of(const struct database *database) {
  return (struct mmdb_fault){database->name, *database->why ? database->why : NULL, database->file != NULL};
}

static void tell(const struct lookup_mmdb *mmdb, const struct database *database) {
  const struct mmdb_fault fault = fault_of(database);
  if (mmdb->watcher.told) mmdb->watcher.told(mmdb->watcher.context, &fault);
}

/* --- reading it ----------------------------------------------------------------------------------------------------------- */

/* The file as it is now, or else as it was when it last could be used; the other one is left in *reading. */
static void settle(const struct lookup_mmdb *mmdb, struct database *database, struct mmdb_reading *reading) {
  bool failed = *database->why;
  struct mmdb_file *before = database->file;
  database->stamp = reading->stamp;
  memcpy(database->why, reading->why, sizeof database->why);
  if (reading->file) {
    database->file = reading->file;
    reading->file = before;
  }
  if (*database->why || failed) tell(mmdb, database);
}

/* Reads it if it has become another one, or has it read; somebody waits who must have it `now`. `path` is room. */
static void look_at_file(const struct lookup_mmdb *mmdb, struct database *database, struct buf *path,
                         bool now) {
  struct stat info;
  struct mmdb_reading reading;
  if (database->reading || !find_file(mmdb, str_of(database->name), path, &info)) return;
  const struct mmdb_stamp stamp = mmdb_stamp_of(&info);
  if (mmdb_stamp_same(&stamp, &database->stamp)) return;
  if (mmdb->watcher.read && !(now && !database->file)) {
    database->reading = mmdb->watcher.read(mmdb->watcher.context, database->name, path->data);
    return;
  }
  mmdb_file_read(path->data, &reading, NULL, NULL);
  settle(mmdb, database, &reading);
  mmdb_file_close(reading.file);
}

void lookup_mmdb_was_read(struct lookup_mmdb *mmdb, struct str name, struct mmdb_reading *reading) {
  struct database *database = database_named(mmdb, name);
  struct buf path;
  if (!database) return;
  database->reading = false;
  settle(mmdb, database, reading);
  buf_init(&path);
  look_at_file(mmdb, database, &path, false); /* it may have changed meanwhile */
  buf_release(&path);
}

bool lookup_mmdb_is_reading(const struct lookup_mmdb *mmdb) {
  for (size_t i = 0; i < mmdb->count; i++)
    if (mmdb->databases[i].reading && !mmdb->databases[i].file) return true;
  return false;
}

static struct mmdb_file *open_database(struct lookup_mmdb *mmdb, struct str name, struct err *err) {
  if (!is_name(name)) {
    err_set(err, ERR_INVALID, "lookup.mmdb takes the name of a file in lists/, without .mmdb");
    return NULL;
  }
  struct database *database = database_named(mmdb, name);
  if (!database) {
    err_set(err, ERR_LIMIT, "more than %d databases", (int)MMDB_FILES_MAX);
    return NULL;
  }
  struct buf path;
  buf_init(&path);
  look_at_file(mmdb, database, &path, true);
  buf_release(&path);
  if (database->file) return database->file;
  if (database->reading)
    err_set(err, ERR_INVALID, "lists/%.*s.mmdb is being read", STR_ARG(name));
  else if (*database->why)
    err_set(err, ERR_INVALID, "lists/%.*s.mmdb cannot be used: %s", STR_ARG(name), database->why);
  else
    err_set(err, ERR_NOT_FOUND, "there is no lists/%.*s.mmdb", STR_ARG(name));
  return NULL;
}

/* --- watching ------------------------------------------------------------------------------------------------------------- */

void lookup_mmdb_note(struct lookup_mmdb *mmdb, struct str name) {
  if (is_name(name)) database_named(mmdb, name);
}

void lookup_mmdb_refresh(struct lookup_mmdb *mmdb) {
  struct buf path;
  buf_init(&path);
  for (size_t i = 0; i < mmdb->count; i++) look_at_file(mmdb, &mmdb->databases[i], &path, false);
  buf_release(&path);
}

void lookup_mmdb_watch(struct lookup_mmdb *mmdb, struct mmdb_watcher watcher) {
  mmdb->watcher = watcher;
}

void lookup_mmdb_inherit(struct lookup_mmdb *mmdb, struct lookup_mmdb *before) {
  for (size_t i = 0; i < before->count; i++) {
    struct database *database = database_named(mmdb, str_of(before->databases[i].name));
    if (!database || database->file) continue;
    free(database->name);
    *database = before->databases[i];
    database->reading = false; /* for the one before */
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

int lookup_mmdb_find(struct lookup_mmdb *mmdb, struct str name, struct str address, struct arena *arena,
                     struct value *found, struct err *err) {
  struct netaddr parsed;
  *found = VALUE_NONE;
  const struct mmdb_file *file = open_database(mmdb, name, err);
  if (!file) return -1;
  if (!netaddr_parse(str_trim(address), &parsed)) return 0;
  const char *why = mmdb_file_find(file, &parsed, arena, found);
  if (!why) return 0;
  return err_set(err, ERR_INVALID, "lists/%.*s.mmdb is damaged%s%s", STR_ARG(name), *why ? ": " : "", why);
}
