#include "serve/access/keyfile.h"

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "core/config/roles.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VERSION = 1 };

void keyfile_init(struct keyfile *file) {
  *file = (struct keyfile){0};
  arena_init(&file->arena, 4096);
}

void keyfile_release(struct keyfile *file) {
  arena_release(&file->arena);
  free(file->entries);
  *file = (struct keyfile){0};
}

void keyfile_id(const char sha256[DIGEST_HEX_MAX], char id[KEYFILE_ID_MAX]) {
  memcpy(id, sha256, KEYFILE_ID_MAX - 1);
  id[KEYFILE_ID_MAX - 1] = '\0';
}

static void path_of(const char *dir, struct buf *path) {
  buf_init(path);
  buf_printf(path, "%s/" KEYFILE_NAME, dir);
}

static struct keyfile_entry *append(struct keyfile *file, struct str name) {
  if (file->count == file->cap) {
    file->cap = file->cap ? file->cap * 2 : 8;
    file->entries = xrealloc(file->entries, file->cap * sizeof *file->entries);
  }
  struct keyfile_entry *entry = &file->entries[file->count++];
  *entry = (struct keyfile_entry){.name = arena_str(&file->arena, name).p};
  return entry;
}

/* A name is shown to people and filed with events: printable, and not empty. */
static bool is_name(struct str name) {
  if (name.len == 0 || name.len > KEYFILE_NAME_MAX || !text_is_utf8(name)) return false;
  for (size_t i = 0; i < name.len; i++)
    if ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f) return false;
  return true;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool read_roles(struct json_ref list, unsigned *roles) {
  struct json_iter it;
  struct str word;
  *roles = 0;
  json_iter_init(&it, list);
  while (json_next(&it)) {
    unsigned role = json_string(it.value, &word) ? role_of(word) : 0;
    if (!role) return false;
    *roles |= role;
  }
  return true;
}

static bool is_digest(struct str hex) {
  size_t digits = 0;
  while (digits < hex.len && hex.p[digits] && strchr("0123456789abcdef", hex.p[digits])) digits++;
  return hex.len == DIGEST_HEX_MAX - 1 && digits == hex.len;
}

static bool read_entry(struct keyfile *file, struct json_ref item) {
  struct str name, sha256, created;
  unsigned roles;
  int64_t created_ms;
  bool sound = json_string(json_get(item, STR("name")), &name) && is_name(name) &&
               json_string(json_get(item, STR("sha256")), &sha256) && is_digest(sha256) &&
               json_string(json_get(item, STR("created")), &created) && time_parse(created, &created_ms) &&
               read_roles(json_get(item, STR("roles")), &roles) && file->count < KEYFILE_ENTRIES_MAX;
  if (!sound) return false;
  struct keyfile_entry *entry = append(file, name);
  memcpy(entry->sha256, sha256.p, sha256.len); /* the rest is zero */
  entry->roles = roles;
  entry->created_ms = created_ms;
  return true;
}

static int read_document(struct keyfile *file, const char *path, struct json_ref root, struct err *err) {
  double version = 0;
  struct json_iter it;
  json_number(json_get(root, STR("version")), &version);
  if (version != VERSION)
    return err_set(err, ERR_INVALID, "%s: expected version %d; a newer embudo wrote it, or nobody did", path,
                   VERSION);
  json_bool(json_get(root, STR("started")), &file->started);
  json_iter_init(&it, json_get(root, STR("keys")));
  for (int i = 1; json_next(&it); i++)
    if (!read_entry(file, it.value))
      return err_set(err, ERR_INVALID,
                     "%s: entry %d is no key; restore the file, or remove it and make new keys", path, i);
  return 0;
}

static int read_text(struct keyfile *file, const char *path, struct str text, struct err *err) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct err why;
  int code = json_parse(reader, text.p, text.len, &root, &why);
  if (code)
    err_set(err, ERR_SYNTAX, "%s: %s", path, why.text);
  else
    code = read_document(file, path, root, err);
  json_reader_free(reader);
  return code;
}

int keyfile_read(struct keyfile *file, const char *dir, struct err *err) {
  struct buf path, text;
  ASSERT(file->count == 0);
  path_of(dir, &path);
  buf_init(&text);
  int code = file_read(path.data, KEYFILE_BYTES_MAX, &text, err);
  if (code == 0)
    code = read_text(file, path.data, buf_str(&text), err);
  else if (err->code == ERR_NOT_FOUND)
    code = 0;
  buf_release(&text);
  buf_release(&path);
  return code;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void write_entry(const struct keyfile_entry *entry, struct json_writer *json) {
  json_open(json, '{');
  json_key(json, "name");
  json_put_text(json, entry->name);
  json_key(json, "sha256");
  json_put_text(json, entry->sha256);
  json_key(json, "roles");
  json_open(json, '[');
  for (unsigned i = 0; role_words[i]; i++)
    if (entry->roles & 1u << i) json_put_text(json, role_words[i]);
  json_close(json, ']');
  json_key(json, "created");
  json_put_time(json, entry->created_ms);
  json_close(json, '}');
}

static void write_document(const struct keyfile *file, struct buf *out) {
  struct json_writer json;
  json_writer_init(&json, out);
  json_open(&json, '{');
  json_key(&json, "version");
  json_put_int(&json, VERSION);
  json_key(&json, "started");
  json_put_bool(&json, file->started);
  json_key(&json, "keys");
  json_open(&json, '[');
  for (size_t i = 0; i < file->count; i++) write_entry(&file->entries[i], &json);
  json_close(&json, ']');
  json_close(&json, '}');
  buf_add_char(out, '\n');
}

int keyfile_write(const struct keyfile *file, const char *dir, struct err *err) {
  struct buf path, text;
  path_of(dir, &path);
  buf_init(&text);
  write_document(file, &text);
  int code = file_write(path.data, 0600, buf_str(&text), err);
  buf_release(&text);
  buf_release(&path);
  return code;
}

/* --- changes ------------------------------------------------------------------------------------------------------ */

int keyfile_lock(const char *dir, struct err *err) {
  if (mkdir(dir, 0700) && errno != EEXIST)
    return err_system(err, "%s: the data directory cannot be made", dir);
  int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return err_system(err, "%s", dir);
  int code;
  do code = flock(fd, LOCK_EX);
  while (code && errno == EINTR);
  if (code == 0) return fd;
  err_system(err, "%s: cannot be locked", dir);
  close(fd);
  return -1;
}

void keyfile_unlock(int lock) {
  close(lock);
}

int keyfile_add(struct keyfile *file, struct str name, unsigned roles, int64_t now_ms,
                char secret[CREDENTIAL_MADE_MAX], struct err *err) {
  if (!is_name(name))
    return err_set(err, ERR_INVALID, "a name has 1 to %d bytes of printable text", KEYFILE_NAME_MAX);
  if (file->count == KEYFILE_ENTRIES_MAX)
    return err_set(err, ERR_LIMIT, "there are %d keys already: revoke some first", KEYFILE_ENTRIES_MAX);
  struct keyfile_entry *entry = append(file, name);
  credential_make(roles ? "tk_" : "wk_", secret);
  digest_hex(str_of(secret), entry->sha256);
  entry->roles = roles;
  entry->created_ms = now_ms;
  return 0;
}

static bool is_meant(const struct keyfile_entry *entry, struct str what, bool by_name) {
  char id[KEYFILE_ID_MAX];
  keyfile_id(entry->sha256, id);
  return str_eq(what, str_of(by_name ? entry->name : id));
}

/* The only entry meant; *count says how many there are. */
static size_t find(const struct keyfile *file, struct str what, bool by_name, size_t *count) {
  size_t found = file->count;
  *count = 0;
  for (size_t i = 0; i < file->count; i++) {
    if (!is_meant(&file->entries[i], what, by_name)) continue;
    found = i;
    ++*count;
  }
  return found;
}

int keyfile_revoke(struct keyfile *file, struct str what, struct err *err) {
  size_t count, at = find(file, what, false, &count);
  if (count == 0) at = find(file, what, true, &count);
  if (count == 0)
    return err_set(
        err, ERR_NOT_FOUND,
        "no key here has the id or name '%.*s'; those of embudo.yaml and the environment are taken away "
        "there",
        STR_ARG(what));
  if (count > 1)
    return err_set(err, ERR_INVALID, "%zu keys have the name '%.*s': say the id of the one that is meant",
                   count, STR_ARG(what));
  memmove(&file->entries[at], &file->entries[at + 1], (file->count - at - 1) * sizeof *file->entries);
  file->count--;
  return 0;
}
