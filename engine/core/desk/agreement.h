/* agreement.h - what marketing and sales have agreed on, as a document: the running definitions, in sections, and who approved them.
 *
 * The document is Markdown, made from a ruleset alone: the same rules give the same bytes, and lines change where definitions do. Each
 * section has a digest. An approval names the ruleset and the sections' digests it was given for; when a section says something
 * else since, the approval is stale, and which sections they are is known. A change of rules that changes no section leaves it.
 * Pure.
 */
#ifndef EMBUDO_CORE_AGREEMENT_H
#define EMBUDO_CORE_AGREEMENT_H

#include "base/json.h"
#include "model/ruleset/ruleset.h"

#define AGREEMENT_SECTIONS(X)                                                                                \
  X(AGREEMENT_STAGES, "stages", "Stages")                                                                    \
  X(AGREEMENT_QUESTIONS, "questions", "What we ask")                                                         \
  X(AGREEMENT_POINTS, "points", "Points")                                                                    \
  X(AGREEMENT_PROFILE, "profile", "What we want to know")                                                    \
  X(AGREEMENT_CLOCKS, "clocks", "How soon")                                                                  \
  X(AGREEMENT_PROMISES, "promises", "What marketing brings")                                                 \
  X(AGREEMENT_DESK, "desk", "Who gets a lead, and what comes first")

enum agreement_section {
#define X(code, word, title) code,
  AGREEMENT_SECTIONS(X)
#undef X
      AGREEMENT_SECTION_COUNT
};

/* The section's text, with its heading. */
void agreement_section(const struct ruleset *rules, enum agreement_section section, struct buf *out);

enum { AGREEMENT_ROLES_MAX = 16, AGREEMENT_NAME_MAX = 128 };

struct approval { /* the latest of a role */
  char role[AGREEMENT_NAME_MAX], by[AGREEMENT_NAME_MAX], ruleset[65];
  int64_t at_ms;
  uint64_t digests[AGREEMENT_SECTION_COUNT];
};

struct approvals {
  struct approval items[AGREEMENT_ROLES_MAX];
  uint32_t count;
};

/* The record (JOURNAL_AGREEMENT): {"role":"marketing","by":"maria","at":"..","ruleset":"..","sections":{"stages":"0f..",..}} */
void agreement_record(const struct ruleset *rules, struct str role, struct str by, int64_t now_ms,
                      struct buf *out);
int agreement_take(struct approvals *approvals, struct json_ref root, struct err *err);

/* Bits 1 << section of what says something else since; 0: it stands. */
unsigned agreement_changed(const struct ruleset *rules, const struct approval *approval);

/* The whole document, with its approvals (NULL: none are known). */
void agreement_document(const struct ruleset *rules, const struct approvals *approvals, struct buf *out);

/* "approvals": [{"role","by","at","ruleset","stands","changed":["clocks"]}], into an open object. */
void agreement_json(const struct ruleset *rules, const struct approvals *approvals, struct json_writer *w);

#endif
