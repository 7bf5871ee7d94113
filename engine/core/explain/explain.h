/* explain.h - why a lead stands where it stands, as data: the parts of every score, the conditions of every way out
 * of its stage, what is nearest to changing it. Text (explain_text) and JSON (explain_json) only print this.
 *
 * Made from a fold at its present instant; everything lives in the caller's arena and borrows from the fold and its
 * ruleset. The parts of a dimension add up to its score exactly: that is asserted when an explanation is made.
 */
#ifndef EMBUDO_CORE_EXPLAIN_H
#define EMBUDO_CORE_EXPLAIN_H

#include "base/json.h"
#include "model/fold/fold.h"

enum told_form { TOLD_LEAF, TOLD_ALL, TOLD_ANY, TOLD_NOT };

struct told { /* a condition with its answer */
  enum told_form form;
  enum truth truth;
  const char *text; /* leaf: as written, `score { fit = at_least(30) }` */
  const char
      *actual; /* leaf: what is there and what is missing, "fit is 20: 10 more"; "" when the text says all */
  int64_t
      changes_ms; /* leaf: when time alone changes its answer; TIME_NEVER: not within EXPLAIN_HORIZON_MS */
  const struct told *kids; /* a leaf with kids: a name, and what it stands for */
  uint32_t count;
};

#define EXPLAIN_HORIZON_MS (366 * TIME_MS_PER_DAY)

struct explained_dimension {
  int dimension;
  struct fold_parts parts;
  int64_t clamp_cut; /* score - unclamped */
  const char *band;  /* "" without bands */
};

struct explained_gate {
  const struct gate *gate;
  struct told need;
};

struct explained_move {
  int lifecycle;
  const struct move *move;
  const struct contact_block
      *contact;          /* the lead must not be contacted, and would be shown to sales; NULL: it may be */
  struct told contacted; /* then: what says so */
  struct told when;      /* automatic moves */
  struct told need;      /* moves that people make and that have a policy */
  struct explained_gate *gates; /* those of its target */
  uint32_t gate_count;
  int64_t waits_until_ms; /* `again`: not before this instant; TIME_MIN: no wait */
  int64_t due_ms;         /* time alone fires it then; TIME_NEVER: not within the horizon */
};

struct explained_field {
  const struct profile_field *field;
  bool present, valid;
};

struct explanation {
  const struct fold *fold;
  struct explained_dimension *dimensions;
  uint32_t dimension_count;
  struct explained_move *moves; /* out of the present stage of every lifecycle that the lead is in */
  uint32_t move_count;
  struct explained_field *fields; /* of the profile, in order */
  uint32_t field_count;
  const struct whatif *whatif; /* set by the caller; NULL: not looked for, null in JSON */
};

void explain_make(const struct fold *fold, struct arena *arena, struct explanation *out);

void explain_text(const struct explanation *explanation, struct buf *out);
void explain_json(const struct explanation *explanation, struct json_writer *writer);

/* One condition, told: what `told` holds for a leaf is useful to others too. */
struct told tell_cond(const struct fold *fold, const struct cond *cond, struct arena *arena);

/* ... as lines, each part below what it is part of. */
void explain_told_text(const struct told *told, struct buf *out);

/* Milli-points for people: 37418 as "37.418", 40000 as "40"; signed: with a plus. */
const char *points_text(int64_t milli, bool sign, char out[32]);

#endif
