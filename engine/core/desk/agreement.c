#include "core/desk/agreement.h"

#include "base/hex.h"
#include "base/timefmt.h"

static const char *section_word(enum agreement_section section) {
  static const char *const words[] = {
#define X(code, word, title) word,
      AGREEMENT_SECTIONS(X)
#undef X
  };
  return words[section];
}

static uint64_t section_digest(const struct ruleset *rules, enum agreement_section section) {
  struct buf text;
  buf_init(&text);
  agreement_section(rules, section, &text);
  uint64_t digest = str_hash(buf_str(&text));
  buf_release(&text);
  return digest;
}

/* --- approvals -------------------------------------------------------------------------------------------------------- */

void agreement_record(const struct ruleset *rules, struct str role, struct str by, int64_t now_ms,
                      struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_member_str(&w, "role", role);
  json_member_str(&w, "by", by);
  json_key(&w, "at");
  json_put_time(&w, now_ms);
  json_member_str(&w, "ruleset", str_of(rules->hash));
  json_key(&w, "sections");
  json_open(&w, '{');
  for (int s = 0; s < AGREEMENT_SECTION_COUNT; s++) {
    char digest[HEX64_TEXT];
    hex64_text(section_digest(rules, (enum agreement_section)s), digest);
    json_member_text(&w, section_word((enum agreement_section)s), digest);
  }
  json_close(&w, '}');
  json_close(&w, '}');
}

static bool read_name(struct json_ref root, const char *key, char *out, size_t size) {
  struct str text;
  if (!json_string(json_get(root, str_of(key)), &text) || text.len == 0 || text.len >= size) return false;
  memcpy(out, text.p, text.len);
  out[text.len] = '\0';
  return true;
}

static struct approval *approval_of(struct approvals *approvals, const char *role) {
  for (uint32_t i = 0; i < approvals->count; i++)
    if (strcmp(approvals->items[i].role, role) == 0) return &approvals->items[i];
  return approvals->count < AGREEMENT_ROLES_MAX ? &approvals->items[approvals->count++] : NULL;
}

int agreement_take(struct approvals *approvals, struct json_ref root, struct err *err) {
  struct approval approval = {.at_ms = 0};
  struct str at, digest;
  if (!read_name(root, "role", approval.role, sizeof approval.role) ||
      !read_name(root, "by", approval.by, sizeof approval.by) ||
      !read_name(root, "ruleset", approval.ruleset, sizeof approval.ruleset) ||
      !json_string(json_get(root, STR("at")), &at) || !time_parse(at, &approval.at_ms))
    return err_set(err, ERR_INVALID, "an approval says no proper role, by, ruleset and at");
  struct json_ref sections = json_get(root, STR("sections"));
  for (int s = 0; s < AGREEMENT_SECTION_COUNT; s++)
    if (json_string(json_get(sections, str_of(section_word((enum agreement_section)s))), &digest))
      hex64_parse(digest, &approval.digests[s]);
  struct approval *place = approval_of(approvals, approval.role);
  if (!place) return err_set(err, ERR_LIMIT, "more than %d roles approve", (int)AGREEMENT_ROLES_MAX);
  *place = approval;
  return 0;
}

unsigned agreement_changed(const struct ruleset *rules, const struct approval *approval) {
  unsigned changed = 0;
  if (strcmp(rules->hash, approval->ruleset) == 0) return 0;
  for (int s = 0; s < AGREEMENT_SECTION_COUNT; s++)
    if (section_digest(rules, (enum agreement_section)s) != approval->digests[s]) changed |= 1u << s;
  return changed;
}

void agreement_json(const struct ruleset *rules, const struct approvals *approvals, struct json_writer *w) {
  json_key(w, "approvals");
  json_open(w, '[');
  for (uint32_t i = 0; i < approvals->count; i++) {
    const struct approval *approval = &approvals->items[i];
    unsigned changed = agreement_changed(rules, approval);
    json_open(w, '{');
    json_member_str(w, "role", str_of(approval->role));
    json_member_str(w, "by", str_of(approval->by));
    json_key(w, "at");
    json_put_time(w, approval->at_ms);
    json_member_str(w, "ruleset", str_of(approval->ruleset));
    json_key(w, "stands");
    json_put_bool(w, !changed);
    json_key(w, "changed");
    json_open(w, '[');
    for (int s = 0; s < AGREEMENT_SECTION_COUNT; s++)
      if (changed >> s & 1) json_put_text(w, section_word((enum agreement_section)s));
    json_close(w, ']');
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* --- the document ------------------------------------------------------------------------------------------------------ */

static void add_approvals(const struct ruleset *rules, const struct approvals *approvals, struct buf *out) {
  buf_add_text(out, "\n## Approvals\n\n");
  if (!approvals || approvals->count == 0) {
    buf_add_text(out, "Nobody has approved this yet.\n");
    return;
  }
  for (uint32_t i = 0; i < approvals->count; i++) {
    const struct approval *approval = &approvals->items[i];
    unsigned changed = agreement_changed(rules, approval);
    char date[TIME_TEXT_MAX];
    buf_printf(out, "- **%s**: %s on %s, rules %.12s", approval->role, approval->by,
               time_date(approval->at_ms, date), approval->ruleset);
    const char *before = ". STALE, changed since: ";
    for (int s = 0; s < AGREEMENT_SECTION_COUNT; s++) {
      if (!(changed >> s & 1)) continue;
      buf_printf(out, "%s%s", before, section_word((enum agreement_section)s));
      before = ", ";
    }
    buf_add_char(out, '\n');
  }
}

void agreement_document(const struct ruleset *rules, const struct approvals *approvals, struct buf *out) {
  buf_printf(out, "# Agreement between marketing and sales\n\nRules %s\n", rules->hash);
  for (int s = 0; s < AGREEMENT_SECTION_COUNT; s++) {
    buf_add_char(out, '\n');
    agreement_section(rules, (enum agreement_section)s, out);
  }
  add_approvals(rules, approvals, out);
}
