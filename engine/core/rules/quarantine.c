#include "core/rules/quarantine.h"

#include "base/timefmt.h"
#include "store/store.h"

struct quarantine {
  struct quarantined entries[QUARANTINE_MAX];
  size_t count;
  struct arena arena; /* texts; those of entries that went stay until it is freed */
};

struct quarantine *quarantine_new(void) {
  struct quarantine *quarantine = xcalloc(1, sizeof *quarantine);
  arena_init(&quarantine->arena, 4096);
  return quarantine;
}

void quarantine_free(struct quarantine *quarantine) {
  if (!quarantine) return;
  arena_release(&quarantine->arena);
  free(quarantine);
}

size_t quarantine_count(const struct quarantine *quarantine) {
  return quarantine->count;
}

const struct quarantined *quarantine_at(const struct quarantine *quarantine, size_t index) {
  ASSERT(index < quarantine->count);
  return &quarantine->entries[index];
}

const struct quarantined *quarantine_find(const struct quarantine *quarantine, struct str ruleset,
                                          struct str owner) {
  for (size_t i = 0; i < quarantine->count; i++) {
    const struct quarantined *entry = &quarantine->entries[i];
    if (str_eq(entry->ruleset, ruleset) && str_eq(entry->owner, owner)) return entry;
  }
  return NULL;
}

static void take_out(struct quarantine *quarantine, size_t index) {
  quarantine->count--;
  memmove(&quarantine->entries[index], &quarantine->entries[index + 1],
          (quarantine->count - index) * sizeof *quarantine->entries);
}

static void add(struct quarantine *quarantine, const struct quarantined *entry) {
  struct arena *arena = &quarantine->arena;
  if (quarantine->count == QUARANTINE_MAX) take_out(quarantine, 0);
  struct quarantined *kept = &quarantine->entries[quarantine->count++];
  *kept = *entry;
  kept->ruleset = arena_str(arena, entry->ruleset);
  kept->owner = arena_str(arena, entry->owner);
  kept->kind = arena_str(arena, entry->kind);
  kept->file = arena_str(arena, entry->file);
}

static const struct script_failure *last_failure(const struct script *script, int fn) {
  size_t count;
  const struct script_failure *failures = script_failures(script, &count);
  while (count > 0)
    if (failures[--count].fn == fn) return &failures[count];
  return NULL;
}

static void note(struct quarantine *quarantine, const char *ruleset, const struct script *script, int fn,
                 int64_t now_ms) {
  const struct fn_info *info = script_function(script, fn);
  const struct script_failure *failure = last_failure(script, fn);
  struct place place = failure ? failure->place : info->place;
  const struct quarantined entry = {.ruleset = str_of(ruleset),
                                    .owner = str_of(info->owner),
                                    .kind = str_of(failure ? vm_failure_word(failure->kind) : ""),
                                    .file = str_of(place.file),
                                    .line = place.line,
                                    .failures = script_failure_count(script, fn),
                                    .at_ms = now_ms};
  add(quarantine, &entry);
}

size_t quarantine_note(struct quarantine *quarantine, const char *ruleset, const struct script *script,
                       int64_t now_ms) {
  size_t added = 0;
  for (uint32_t fn = 0; fn < script_function_count(script); fn++) {
    if (!script_stopped(script, (int)fn)) continue;
    struct str owner = str_of(script_function(script, (int)fn)->owner);
    if (quarantine_find(quarantine, str_of(ruleset), owner)) continue;
    note(quarantine, ruleset, script, (int)fn, now_ms);
    added++;
  }
  return added;
}

void quarantine_apply(const struct quarantine *quarantine, const char *ruleset, struct script *script) {
  for (size_t i = 0; i < quarantine->count; i++)
    if (str_eq(quarantine->entries[i].ruleset, str_of(ruleset)))
      script_stop(script, quarantine->entries[i].owner.p);
}

size_t quarantine_release(struct quarantine *quarantine, struct str owner) {
  size_t released = 0;
  for (size_t i = quarantine->count; i-- > 0;) {
    if (owner.len && !str_eq(quarantine->entries[i].owner, owner)) continue;
    take_out(quarantine, i);
    released++;
  }
  return released;
}

/* --- JSON ------------------------------------------------------------------------------------------------------------- */

static void put(struct json_writer *w, const char *key, struct str text) {
  json_key(w, key);
  json_put_str(w, text);
}

void quarantine_put_one(const struct quarantined *entry, struct json_writer *w) {
  put(w, "function", entry->owner);
  put(w, "ruleset", entry->ruleset);
  put(w, "reason", entry->kind);
  put(w, "file", entry->file);
  json_key(w, "line");
  json_put_int(w, entry->line);
  json_key(w, "failures");
  json_put_int(w, entry->failures);
  json_key(w, "at");
  json_put_time(w, entry->at_ms);
}

void quarantine_put(const struct quarantine *quarantine, struct json_writer *w) {
  json_open(w, '[');
  for (size_t i = 0; i < quarantine->count; i++) {
    json_open(w, '{');
    quarantine_put_one(&quarantine->entries[i], w);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static struct str text_of(struct json_ref object, const char *key) {
  struct str text = STR("");
  json_string(json_get(object, str_of(key)), &text);
  return text;
}

static int number_of(struct json_ref object, const char *key) {
  return (int)json_whole_or(json_get(object, str_of(key)), 0, INT32_MAX, 0);
}

static int parse_one(struct quarantine *quarantine, struct json_ref item, struct err *err) {
  struct quarantined entry = {.ruleset = text_of(item, "ruleset"),
                              .owner = text_of(item, "function"),
                              .kind = text_of(item, "reason"),
                              .file = text_of(item, "file"),
                              .line = number_of(item, "line"),
                              .failures = (uint32_t)number_of(item, "failures")};
  if (entry.owner.len == 0 || entry.ruleset.len == 0)
    return err_set(err, ERR_INVALID, "an entry of the quarantine lacks its function or its ruleset");
  time_parse(text_of(item, "at"), &entry.at_ms);
  add(quarantine, &entry);
  return 0;
}

int quarantine_parse(struct quarantine *quarantine, struct str json, struct err *err) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct json_iter it;
  int failed = json_parse(reader, json.p, json.len, &root, err);
  if (!failed)
    for (json_iter_init(&it, root); !failed && json_next(&it);) failed = parse_one(quarantine, it.value, err);
  json_reader_free(reader);
  return failed;
}

int quarantine_read(struct quarantine *quarantine, const char *dir, struct err *err) {
  struct buf bytes;
  buf_init(&bytes);
  int found = store_value(dir, STR(QUARANTINE_VALUE), &bytes, err);
  if (found > 0) found = quarantine_parse(quarantine, buf_str(&bytes), err);
  buf_release(&bytes);
  return found < 0 ? -1 : 0;
}
