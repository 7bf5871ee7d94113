/* Criteria: which answer stands, and what follows from it, at an instant or over a span in which nothing comes. */
#include "model/fold/fold_framework.h"

#include "base/err.h"
#include "model/fold/fold_private.h"
#include <math.h>
#include <stdlib.h>

enum { CAN_NO = 1u << TRUTH_NO, CAN_YES = 1u << TRUTH_YES, CAN_UNKNOWN = 1u << TRUTH_UNKNOWN };

const char *criterion_state_word(enum criterion_state state) {
  static const char *const words[] = {"unknown", "unmet", "met"};
  return words[state];
}

/* --- taking answers ------------------------------------------------------------------------------------------------- */

static void remember(struct fold *fold, struct evidence evidence) {
  if (fold->evidence_count == fold->evidence_cap && fold->evidence_cap < EVIDENCE_KEPT) {
    fold->evidence_cap = fold->evidence_cap ? fold->evidence_cap * 2 : 16;
    if (fold->evidence_cap > EVIDENCE_KEPT) fold->evidence_cap = EVIDENCE_KEPT;
    fold->evidence = xrealloc(fold->evidence, fold->evidence_cap * sizeof *fold->evidence);
  }
  fold->evidence[fold->evidence_count++ % EVIDENCE_KEPT] = evidence;
}

void fold_take_answers(struct fold *fold, const struct touch *touch, struct standing *standing,
                       struct str lead) {
  for (uint32_t i = 0; i < touch->more->answer_count; i++) {
    const struct touch_answer *answer = &touch->more->answers[i];
    remember(fold, (struct evidence){answer, touch->time_ms, lead});
    if (!answer->understood) continue;
    standing[answer->criterion] = (struct standing){answer, touch->time_ms, ++fold->answers};
  }
}

void fold_apply_answers(struct fold *fold, const struct touch *touch) {
  if (touch->more->answer_count == 0) return;
  fold_take_answers(fold, touch, fold->standing, (struct str){NULL, 0});
  fold_changed(fold, READS_EVIDENCE);
}

void fold_clear_answers(struct fold *fold) {
  if (fold->answers) memset(fold->standing, 0, fold->rules->criterion_count * sizeof *fold->standing);
  fold->answers = fold->evidence_count = 0;
}

void fold_release_answers(struct fold *fold) {
  free(fold->standing);
  free(fold->evidence);
}

bool fold_stands(const struct standing *standing) {
  return standing->answer && standing->answer->value.kind != VALUE_MISSING;
}

/* --- what stands ---------------------------------------------------------------------------------------------------- */

/* The newest answer of anybody's that counts for the lead; .answer NULL: none. */
static struct standing newest(const struct fold *fold, int criterion, struct str *lead) {
  const struct framework *framework = &fold->rules->frameworks[fold->rules->criteria[criterion].framework];
  const struct peers_best *best = &fold->best[criterion];
  *lead = (struct str){NULL, 0};
  const struct standing *own = &fold->standing[criterion];
  bool colleagues = framework->of_account && fold_stands(&best->standing);
  if (!colleagues || (fold_stands(own) && best->standing.number <= own->number)) return *own;
  *lead = fold->peers[best->peer].lead;
  return best->standing;
}

/* From when on it no longer stands. */
static int64_t end_of(const struct criterion *criterion, const struct standing *standing) {
  if (!fold_stands(standing)) return TIME_MIN;
  return criterion->expires_ms ? standing->time_ms + criterion->expires_ms : TIME_NEVER;
}

struct outlook { /* what a criterion can be in a span: bits of answers to three questions */
  unsigned met, unmet, known;
};

static unsigned matches(const struct criterion *criterion, struct value v, int64_t from, int64_t to) {
  const struct matcher *met = criterion->met;
  if (met->timed && from != to && matcher_next(met, v, from) <= to) return CAN_NO | CAN_YES;
  return matcher_eval(met, v, from) == TRUTH_YES ? CAN_YES : CAN_NO;
}

static unsigned opposite(unsigned can) {
  return (can & CAN_NO ? CAN_YES : 0) | (can & CAN_YES ? CAN_NO : 0) | (can & CAN_UNKNOWN);
}

static struct outlook outlook(const struct fold *fold, int number, int64_t from, int64_t to) {
  const struct criterion *criterion = &fold->rules->criteria[number];
  struct str lead;
  struct standing standing = newest(fold, number, &lead);
  struct outlook can = {0, 0, 0};
  int64_t end = end_of(criterion, &standing);
  if (from < end) {
    unsigned met = matches(criterion, standing.answer->value, from, to < end ? to : end - 1);
    can = (struct outlook){met, opposite(met), CAN_YES};
  }
  if (to < end) return can;
  unsigned inferred = criterion->inferred
                          ? fold_possible(fold, criterion->inferred, from < end ? end : from, to)
                          : (unsigned)CAN_NO;
  can.met |= inferred;
  can.unmet |= CAN_NO;
  can.known |= inferred;
  return can;
}

void fold_assess(const struct fold *fold, int criterion, struct assessed *out) {
  const struct criterion *declared = &fold->rules->criteria[criterion];
  struct standing standing;
  *out = (struct assessed){.state = CRITERION_UNKNOWN, .expires_ms = TIME_NEVER};
  standing = newest(fold, criterion, &out->evidence.lead);
  out->evidence.answer = standing.answer;
  out->evidence.time_ms = standing.time_ms;
  int64_t end = end_of(declared, &standing);
  if (end > TIME_MIN) out->expires_ms = end;
  out->expired = end > TIME_MIN && end <= fold->now;
  struct outlook can = outlook(fold, criterion, fold->now, fold->now);
  if (can.met == CAN_YES) out->state = CRITERION_MET;
  if (can.unmet == CAN_YES) out->state = CRITERION_UNMET;
  out->inferred = end <= fold->now && out->state == CRITERION_MET;
}

/* Whether answers of that lead count for this one now. */
static bool is_colleague(const struct fold *fold, int criterion, struct str lead) {
  const struct framework *framework = &fold->rules->frameworks[fold->rules->criteria[criterion].framework];
  for (uint32_t i = 0; framework->of_account && i < fold->peer_count; i++)
    if (str_eq(fold->peers[i].lead, lead))
      return fold->account.len && str_eq(fold->peers[i].account, fold->account);
  return false;
}

uint32_t fold_evidence(const struct fold *fold, int criterion, struct evidence *out, uint32_t room) {
  uint32_t count = 0;
  uint32_t kept = fold->evidence_count < EVIDENCE_KEPT ? fold->evidence_count : EVIDENCE_KEPT;
  for (uint32_t i = 1; i <= kept && count < room; i++) {
    const struct evidence *evidence = &fold->evidence[(fold->evidence_count - i) % EVIDENCE_KEPT];
    bool ours = evidence->lead.len == 0 || is_colleague(fold, criterion, evidence->lead);
    if (ours && evidence->answer->criterion == criterion) out[count++] = *evidence;
  }
  return count;
}

/* --- a framework's result --------------------------------------------------------------------------------------------- */

struct tally {                         /* least and most, over a span */
  int64_t met_low, met_high;           /* criteria */
  int64_t total_low, total_high;       /* thousandths of weight */
  int64_t answered_low, answered_high; /* weight */
  unsigned musts;
};

/* What a met criterion adds, in thousandths; a graded one adds by its grade, met or not. */
static void add_total(const struct fold *fold, int number, struct outlook can, int64_t from, int64_t to,
                      struct tally *tally) {
  const struct criterion *criterion = &fold->rules->criteria[number];
  int64_t full = (int64_t)criterion->weight * MILLI, low = can.met == CAN_YES ? full : 0,
          high = can.met & (CAN_YES | CAN_UNKNOWN) ? full : 0;
  struct str lead;
  struct standing standing = newest(fold, number, &lead);
  int64_t end = end_of(criterion, &standing);
  if (criterion->kind == ANSWER_GRADE && from < end) {
    low = high = llround((double)full * standing.answer->value.number / (criterion->choice_count - 1));
    if (to >= end) low = 0;
    if (to >= end && criterion->inferred) high = full;
  }
  tally->total_low += low;
  tally->total_high += high;
}

static unsigned can_and(unsigned a, unsigned b) {
  unsigned both = 0;
  if ((a | b) & CAN_NO) both |= CAN_NO;
  if (a & b & CAN_YES) both |= CAN_YES;
  if ((a & CAN_UNKNOWN && b & ~(unsigned)CAN_NO) || (b & CAN_UNKNOWN && a & ~(unsigned)CAN_NO))
    both |= CAN_UNKNOWN;
  return both;
}

static struct tally count(const struct fold *fold, const struct framework *framework, int64_t from,
                          int64_t to) {
  struct tally tally = {.musts = CAN_YES};
  for (uint32_t i = framework->first; i < framework->first + framework->count; i++) {
    const struct criterion *criterion = &fold->rules->criteria[i];
    struct outlook can = outlook(fold, (int)i, from, to);
    tally.met_low += can.met == CAN_YES;
    tally.met_high += (can.met & (CAN_YES | CAN_UNKNOWN)) != 0;
    tally.answered_low += can.known == CAN_YES ? criterion->weight : 0;
    tally.answered_high += can.known & (CAN_YES | CAN_UNKNOWN) ? criterion->weight : 0;
    add_total(fold, (int)i, can, from, to, &tally);
    if (criterion->must) tally.musts = can_and(tally.musts, can.met);
  }
  return tally;
}

static unsigned at_least_possible(int64_t low, int64_t high, int64_t least) {
  return (low < least ? CAN_NO : 0) | (high >= least ? CAN_YES : 0);
}

static unsigned range_possible(const struct matcher *matcher, int64_t low, int64_t high, double unit) {
  return matcher_range(matcher, (double)low / unit, (double)high / unit);
}

static int percent(int64_t part, int64_t all) {
  return all ? (int)(part * 100 / all) : 100;
}

static unsigned qualified_possible(const struct fold *fold, int number, int64_t from, int64_t to) {
  const struct framework *framework = &fold->rules->frameworks[number];
  struct tally tally = count(fold, framework, from, to);
  int64_t weight = framework_weight(fold->rules, framework);
  unsigned can = can_and(tally.musts, at_least_possible(tally.met_low, tally.met_high, framework->met_least));
  if (framework->total)
    can = can_and(can, range_possible(framework->total, tally.total_low, tally.total_high, MILLI));
  if (framework->answered)
    can = can_and(can, range_possible(framework->answered, percent(tally.answered_low, weight),
                                      percent(tally.answered_high, weight), 1));
  return can;
}

unsigned fold_criteria_possible(const struct fold *fold, const struct cond *cond, int64_t from, int64_t to) {
  const struct framework *framework = &fold->rules->frameworks[cond->framework];
  struct tally tally;
  switch (cond->op) {
  case COND_MET: return outlook(fold, cond->criterion, from, to).met;
  case COND_UNMET: return outlook(fold, cond->criterion, from, to).unmet;
  case COND_QUALIFIED: return qualified_possible(fold, cond->framework, from, to);
  default: break;
  }
  tally = count(fold, framework, from, to);
  if (cond->op == COND_TOTAL) return range_possible(cond->share, tally.total_low, tally.total_high, MILLI);
  int64_t weight = framework_weight(fold->rules, framework);
  return range_possible(cond->share, percent(tally.answered_low, weight),
                        percent(tally.answered_high, weight), 1);
}

void fold_result(const struct fold *fold, int framework, struct result *out) {
  const struct framework *declared = &fold->rules->frameworks[framework];
  struct tally tally = count(fold, declared, fold->now, fold->now);
  unsigned can = qualified_possible(fold, framework, fold->now, fold->now);
  *out = (struct result){
      .qualified = can == CAN_YES  ? TRUTH_YES
                   : can == CAN_NO ? TRUTH_NO
                                   : TRUTH_UNKNOWN,
      .answered = percent(tally.answered_low, framework_weight(fold->rules, declared)),
      .total = tally.total_low,
  };
  for (uint32_t i = declared->first; i < declared->first + declared->count; i++) {
    struct assessed assessed;
    fold_assess(fold, (int)i, &assessed);
    out->met += assessed.state == CRITERION_MET;
    out->unmet += assessed.state == CRITERION_UNMET;
    out->unknown += assessed.state == CRITERION_UNKNOWN;
  }
}

/* --- the next question ---------------------------------------------------------------------------------------------------- */

struct open_criterion {
  int number;
  bool answered, must;
  uint32_t weight;
};

static int by_urgency(const void *a, const void *b) {
  const struct open_criterion *x = a, *y = b;
  if (x->answered != y->answered) return x->answered ? 1 : -1;
  if (x->must != y->must) return x->must ? -1 : 1;
  if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
  return x->number - y->number;
}

uint32_t fold_open_criteria(const struct fold *fold, int framework, int order[FRAMEWORK_CRITERIA_MAX]) {
  const struct framework *f = &fold->rules->frameworks[framework];
  struct open_criterion open[FRAMEWORK_CRITERIA_MAX];
  uint32_t count = 0;
  for (uint32_t i = f->first; i < f->first + f->count; i++) {
    const struct criterion *criterion = &fold->rules->criteria[i];
    struct assessed assessed;
    fold_assess(fold, (int)i, &assessed);
    if (assessed.state == CRITERION_MET) continue;
    /* A grade can be bettered, so asking again makes sense; a plain no has been said. */
    bool answered = assessed.state == CRITERION_UNMET && criterion->kind != ANSWER_GRADE;
    open[count++] = (struct open_criterion){(int)i, answered, criterion->must, criterion->weight};
  }
  if (count) qsort(open, count, sizeof *open, by_urgency);
  for (uint32_t i = 0; i < count; i++) order[i] = open[i].number;
  return count;
}
