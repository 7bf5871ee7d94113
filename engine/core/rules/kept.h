/* kept.h - the rulesets that were in charge, as the store keeps them: every file's bytes, and who put each in charge, when, and how
 * many leads it moved.
 *
 * A file is kept once, whichever rulesets share it, under the SHA-256 of its bytes; a ruleset is the list of its files. All are
 * named values of the store: "ruleset/index" (JSON: which there are), "ruleset/set/HASH" (JSON: its files), "ruleset/file/SHA/N"
 * (a packed piece of at most KEPT_PIECE_MAX bytes), "ruleset/pin" and "ruleset/shadow" (JSON: see struct kept_pin, kept_shadow). Reading needs no daemon; writing is
 * the daemon's (serve/rulesets/keeper.h). One thread each. */
#ifndef EMBUDO_CORE_KEPT_H
#define EMBUDO_CORE_KEPT_H

#include "core/rules/ruledir.h"
#include "store/store.h"

enum {
  KEPT_USES = 8, /* the newest are told of each ruleset */
  KEPT_BY_MAX = 80,
  KEPT_STAGES_MAX = 32,
  KEPT_NAME_MAX = 120,               /* of a value */
  KEPT_PIECE_MAX = 960 * 1024,       /* of a file: packed, it fits a value */
  KEPT_INDEX_BYTES_MAX = 1000 * 1024 /* of the index: it is a value too */
};

struct kept_use { /* once in charge */
  int64_t at_ms;
  char by[KEPT_BY_MAX]; /* "watch", "SIGHUP", "start", or "command of NAME" */
  char stages[KEPT_STAGES_MAX];
  bool instant;
  uint64_t moved; /* leads whose stage it changed by itself, as far as is known */
};

struct kept_file {
  char *path;
  char sha[DIGEST_HEX_MAX];
  uint64_t bytes;
};

struct kept {
  char hash[DIGEST_HEX_MAX];
  struct kept_file *files;
  size_t file_count;
  uint64_t bytes;
  bool has_files;                  /* false: only that it was in charge is known */
  struct kept_use uses[KEPT_USES]; /* newest first */
  size_t use_count;
};

struct kept_index {
  struct kept *items; /* in charge last first */
  size_t count, cap;
};

void kept_index_release(struct kept_index *index);
struct kept *kept_find(const struct kept_index *index,
                       struct str hash); /* or a unique beginning of 6 and more; NULL */
struct kept *kept_use(struct kept_index *index, const char *hash,
                      const struct kept_use *use); /* to the front */
struct kept *kept_add(struct kept_index *index,
                      const char *hash); /* that was never in charge, at the end; it is not there yet */
void kept_set_files(struct kept *kept, const struct kept_file *files, size_t count); /* taken */
void kept_remove(struct kept_index *index, size_t at);
void kept_index_put(const struct kept_index *index, struct buf *out);

/* All that the store of `dir` has. -1 and *err; a store without any, or none, is an empty index. */
int kept_index_read(struct kept_index *index, const char *dir, struct err *err);

/* The files of one, with ruledir_end done. -1 and *err: they are not (all) there, or are not what they were. */
int kept_bundle_read(const char *dir, const char *hash, struct ruledir *bundle, struct err *err);

/* What has to be written so that a bundle is kept: names and bytes of values, the ruleset's own last. */
struct kept_value {
  char name[KEPT_NAME_MAX];
  struct buf bytes;
};
struct kept_packed {
  char hash[DIGEST_HEX_MAX];
  struct kept_file *files;
  size_t file_count;
  struct kept_value *values;
  size_t count, cap;
};
/* Files that the store of `dir` has are left out. Any thread. */
void kept_pack(struct kept_packed *packed, const char *dir, const struct ruledir *bundle);
void kept_packed_release(struct kept_packed *packed);

void kept_set_name(const char *hash, char name[KEPT_NAME_MAX]);
void kept_piece_name(const char *sha, unsigned piece, char name[KEPT_NAME_MAX]);
static inline unsigned kept_pieces(uint64_t bytes) {
  return bytes ? (unsigned)((bytes + KEPT_PIECE_MAX - 1) / KEPT_PIECE_MAX) : 1;
}
#define KEPT_INDEX  "ruleset/index"
#define KEPT_PIN    "ruleset/pin"
#define KEPT_SHADOW "ruleset/shadow"
#define KEPT_PAUSE  "ruleset/pause"

/* A ruleset that a command put in charge although the files say another: so it stays until the files change, also over a start. */
struct kept_pin {
  char ruleset[DIGEST_HEX_MAX]; /* "": none */
  char files[DIGEST_HEX_MAX];   /* the ruleset that the files said then */
};
int kept_pin_read(struct kept_pin *pin, const char *dir, struct err *err);
void kept_pin_put(const struct kept_pin *pin, struct buf *out);

/* A ruleset that is to run beside the one in charge, without effects, until somebody ends it: also over a start. */
struct kept_shadow {
  char ruleset[DIGEST_HEX_MAX]; /* "": none */
  char by[KEPT_BY_MAX];
  int64_t since_ms;
};
int kept_shadow_read(struct kept_shadow *shadow, const char *dir, struct err *err);
void kept_shadow_put(const struct kept_shadow *shadow, struct buf *out);

/* An activation that reads the journal and was paused: it waits over a start, too. */
struct kept_pause {
  char live[DIGEST_HEX_MAX], candidate[DIGEST_HEX_MAX]; /* "": there is none */
  char by[KEPT_BY_MAX];
  char stages[KEPT_STAGES_MAX];
  bool command; /* the candidate is not what the files say */
};
int kept_pause_read(struct kept_pause *pause, const char *dir, struct err *err);
void kept_pause_put(const struct kept_pause *pause, struct buf *out);

#endif
