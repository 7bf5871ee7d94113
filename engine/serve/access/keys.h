/* keys.h - who holds which write key or token, from everywhere they can be given:
 *
 *   embudo.yaml              sources and tokens
 *   EMBUDO_WRITE_KEY         a write key of the source "default"
 *   EMBUDO_ADMIN_TOKEN       a token named "admin" with the role admin
 *   DATA/keys.json           those embudo made itself (serve/access/keyfile.h)
 *
 * A write key lets events in and nothing else; it stands in web pages and is no secret. A token has roles. Several of a name
 * may be valid at once. One text cannot be two of them: names would depend on the order.
 *
 * Only digests are kept. A look-up hashes what was presented and compares it with all of them, in a time that does not
 * depend on which one is right.
 *
 * Names that were given out stay valid until keys_free, reloads included. One thread.
 */
#ifndef EMBUDO_SERVE_KEYS_H
#define EMBUDO_SERVE_KEYS_H

#include "core/config/config.h"
#include "serve/access/keyfile.h"

#define KEYS_DEFAULT_SOURCE "default"
#define KEYS_FIRST_FILE     "first-keys.txt"

enum key_home { KEY_OF_CONFIG, KEY_OF_ENVIRONMENT, KEY_OF_FILE };
extern const char *const key_home_words[]; /* "embudo.yaml", "environment", "keys.json" */

struct key {
  struct str name;
  char sha256[DIGEST_HEX_MAX];
  unsigned roles; /* core/config/roles.h; 0: a write key */
  enum key_home home;
  int64_t created_ms; /* KEY_OF_FILE; else 0 */
};

struct keys;

/* Reads them all; makes none. NULL and *err when something is no key or cannot be read. */
struct keys *keys_new(const struct config *config, config_env *env, struct err *err);
void keys_free(struct keys *keys);

/* What a first start makes: a write key of the source "default" unless there is any write key, an admin token unless there
 * is any; never again after that, whatever is revoked. They are told here, empty: not made, and left in
 * DATA/first-keys.txt, readable by the owner alone. The keys are then read again. */
struct keys_first {
  char write_key[CREDENTIAL_MADE_MAX];
  char admin_token[CREDENTIAL_MADE_MAX];
};
int keys_start(struct keys *keys, const struct config *config, int64_t now_ms, struct keys_first *first,
               struct err *err);

/* Reads all again, with a configuration that may be a new one (its data directory does not change). On failure the
 * present ones stay. */
int keys_reload(struct keys *keys, const struct config *config, struct err *err);

/* Whether keys.json is another one than was read: one look at the file. For a daemon that asks once a second. */
bool keys_are_stale(const struct keys *keys);

/* The source whose write key this is; false: nobody's. */
bool keys_source(const struct keys *keys, struct str presented, struct str *source);

/* The roles of the token this is, and its name (may be NULL); 0: nobody's. */
unsigned keys_roles(const struct keys *keys, struct str presented, struct str *name);

size_t keys_count(const struct keys *keys);
const struct key *keys_at(const struct keys *keys, size_t index); /* until the next reload */

#endif
