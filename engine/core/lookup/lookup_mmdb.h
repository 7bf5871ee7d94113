/* lookup_mmdb.h - databases of addresses in MaxMind's format (https://maxmind.github.io/MaxMind-DB/), which many publish: countries,
 * networks, companies by IP address.
 *
 * lists/NAME.mmdb beside the rules. Such files are large and change by themselves, so they are no part of the ruleset: they are
 * read into memory (mmdb_file.h) when they are first asked, and read anew when the file has become another one. Whoever must not
 * wait for that has it done on another thread (`read` of the watcher): files that rules name, before they are asked, and all that
 * become others; meanwhile what was read before goes on. A new file that cannot be used leaves the old one in charge, also over a
 * change of rules, and whoever watches is told why. What a file says is decoded here and not by the library, within bounds on
 * values, depth and bytes: a hostile file can say nothing, or nonsense, and cost little. One thread.
 */
#ifndef EMBUDO_CORE_LOOKUP_MMDB_H
#define EMBUDO_CORE_LOOKUP_MMDB_H

#include "base/arena.h"
#include "base/err.h"
#include "base/value.h"
#include "core/lookup/mmdb_file.h"

enum {
  MMDB_FILES_MAX = 16,    /* open at once */
  MMDB_VALUES_MAX = 2000, /* of one answer, all told */
  MMDB_DEPTH_MAX = 16,
  MMDB_TEXT_BYTES_MAX = 64 * 1024 /* of one answer's texts and keys */
};

struct lookup_mmdb;

/* Looks into these directories, in order; they are copied. */
struct lookup_mmdb *lookup_mmdb_new(const char *const *directories, size_t count);
void lookup_mmdb_free(struct lookup_mmdb *mmdb); /* NULL is fine */

/* A name that rules have: whoever watches has it read before it is asked. What cannot be one is passed over. */
void lookup_mmdb_note(struct lookup_mmdb *mmdb, struct str name);

/* What NAME.mmdb says of an address, in the arena; VALUE_NONE: nothing, or the text is no address. -1 and *err: there is no such file,
 * or none that can be used. */
int lookup_mmdb_find(struct lookup_mmdb *mmdb, struct str name, struct str address, struct arena *arena,
                     struct value *found, struct err *err);

struct mmdb_fault { /* a file that cannot be used */
  const char *name; /* lists/NAME.mmdb; until it is asked again */
  const char *why;
  bool replaced; /* an older one goes on in its place */
};

struct mmdb_watcher {
  void *context;
  /* A file cannot be used, or can again (fault->why NULL): once for each file as it comes. May be NULL. */
  void (*told)(void *context, const struct mmdb_fault *fault);
  /* Reads `path` on another thread, then says lookup_mmdb_was_read. False: not now. NULL: files are read at once. */
  bool (*read)(void *context, const char *name, const char *path);
};
void lookup_mmdb_watch(struct lookup_mmdb *mmdb, struct mmdb_watcher watcher);

/* reading->file is what is to be closed then: the one before, or NULL. */
void lookup_mmdb_was_read(struct lookup_mmdb *mmdb, struct str name, struct mmdb_reading *reading);

/* Whether one is being read that was not there before: questions should wait for it. */
bool lookup_mmdb_is_reading(const struct lookup_mmdb *mmdb);

/* Looks whether files have become others, or are new, without being asked. */
void lookup_mmdb_refresh(struct lookup_mmdb *mmdb);

/* What the one before it had open: taken over, so that the last good one goes on. */
void lookup_mmdb_inherit(struct lookup_mmdb *mmdb, struct lookup_mmdb *before);

/* Those that cannot be used now; how many. */
size_t lookup_mmdb_faults(const struct lookup_mmdb *mmdb, struct mmdb_fault faults[MMDB_FILES_MAX]);

#endif
