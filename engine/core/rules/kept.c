#include "core/rules/kept.h"

#include "base/json.h"
#include "base/timefmt.h"

enum { PREFIX_MIN = 6 };

static void free_files(struct kept_file *files, size_t count) {
  for (size_t i = 0; i < count; i++) free(files[i].path);
  free(files);
}

void kept_index_release(struct kept_index *index) {
  for (size_t i = 0; i < index->count; i++) free_files(index->items[i].files, index->items[i].file_count);
  free(index->items);
  *index = (struct kept_index){0};
}

struct kept *kept_find(const struct kept_index *index, struct str hash) {
  struct kept *found = NULL;
  if (hash.len < PREFIX_MIN) return NULL;
  for (size_t i = 0; i < index->count; i++) {
    if (!str_starts(str_of(index->items[i].hash), hash)) continue;
    if (found) return NULL;
    found = &index->items[i];
  }
  return found;
}

struct kept *kept_add(struct kept_index *index, const char *hash) {
  if (index->count == index->cap) {
    index->cap = index->cap ? index->cap * 2 : 16;
    index->items = xrealloc(index->items, index->cap * sizeof *index->items);
  }
  struct kept *kept = &index->items[index->count++];
  *kept = (struct kept){0};
  snprintf(kept->hash, sizeof kept->hash, "%s", hash);
  return kept;
}

static void bring_to_front(struct kept_index *index, size_t at) {
  struct kept kept = index->items[at];
  memmove(index->items + 1, index->items, at * sizeof kept);
  index->items[0] = kept;
}

struct kept *kept_use(struct kept_index *index, const char *hash, const struct kept_use *use) {
  struct kept *kept = kept_find(index, str_of(hash));
  if (!kept) kept = kept_add(index, hash);
  bring_to_front(index, (size_t)(kept - index->items));
  kept = &index->items[0];
  if (kept->use_count < KEPT_USES) kept->use_count++;
  memmove(kept->uses + 1, kept->uses, (kept->use_count - 1) * sizeof *use);
  kept->uses[0] = *use;
  return kept;
}

void kept_set_files(struct kept *kept, const struct kept_file *files, size_t count) {
  free_files(kept->files, kept->file_count);
  kept->files = (struct kept_file *)files;
  kept->file_count = count;
  kept->has_files = true;
  kept->bytes = 0;
  for (size_t i = 0; i < count; i++) kept->bytes += files[i].bytes;
}

void kept_remove(struct kept_index *index, size_t at) {
  free_files(index->items[at].files, index->items[at].file_count);
  memmove(index->items + at, index->items + at + 1, (--index->count - at) * sizeof *index->items);
}

/* --- names --------------------------------------------------------------------------------------------------------- */

void kept_set_name(const char *hash, char name[KEPT_NAME_MAX]) {
  snprintf(name, KEPT_NAME_MAX, "ruleset/set/%.64s", hash);
}

void kept_piece_name(const char *sha, unsigned piece, char name[KEPT_NAME_MAX]) {
  snprintf(name, KEPT_NAME_MAX, "ruleset/file/%.64s/%u", sha, piece);
}

/* --- writing ------------------------------------------------------------------------------------------------------- */

static void put_use(struct json_writer *w, const struct kept_use *use) {
  json_open(w, '{');
  json_key(w, "at");
  json_put_time(w, use->at_ms);
  json_member_text(w, "by", use->by);
  json_member_text(w, "stages", use->stages);
  json_key(w, "instant");
  json_put_bool(w, use->instant);
  json_key(w, "moved");
  json_put_int(w, (int64_t)use->moved);
  json_close(w, '}');
}

void kept_index_put(const struct kept_index *index, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '[');
  for (size_t i = 0; i < index->count && out->len < KEPT_INDEX_BYTES_MAX; i++) {
    const struct kept *kept = &index->items[i];
    json_open(&w, '{');
    json_member_text(&w, "ruleset", kept->hash);
    json_key(&w, "uses");
    json_open(&w, '[');
    for (size_t k = 0; k < kept->use_count; k++) put_use(&w, &kept->uses[k]);
    json_close(&w, ']');
    json_close(&w, '}');
  }
  json_close(&w, ']');
}

static struct kept_value *add_value(struct kept_packed *packed) {
  if (packed->count == packed->cap) {
    packed->cap = packed->cap ? packed->cap * 2 : 16;
    packed->values = xrealloc(packed->values, packed->cap * sizeof *packed->values);
  }
  struct kept_value *value = &packed->values[packed->count++];
  buf_init(&value->bytes);
  return value;
}

static bool has_value(struct store_reader *reader, const char *name) {
  struct buf bytes;
  struct err err;
  buf_init(&bytes);
  int got = reader ? store_reader_value(reader, str_of(name), &bytes, &err) : 0;
  buf_release(&bytes);
  return got > 0;
}

/* The last piece is written last: where it is, all are. */
static void pack_file(struct kept_packed *packed, struct store_reader *reader, const struct kept_file *file,
                      struct str text) {
  char name[KEPT_NAME_MAX];
  unsigned pieces = kept_pieces(text.len);
  kept_piece_name(file->sha, pieces - 1, name);
  if (has_value(reader, name)) return;
  for (unsigned i = 0; i < pieces; i++) {
    size_t from = (size_t)i * KEPT_PIECE_MAX, len = text.len - from;
    struct kept_value *value = add_value(packed);
    kept_piece_name(file->sha, i, value->name);
    store_pack((struct str){text.p + from, len < KEPT_PIECE_MAX ? len : KEPT_PIECE_MAX}, &value->bytes);
  }
}

static void put_files(const struct kept_packed *packed, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '[');
  for (size_t i = 0; i < packed->file_count; i++) {
    json_open(&w, '{');
    json_member_text(&w, "path", packed->files[i].path);
    json_member_text(&w, "sha", packed->files[i].sha);
    json_key(&w, "bytes");
    json_put_int(&w, (int64_t)packed->files[i].bytes);
    json_close(&w, '}');
  }
  json_close(&w, ']');
}

void kept_pack(struct kept_packed *packed, const char *dir, const struct ruledir *bundle) {
  struct err err;
  struct store_reader *reader = store_reader_new(dir, &err);
  *packed = (struct kept_packed){.file_count = bundle->count};
  memcpy(packed->hash, bundle->hash, sizeof packed->hash);
  packed->files = xcalloc(bundle->count + 1, sizeof *packed->files);
  for (size_t i = 0; i < bundle->count; i++) {
    struct kept_file *file = &packed->files[i];
    file->path = xstrdup(bundle->files[i].path);
    file->bytes = bundle->files[i].text.len;
    digest_hex(bundle->files[i].text, file->sha);
    pack_file(packed, reader, file, bundle->files[i].text);
  }
  struct kept_value *set = add_value(packed);
  kept_set_name(packed->hash, set->name);
  put_files(packed, &set->bytes);
  store_reader_free(reader);
}

void kept_packed_release(struct kept_packed *packed) {
  free_files(packed->files, packed->file_count);
  for (size_t i = 0; i < packed->count; i++) buf_release(&packed->values[i].bytes);
  free(packed->values);
  *packed = (struct kept_packed){0};
}

void kept_pin_put(const struct kept_pin *pin, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_member_text(&w, "ruleset", pin->ruleset);
  json_member_text(&w, "files", pin->files);
  json_close(&w, '}');
}

void kept_shadow_put(const struct kept_shadow *shadow, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_member_text(&w, "ruleset", shadow->ruleset);
  json_member_text(&w, "by", shadow->by);
  json_key(&w, "since");
  json_put_time(&w, shadow->since_ms);
  json_close(&w, '}');
}

void kept_pause_put(const struct kept_pause *pause, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_member_text(&w, "live", pause->live);
  json_member_text(&w, "candidate", pause->candidate);
  json_member_text(&w, "by", pause->by);
  json_member_text(&w, "stages", pause->stages);
  json_key(&w, "command");
  json_put_bool(&w, pause->command);
  json_close(&w, '}');
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

struct reading {
  struct store_reader *reader;
  struct json_reader *json;
  struct buf bytes;
  struct err *err;
};

static void open_reading(struct reading *reading, const char *dir, struct err *err) {
  *reading = (struct reading){.err = err, .json = json_reader_new()};
  buf_init(&reading->bytes);
  reading->reader = store_reader_new(dir, err);
}

static void close_reading(struct reading *reading) {
  store_reader_free(reading->reader);
  json_reader_free(reading->json);
  buf_release(&reading->bytes);
}

/* 1, 0: there is none, -1. */
static int read_json(struct reading *reading, const char *name, struct json_ref *root) {
  buf_clear(&reading->bytes);
  int got = store_reader_value(reading->reader, str_of(name), &reading->bytes, reading->err);
  if (got <= 0) return got;
  return json_parse(reading->json, reading->bytes.data, reading->bytes.len, root, reading->err) == 0 ? 1 : -1;
}

static void copy_text(struct json_ref ref, char *out, size_t size) {
  struct str text;
  *out = '\0';
  if (json_string(ref, &text)) snprintf(out, size, "%.*s", STR_ARG(text));
}

static void read_use(struct json_ref ref, struct kept_use *use) {
  struct str at;
  *use = (struct kept_use){0};
  if (json_string(json_get(ref, STR("at")), &at)) time_parse(at, &use->at_ms);
  copy_text(json_get(ref, STR("by")), use->by, sizeof use->by);
  copy_text(json_get(ref, STR("stages")), use->stages, sizeof use->stages);
  json_bool(json_get(ref, STR("instant")), &use->instant);
  use->moved = (uint64_t)json_whole_or(json_get(ref, STR("moved")), 0, INT64_MAX, 0);
}

static void read_uses(struct kept *kept, struct json_ref uses) {
  struct json_iter it;
  for (json_iter_init(&it, uses); json_next(&it) && kept->use_count < KEPT_USES;)
    read_use(it.value, &kept->uses[kept->use_count++]);
}

/* 1; 0: its files are not kept (any more); -1. */
static int read_files(struct reading *reading, const char *hash, struct kept *kept) {
  char name[KEPT_NAME_MAX];
  struct json_ref root;
  struct json_iter it;
  kept_set_name(hash, name);
  int got = read_json(reading, name, &root);
  if (got <= 0) return got;
  struct kept_file *files = xcalloc(RULEDIR_FILES_MAX, sizeof *files);
  size_t count = 0;
  for (json_iter_init(&it, root); json_next(&it) && count < RULEDIR_FILES_MAX;) {
    struct kept_file *file = &files[count++];
    struct str path = STR("");
    json_string(json_get(it.value, STR("path")), &path);
    copy_text(json_get(it.value, STR("sha")), file->sha, sizeof file->sha);
    file->path = xmalloc(path.len + 1);
    snprintf(file->path, path.len + 1, "%.*s", STR_ARG(path));
    file->bytes = (uint64_t)json_whole_or(json_get(it.value, STR("bytes")), 0, INT64_MAX, 0);
  }
  kept_set_files(kept, files, count);
  return 1;
}

static int read_index(struct reading *reading, struct kept_index *index) {
  struct json_ref root;
  struct json_iter it;
  char hash[DIGEST_HEX_MAX];
  int got = read_json(reading, KEPT_INDEX, &root);
  if (got <= 0) return got;
  for (json_iter_init(&it, root); json_next(&it);) {
    copy_text(json_get(it.value, STR("ruleset")), hash, sizeof hash);
    read_uses(kept_add(index, hash), json_get(it.value, STR("uses")));
  }
  for (size_t i = 0; i < index->count; i++)
    if (read_files(reading, index->items[i].hash, &index->items[i]) < 0) return -1;
  return 0;
}

int kept_index_read(struct kept_index *index, const char *dir, struct err *err) {
  struct reading reading;
  *index = (struct kept_index){0};
  open_reading(&reading, dir, err);
  int failed = reading.reader ? read_index(&reading, index) : err->code == ERR_NOT_FOUND ? 0 : -1;
  close_reading(&reading);
  return failed;
}

/* A value that is one object: 1 with *root in *reading, 0: there is none, -1. Close it in any case. */
static int open_value(struct reading *reading, const char *dir, const char *name, struct json_ref *root,
                      struct err *err) {
  open_reading(reading, dir, err);
  if (reading->reader) return read_json(reading, name, root);
  return err->code == ERR_NOT_FOUND ? 0 : -1;
}

#define COPY(root, key, to) copy_text(json_get(root, STR(key)), to, sizeof(to))

int kept_pin_read(struct kept_pin *pin, const char *dir, struct err *err) {
  struct reading reading;
  struct json_ref root;
  *pin = (struct kept_pin){0};
  int got = open_value(&reading, dir, KEPT_PIN, &root, err);
  if (got > 0) {
    COPY(root, "ruleset", pin->ruleset);
    COPY(root, "files", pin->files);
  }
  close_reading(&reading);
  return got < 0 ? -1 : 0;
}

int kept_shadow_read(struct kept_shadow *shadow, const char *dir, struct err *err) {
  struct reading reading;
  struct json_ref root;
  struct str since;
  *shadow = (struct kept_shadow){0};
  int got = open_value(&reading, dir, KEPT_SHADOW, &root, err);
  if (got > 0) {
    COPY(root, "ruleset", shadow->ruleset);
    COPY(root, "by", shadow->by);
    if (json_string(json_get(root, STR("since")), &since)) time_parse(since, &shadow->since_ms);
  }
  close_reading(&reading);
  return got < 0 ? -1 : 0;
}

int kept_pause_read(struct kept_pause *pause, const char *dir, struct err *err) {
  struct reading reading;
  struct json_ref root;
  *pause = (struct kept_pause){0};
  int got = open_value(&reading, dir, KEPT_PAUSE, &root, err);
  if (got > 0) {
    COPY(root, "live", pause->live);
    COPY(root, "candidate", pause->candidate);
    COPY(root, "by", pause->by);
    COPY(root, "stages", pause->stages);
    json_bool(json_get(root, STR("command")), &pause->command);
  }
  close_reading(&reading);
  return got < 0 ? -1 : 0;
}

static int read_text(struct reading *reading, const struct kept_file *file, struct buf *text) {
  char name[KEPT_NAME_MAX];
  for (unsigned i = 0; i < kept_pieces(file->bytes); i++) {
    kept_piece_name(file->sha, i, name);
    buf_clear(&reading->bytes);
    int got = store_reader_value(reading->reader, str_of(name), &reading->bytes, reading->err);
    if (got == 0) err_set(reading->err, ERR_NOT_FOUND, "%s is not kept", file->path);
    if (got <= 0) return -1;
    if (store_unpack(buf_str(&reading->bytes), KEPT_PIECE_MAX, text, reading->err) != 0) return -1;
  }
  return 0;
}

static int read_bundle(struct reading *reading, const char *hash, struct kept *kept, struct ruledir *bundle) {
  struct buf text;
  int got = read_files(reading, hash, kept), failed = 0;
  if (got == 0) err_set(reading->err, ERR_NOT_FOUND, "the ruleset %s is not kept", hash);
  if (got <= 0) return -1;
  buf_init(&text);
  for (size_t i = 0; !failed && i < kept->file_count; i++) {
    buf_clear(&text);
    failed = read_text(reading, &kept->files[i], &text) != 0 ||
             ruledir_add(bundle, kept->files[i].path, buf_str(&text), reading->err) != 0;
  }
  buf_release(&text);
  if (failed) return -1;
  ruledir_end(bundle);
  if (strcmp(bundle->hash, hash) == 0) return 0;
  return err_set(reading->err, ERR_SYNTAX, "the files kept of ruleset %s are not what they were", hash);
}

int kept_bundle_read(const char *dir, const char *hash, struct ruledir *bundle, struct err *err) {
  struct reading reading;
  struct kept kept = {0};
  open_reading(&reading, dir, err);
  int failed = reading.reader ? read_bundle(&reading, hash, &kept, bundle) : -1;
  free_files(kept.files, kept.file_count);
  close_reading(&reading);
  return failed;
}
