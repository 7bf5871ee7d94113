#include "core/rules/kept_json.h"

static void put_uses(struct json_writer *w, const struct kept *kept) {
  json_key(w, "activations");
  json_open(w, '[');
  for (size_t i = 0; i < kept->use_count; i++) {
    const struct kept_use *use = &kept->uses[i];
    json_open(w, '{');
    json_key(w, "at");
    json_put_time(w, use->at_ms);
    json_member_text(w, "by", use->by);
    json_member_text(w, "stages", use->stages);
    json_member_bool(w, "instant", use->instant);
    json_member_int(w, "moved", use->moved);
    json_close(w, '}');
  }
  json_close(w, ']');
}

void kept_json(const struct kept *kept, const char *present, const char *state, bool with_files,
               struct json_writer *w) {
  json_open(w, '{');
  json_member_text(w, "ruleset", kept->hash);
  json_member_text(w, "state", strcmp(kept->hash, present) == 0 ? state : "kept");
  json_member_bool(w, "complete", kept->has_files);
  json_member_int(w, "bytes", kept->bytes);
  put_uses(w, kept);
  json_key(w, "files");
  json_open(w, '[');
  for (size_t i = 0; with_files && i < kept->file_count; i++) {
    json_open(w, '{');
    json_member_text(w, "path", kept->files[i].path);
    json_member_int(w, "bytes", kept->files[i].bytes);
    json_member_text(w, "sha256", kept->files[i].sha);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_close(w, '}');
}

static void put_next(const struct kept_index *index, struct kept_page page, struct json_writer *w) {
  size_t end = page.from + page.count;
  json_member_int(w, "kept_total", index->count);
  json_key(w, "next");
  if (end < index->count)
    json_put_text(w, index->items[end].hash);
  else
    json_put_null(w);
}

void kept_json_index(const struct kept_index *index, const struct kept_pin *pin, struct kept_page page,
                     const char *present, const char *state, struct json_writer *w) {
  json_member_bool(w, "pinned", *pin->ruleset != '\0');
  if (*pin->ruleset) json_member_text(w, "files_ruleset", pin->files);
  json_key(w, "kept");
  json_open(w, '[');
  for (size_t i = page.from; i < index->count && i - page.from < page.count; i++)
    kept_json(&index->items[i], present, state, false, w);
  json_close(w, ']');
  put_next(index, page, w);
}
