/* framework.h - qualification frameworks such as BANT and MEDDIC, compiled: criteria, what answers them, what is enough.
 *
 * A criterion is a question with a kind of answer. What people say to it is evidence: an answer of somebody's, with a source
 * and a confidence, that may expire. The newest answer stands; when it has expired, or was taken back, or nobody ever gave one, a
 * condition on the lead may stand in for it (`inferred`). So a criterion is met, unmet, or unknown, at every instant.
 *
 * All criteria of a ruleset lie in one array (ruleset.criteria), a framework's next to each other. Immutable.
 */
#ifndef EMBUDO_MODEL_FRAMEWORK_H
#define EMBUDO_MODEL_FRAMEWORK_H

#include "base/err.h"
#include "model/ruleset/ruleset.h"

enum {
  FRAMEWORK_CRITERIA_MAX = 32,
  FRAMEWORK_WEIGHT_MAX = 1000,
  FRAMEWORK_CHOICES_MAX = 64,
  ANSWER_TEXT_MAX = 4000, /* bytes of a text that is an answer, or a note beside one */
  ANSWER_CERTAIN = 1000   /* a confidence of 1, in thousandths */
};

enum answer_kind {
  ANSWER_TEXT,
  ANSWER_NUMBER,
  ANSWER_MONEY,
  ANSWER_CHOICE,
  ANSWER_DATE,
  ANSWER_YES_NO,
  ANSWER_GRADE,
  ANSWER_KINDS
};
const char *answer_kind_word(enum answer_kind kind); /* "text", "number" ... */
bool answer_kind_parse(struct str word, enum answer_kind *kind);

struct criterion {
  const char *id, *doc, *ask;
  struct place place;
  int framework;
  enum answer_kind kind;
  /* choice: what may be answered; grade: the names of 0, 1 .. count - 1 */
  const char *const *choices;
  uint32_t choice_count;
  const char *currency; /* money: "EUR"; "" when not said */
  const struct matcher *met;
  const struct cond *inferred; /* NULL: none */
  int64_t expires_ms;          /* how long an answer stands; 0: for ever */
  uint32_t weight;
  bool must;
  /* Events that answer it by themselves, and the field of theirs that says what. */
  struct signal_set from;
  struct field field;
};

struct framework {
  const char *id, *doc;
  struct place place;
  bool of_account; /* answers of any of the account's people count for all of them */
  uint32_t first, count;
  uint32_t met_least;             /* so many criteria must be met; 0: any number */
  const struct matcher *total;    /* NULL: any */
  const struct matcher *answered; /* NULL: any; in percent */
  unsigned reads;                 /* of all its criteria together */
};

/* What an event said to a criterion. */
struct touch_answer {
  uint16_t criterion;
  uint16_t confidence; /* in thousandths */
  bool understood;     /* it is of the criterion's kind; another one is kept to be shown */
  struct value value;  /* as answer_read makes it; missing: what was said is taken back */
  struct str by, role; /* the actor; empty: nobody, an event said so */
  struct str source, note;
};

/* What somebody wrote as an answer, in the criterion's kind: texts trimmed, choices as declared, grades and money as numbers,
 * yes and no as booleans. Null, or nothing: VALUE_NONE, an answer is taken back. -1: *err says what is expected. Strings borrow from
 * `raw` or the criterion. */
int answer_read(const struct criterion *criterion, struct value raw, struct value *out, struct err *err);

int ruleset_framework(const struct ruleset *rules, struct str id); /* NONE */
/* A criterion by its framework's number and its name. NONE: there is none. */
int ruleset_criterion(const struct ruleset *rules, int framework, struct str id);
uint32_t framework_weight(const struct ruleset *rules,
                          const struct framework *framework); /* of all criteria */

#endif
