/* agreement_words.h - between the agreement*.c files: conditions and values in words, for people who do not write rules.
 *
 * agreement.c         the document, its digests, who approved it
 * agreement_stages.c  stages, whom not to contact, the questions of qualification
 * agreement_text.c    points, the profile, clocks, promises, the desk
 * agreement_words.c   this
 *
 * What has no words of its own stands as it is written in a rule file, in backticks: nothing is left out.
 */
#ifndef EMBUDO_CORE_AGREEMENT_WORDS_H
#define EMBUDO_CORE_AGREEMENT_WORDS_H

#include "core/desk/agreement.h"

/* A condition as bullets, one a line, indented by so many steps: parts that must all hold below each other, alternatives below "one
 * of". */
void words_cond(const struct ruleset *rules, const struct cond *cond, int depth, struct buf *out);
/* The same as one line without an end. */
void words_inline(const struct ruleset *rules, const struct cond *cond, struct buf *out);

void words_matcher(const struct matcher *matcher, struct buf *out); /* "at least 30", "has the word ceo" */
/* "title has the word ceo", "path is /pricing" */
void words_test(struct str field, const struct matcher *matcher, struct buf *out);
/* A function of a rule file: where it stands, and as of which text of that file. */
void words_function(const struct ruleset *rules, int fn, struct buf *out);
void words_list(const char *const *words, uint32_t count, const char *last,
                struct buf *out); /* "a, b or c" */
void words_stages(const struct lifecycle *lifecycle, uint64_t stages, const char *last, struct buf *out);
void words_signals(const struct ruleset *rules, const struct signal_set *set,
                   struct buf *out);              /* what any of them waits for */
void words_span(int64_t ms, struct buf *out);     /* "30 days", "for ever" for TIME_NEVER */
void words_working(int64_t ms, struct buf *out);  /* hours and minutes: a working day is not a day */
void words_doc(const char *doc, struct buf *out); /* ": doc", nothing for none */
void words_indent(int depth, struct buf *out);

void agreement_stages(const struct ruleset *rules, struct buf *out);
void agreement_questions(const struct ruleset *rules, struct buf *out);

#endif
