/* ruledir.h - a rules directory read into memory: its files in path order, and the hash that names them.
 *
 * Taken: *.lua (rules), *_test.lua (tests), *.yaml and *.yml (scorecards), lists/NAME.txt (lists),
 * lists/NAME.csv (tables that enrichers look up). lists/NAME.mmdb stays where it is. Everything else, and
 * every file or directory whose name begins with a dot, is left alone. Symbolic links are followed, as ConfigMap
 * mounts need. Reading is bounded in files, sizes and depth; nothing is interpreted here.
 */
#ifndef EMBUDO_CORE_RULEDIR_H
#define EMBUDO_CORE_RULEDIR_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

enum {
  RULEDIR_FILES_MAX = 500,
  RULEDIR_DEPTH_MAX = 16,
  RULEDIR_SOURCE_BYTES_MAX = 256 * 1024,     /* of a rule file, test or scorecard */
  RULEDIR_LIST_BYTES_MAX = 64 * 1024 * 1024, /* of a list */
  RULEDIR_TOTAL_BYTES_MAX = 256 * 1024 * 1024
};

enum { RULEDIR_OVERLOOKED_MAX = 8 /* told of */ };

enum rule_file_kind { RULE_FILE_LUA, RULE_FILE_TEST, RULE_FILE_SCORECARD, RULE_FILE_LIST, RULE_FILE_TABLE };

struct rule_file {
  const char *path; /* relative to the directory, with '/' */
  enum rule_file_kind kind;
  struct str text;
};

struct ruledir {
  struct arena arena;
  struct rule_file *files; /* by rising path, bytewise */
  size_t count, cap, bytes;
  const char **
      list_directories; /* lists/ as it stands on the disk: where databases of addresses are found (lookup_mmdb.h) */
  size_t list_directory_count;
  const char
      *overlooked[RULEDIR_OVERLOOKED_MAX]; /* files that are none of ours, and were probably meant to be */
  size_t overlooked_count;
  char hash[DIGEST_HEX_MAX]; /* SHA-256 over the paths and bytes of all files but tests */
};

void ruledir_init(struct ruledir *dir);
void ruledir_release(struct ruledir *dir);

/* Reads a whole directory. An empty one is fine: the ruleset is then empty. */
int ruledir_read(struct ruledir *dir, const char *path, struct err *err);

/* Adds a directory of plugins to one that was read: NAME/.. there is plugins/NAME/.. of the bundle; lists and tables stand in
 * NAME/lists/ and are known by their own name. */
int ruledir_read_plugins(struct ruledir *dir, const char *path, struct err *err);

/* The list directories of a directory of rules, or of plugins, alone: for files that come from elsewhere. What cannot be read is
 * passed over. */
void ruledir_find_lists(struct ruledir *dir, const char *path, bool plugins);

/* Or file by file, from memory; the text is copied. A path that is not a rule file's is ignored. End with ruledir_end. */
int ruledir_add(struct ruledir *dir, const char *path, struct str text, struct err *err);
void ruledir_end(struct ruledir *dir); /* sorts and hashes */

/* The name of a list's or table's file: "freemail" of lists/freemail.txt. */
struct str ruledir_list_name(const char *path);

#endif
