/* keyfile.h - the keys and tokens that embudo made itself: the file keys.json of the data directory.
 *
 * It holds SHA-256 digests only: whoever reads it can use none of the keys. It is readable by its owner alone, and is
 * replaced whole or not at all. Several processes may change it (a running daemon never does after its start): a change is
 * made between keyfile_lock and keyfile_unlock, from reading to writing. Bounded in bytes and entries.
 */
#ifndef EMBUDO_SERVE_KEYFILE_H
#define EMBUDO_SERVE_KEYFILE_H

#include "base/arena.h"
#include "core/config/credential.h"

#define KEYFILE_NAME "keys.json"

enum {
  KEYFILE_BYTES_MAX = 1 << 20,
  KEYFILE_ENTRIES_MAX = 1000,
  KEYFILE_NAME_MAX = 255, /* bytes of a name */
  KEYFILE_ID_MAX = 9      /* with the NUL: the digest's first digits name a key */
};

struct keyfile_entry {
  const char *name;
  char sha256[DIGEST_HEX_MAX];
  unsigned roles; /* core/config/roles.h; 0: a write key */
  int64_t created_ms;
};

struct keyfile {
  struct arena arena;
  struct keyfile_entry *entries; /* oldest first */
  size_t count, cap;
  bool started; /* a daemon has made its first keys: it makes no others, whatever is revoked */
};

void keyfile_init(struct keyfile *file);
void keyfile_release(struct keyfile *file);

/* Reads DIR/keys.json into an empty *file. None there is fine: no entries. */
int keyfile_read(struct keyfile *file, const char *dir, struct err *err);
int keyfile_write(const struct keyfile *file, const char *dir, struct err *err);

/* A lock on `dir`, which is made (0700) if it is not there; waits for others' few milliseconds. -1 on failure. */
int keyfile_lock(const char *dir, struct err *err);
void keyfile_unlock(int lock);

/* Makes a new key (roles 0) or token and appends its digest. `secret` is the only place that ever has the key itself. */
int keyfile_add(struct keyfile *file, struct str name, unsigned roles, int64_t now_ms,
                char secret[CREDENTIAL_MADE_MAX], struct err *err);

/* Removes the entry with this id or, if there is exactly one of it, this name. */
int keyfile_revoke(struct keyfile *file, struct str what, struct err *err);

void keyfile_id(const char sha256[DIGEST_HEX_MAX], char id[KEYFILE_ID_MAX]);

#endif
