/* ruleset.h - everything a rules directory says, compiled: plain data that the engine folds events through.
 *
 * Filled by the notation floor, immutable afterwards, owned whole by one arena. Nothing here knows Lua: a function
 * written in a rule file is an index into the generation's function table (`int fn`, FN_NONE when there is none), and
 * the fold calls it through struct fold_calls. Everything that is named is numbered: dimensions, groups, rules,
 * signals, counters ... refer to each other by index.
 *
 * Points are milli-points (int64_t), spans milliseconds, instants UTC milliseconds.
 */
#ifndef EMBUDO_MODEL_RULESET_H
#define EMBUDO_MODEL_RULESET_H

#include "base/arena.h"
#include "model/enricher.h"
#include "model/event.h"
#include "model/handoff.h"
#include "model/matcher.h"

enum {
  RULESET_MAX_DIMENSIONS = 32,
  RULESET_MAX_BANDS = 16,
  RULESET_MAX_STAGES = 64, /* a lifecycle's stages are a bit mask */
  RULESET_MAX_LIFECYCLES = 8,
  RULESET_ACCOUNT_DOMAINS = 8, /* traits of accounts that hold their domains */
  RULESET_MAX_FRAMEWORKS = 32,
  RULESET_MAX_SEGMENTS = 64, /* a lead's segments are a bit mask */
  RULESET_MAX_RULES = 10000,
  RULESET_MAX_SIGNALS = 32000,
  /* counted times kept by a limit, window, linear or step decay; older ones do not count */
  KEEP_NEWEST = 256,
  FN_NONE = -1,
  NONE = -1 /* an absent index */
};

#define MILLI INT64_C(1000)

/* --- events -> signals -------------------------------------------------------------------------------------------- */

enum field_root { FIELD_PROPERTIES, FIELD_CONTEXT, FIELD_TRAITS, FIELD_ITSELF };

struct field { /* one field of an event */
  enum field_root root;
  bool or_page;       /* page events: also context.page.<path> when the properties lack it */
  struct str path;    /* dots walk objects */
  struct str written; /* as in the rule file, for explanations */
};

struct field_test {
  struct field field;
  const struct matcher *matcher;
};

/* One event pattern: a type, a name, tests on fields. All must hold. */
struct atom {
  uint8_t types;                      /* bits 1 << enum event_type */
  struct str name;                    /* exact name; .p NULL: see name_matcher */
  const struct matcher *name_matcher; /* NULL (with .name.p NULL): any name */
  const struct field_test *tests;
  uint32_t test_count;
  uint32_t signal; /* which signal it raises */
  struct place place;
};

/* A signal is what rules wait for. EVENT and VISIT are raised by events, ENTERED and SEQUENCE by the fold. WARNED and BREACHED are
 * of clocks, which follow from decisions: only effects wait for them. */
enum signal_kind {
  SIGNAL_EVENT,
  SIGNAL_VISIT,
  SIGNAL_ENTERED,
  SIGNAL_SEQUENCE,
  SIGNAL_WARNED,
  SIGNAL_BREACHED
};

struct signal {
  enum signal_kind kind;
  bool captures;        /* EVENT: takes a field's value along as a 64-bit hash (`distinct`, `same`) */
  struct field capture; /* valid when captures */
  int64_t gap_ms;       /* VISIT: a page or screen after that much silence of pages and screens */
  uint64_t stages;      /* ENTERED: mask over lifecycle's stages */
  int lifecycle;        /* ENTERED */
  int sequence;         /* SEQUENCE */
  uint64_t slas;        /* WARNED, BREACHED: mask over the clocks' slas */
  bool keep_raw;      /* EVENT, VISIT: some function that runs in the fold may ask for this event's fields */
  struct str written; /* `page { path = glob "/pricing*" }`, for explanations */
};

/* What raises it is recorded by itself, as a decision or of a clock; the others follow from events alone. */
static inline bool signal_is_recorded(const struct signal *signal) {
  return signal->kind == SIGNAL_ENTERED || signal->kind == SIGNAL_WARNED || signal->kind == SIGNAL_BREACHED;
}

/* Several signals of which any will do: what `a | b` compiles to when one signal cannot hold it. */
struct signal_set {
  const uint16_t *ids; /* rising */
  uint32_t count;
};

struct sequence_step {
  struct signal_set on;
  /* `no(...)` between this step and the next (after the last: until the deadline) */
  struct signal_set unless;
};

/* Steps in order of event time; see semantics 10. With `unless` on the last step it fires at start + within. */
struct sequence {
  const struct sequence_step *steps; /* times(n, s) is written out n times */
  uint32_t step_count;
  int64_t within_ms; /* 0: no bound (then the last step has no `unless`) */
  bool same;         /* partitioned by the signals' captured field */
  int signal;        /* what it raises */
};

/* How often a signal was seen: the state behind `seen` and lead.count. */
struct counter {
  struct signal_set on;
  uint32_t times;    /* seen: how many are needed; lead.count: KEEP_NEWEST */
  int64_t within_ms; /* 0: ever */
  bool distinct;     /* counts different captured values */
  bool since_cycle;  /* only events of the lead's present cycle */
  bool since_stage;  /* only events since it entered its present stage of `lifecycle` */
  int lifecycle;
  struct str written; /* for explanations */
};

/* --- conditions about a lead -------------------------------------------------------------------------------------- */

enum cond_op {
  COND_TRAIT,        /* .traits: all must match */
  COND_ACCOUNT,      /* .traits: of the lead's account */
  COND_SCORE,        /* .numbers: dimension's clamped score in points */
  COND_GRADE,        /* .cells: names such as "A1" */
  COND_STAGE,        /* .stage */
  COND_SEEN,         /* .counter */
  COND_KNOWN,        /* .traits: paths that must be present and valid */
  COND_COMPLETENESS, /* .number.matcher: percent */
  COND_VELOCITY,     /* .number: unclamped score(t) - score(t - days) */
  COND_IDLE,         /* .span_ms without activity */
  COND_IN_STAGE_FOR, /* .stage.span_ms in the present stage */
  COND_INTEREST,     /* .numbers: index = topic */
  COND_FUNCTION,     /* .fn */
  COND_QUALIFIED,    /* .framework */
  COND_MET,          /* .criterion: it is met ... */
  COND_UNMET,        /* ... it is answered, and not met */
  COND_ANSWERED,     /* .framework, .share: percent of the weight that is not unknown */
  COND_TOTAL,        /* .framework, .share: weight of what is met */
  COND_CYCLE,        /* .number.matcher: which cycle it is in, from 1 */
  COND_VERDICT,      /* .verdict_of, .codes: its reason, none: any; .lapsed */
  COND_SEGMENT,      /* .segment, .kids: its condition; from here on conditions have kids */
  COND_AND,          /* .kids */
  COND_OR,
  COND_NOT
};

/* What a condition reads, so that it is evaluated again only when one of these changed. */
enum {
  READS_EVENT = 1, /* the current event (a behaviour rule's function) */
  READS_TRAITS = 2,
  READS_COUNTERS = 4,
  READS_SCORES = 8, /* also velocity, grade and interest: these change with time as well */
  READS_STAGE = 16,
  READS_ACTIVITY = 32,
  READS_TIME = 64,     /* changes with time alone */
  READS_ACCOUNT = 128, /* what is known of the lead's account, whoever said it */
  READS_EVIDENCE = 256 /* answers to criteria */
};

struct trait_test {
  struct str path; /* snake_case, dots walk objects */
  const struct matcher *matcher;
};

struct number_test {
  int index; /* of the dimension or topic */
  int days;  /* velocity's span */
  const struct matcher *matcher;
};

struct cond {
  enum cond_op op;
  unsigned reads;
  struct place place;
  uint32_t len; /* of traits, numbers, cells, kids */
  union {
    const struct trait_test *traits;
    const struct number_test *numbers;
    struct number_test number;
    const struct str *cells;
    struct {
      int lifecycle;
      uint64_t stages;
      int64_t stage_span_ms;
    };
    struct {
      const struct str *codes; /* `len` of them */
      int verdict_of;          /* lifecycle */
      bool lapsed;
    };
    int counter;
    int64_t span_ms;
    int fn;
    struct {
      int framework, criterion;
      const struct matcher *share;
    };
    struct {
      const struct cond *const *kids;
      int segment;
    };
  };
};

static inline bool cond_has_kids(const struct cond *cond) {
  return cond->op >= COND_SEGMENT;
}

/* --- rules -------------------------------------------------------------------------------------------------------- */

enum decay_kind { DECAY_NONE, DECAY_HALF_LIFE, DECAY_LINEAR, DECAY_STEP };

struct decay_step {
  int64_t age_ms;      /* from exactly this age on ... */
  int64_t per_million; /* ... an addition counts this many millionths; falling */
};

struct decay {
  enum decay_kind kind;
  int64_t span_ms;                /* half-life; linear: from full to nothing */
  const struct decay_step *steps; /* by rising age */
  uint32_t step_count;
};

struct limit { /* which firings count; times 0: all */
  uint32_t times;
  int64_t per_ms; /* a firing counts if fewer than `times` counted ones lie in (t - per, t]; 0: for ever */
};

/* A slot is one rule's account in one dimension. A rule whose points are a function has a slot in every dimension. */
struct slot {
  int rule;
  int dimension;
  int64_t points; /* constant milli-points; unused when the rule has points_fn */
};

struct table_row { /* of a `first` table */
  const struct matcher *matcher;
  int64_t points;
};

enum rule_kind { RULE_BEHAVIOUR, RULE_PROFILE };

struct rule {
  const char *id;
  const char *doc; /* "" when not given */
  struct place place;
  enum rule_kind kind;
  int group; /* NONE: no group */
  int first_slot, slot_count;
  struct signal_set on;            /* behaviour */
  const struct cond *when;         /* NULL: always */
  const struct cond *counts_while; /* NULL: always */
  int points_fn;                   /* FN_NONE: constant */
  bool points_need_lead;           /* has `when` beside `on`: the function runs in the fold, not at ingest */
  struct str field;                /* `first` tables: trait path; .p NULL otherwise */
  const struct table_row *rows;    /* its rows; the slot's points are then the row's */
  uint32_t row_count;
  struct limit limit;
  struct decay decay;
  int64_t cap; /* bound on the absolute decayed sum, per slot; 0: none */
  const uint16_t *topics;
  uint32_t topic_count;
};

struct reset {
  const char *id, *doc;
  struct place place;
  struct signal_set on;    /* either this ... */
  const struct cond *when; /* ... or this: at the instant it becomes true */
  uint32_t dimensions;     /* mask */
  int64_t keep_per_million;
};

struct ignore {
  const char *id, *doc;
  struct place place;
  struct signal_set on;    /* such events are journaled and otherwise nothing */
  const struct cond *when; /* such leads have no score, stage, list */
};

struct band {
  const char *name; /* "A" */
  int64_t from;     /* milli-points, falling along the array */
};

struct dimension {
  const char *name;
  struct place place;
  int64_t min, max; /* clamp; INT64_MIN / INT64_MAX: none */
  struct band bands[RULESET_MAX_BANDS];
  uint32_t band_count;
  bool velocity; /* some condition or function asks for its velocity */
};

struct group {
  const char *name;
  struct place place;
  int dimension;
  int64_t min, max; /* what its rules may hold together in its dimension; INT64_MIN / INT64_MAX: none */
};

struct profile_field {
  struct str path;
  const struct matcher *valid; /* NULL: present is enough */
  uint32_t weight;             /* required fields weigh PROFILE_REQUIRED_WEIGHT */
  bool required;
};
enum { PROFILE_REQUIRED_WEIGHT = 5 };

/* A named condition: who is in it is asked again and again, and shown. */
struct segment {
  const char *id, *doc;
  struct place place;
  const struct cond *when;
};

/* --- lifecycle ---------------------------------------------------------------------------------------------------- */

struct ask {                     /* a field that an act must bring along */
  struct str field;              /* `a|b`: either of them is enough */
  const struct matcher *matcher; /* what its value must be */
};

struct asks {
  const struct ask *items;
  uint32_t count;
};

struct texts {
  const struct str *items;
  uint32_t count;
};

/* Something that people do about a lead. Whether it moves the lead, and what it asks for then, is said by moves. */
struct act_kind {
  const char *name, *doc;
  struct place place;
  const char *const *by; /* roles that may do it where it moves nothing */
  uint32_t by_count;
  struct asks asks;
  struct
      texts private; /* fields that are kept apart: nobody but the one who asks for all of a person's data sees them */
  struct texts sets; /* fields that become traits of the lead */
  bool alone;        /* it may be done without moving the lead */
};

struct contact_block { /* why somebody must not be contacted */
  const char *id;
  struct place place;
  const struct cond *when;
};

struct gate {
  const char *id, *doc;
  struct place place;
  uint64_t into; /* mask of stages */
  const struct cond *need;
};

struct verdict_reason { /* a human move's coded reason */
  const char *code;
  int64_t stands_ms;       /* how long the verdict stands; TIME_NEVER: for ever; 0: not at all */
  const char *alternative; /* what to offer instead; "": nothing */
};

struct move {
  const char *doc;
  struct place place;
  int lifecycle;
  uint64_t from; /* mask of stages */
  int to;
  const struct cond *when; /* automatic; NULL: only people fire it */
  const char *const *by;   /* roles that may fire it */
  uint32_t by_count;
  const struct verdict_reason *reasons;
  uint32_t reason_count;
  int64_t again_ms;        /* wait before the same move may fire again; 0: none */
  int act;                 /* the act by which people make it; NONE: "move" */
  const struct cond *need; /* what must hold when people make it; NULL: nothing */
  struct asks asks;        /* what the act must bring along, beside what the act asks anyway */
  struct texts learns;     /* of these fields the act must bring one that is new */
  bool claim;              /* without marketing's word: counted apart */
  uint32_t resets;         /* mask of dimensions that begin anew */
};

struct lifecycle {
  const char *name;
  struct place place;
  const char *stages[RULESET_MAX_STAGES];
  uint32_t stage_count;
  int start;
  uint64_t final;    /* mask: `any` as a from-stage excludes these */
  uint64_t sales;    /* mask: stages in which the lead is sales'; entering one from elsewhere is a hand-off */
  uint64_t endorsed; /* mask: stages that are marketing's word */
  uint64_t outside;  /* mask: stages that count in no figure of the funnel */
  const struct cond *who; /* NULL: everybody */
  const struct move *moves;
  uint32_t move_count;
  const struct gate *gates;
  uint32_t gate_count;
};

/* --- the whole ------------------------------------------------------------------------------------------------------ */

struct fn_info {     /* a function written in a rule file */
  const char *owner; /* "rule trial_seats" */
  struct place place;
  uint64_t file_hash;    /* of the file it stands in */
  uint64_t fingerprint;  /* of what it does: vm/fingerprint.h */
  bool may_ask_velocity; /* the word stands in its file: days' closings must be kept */
  bool may_ask_account;  /* `account_traits` does: leads must hear of their account's */
};

struct loose_counter { /* a selector declared outside rules, for lead.count */
  int64_t serial;      /* the selector's number in its Lua state */
  int counter;
};

struct framework;
struct criterion;
struct atom_index; /* (type, name) -> atoms; built by atoms_build (model/atoms.h) */

struct ruleset {
  struct arena arena;
  char hash[65]; /* SHA-256 over paths and bytes of all files, hex */

  struct dimension *dimensions;
  uint32_t dimension_count;
  struct group *groups;
  uint32_t group_count;
  int grade_rows, grade_columns; /* dimensions of the grade; NONE: no grade */
  const char **topics;
  uint32_t topic_count;

  struct atom *atoms;
  uint32_t atom_count;
  struct atom_index *atom_index;
  struct signal *signals;
  uint32_t signal_count;
  struct sequence *sequences;
  uint32_t sequence_count;
  struct counter *counters;
  uint32_t counter_count;

  struct rule *rules; /* profile rules come after behaviour rules, in dependency order of their dimensions */
  uint32_t rule_count;
  uint32_t behaviour_count; /* rules[0 .. behaviour_count) have `on` */
  struct slot *slots;
  uint32_t slot_count;
  struct reset *resets;
  uint32_t reset_count;
  struct ignore *ignores;
  uint32_t ignore_count;
  /* The traits of accounts that anything asks for: a change of one is told to the account's leads. */
  struct str *account_keys; /* top-level names */
  uint32_t account_key_count;
  bool account_all; /* any trait: a function may ask */

  /* Whose company a lead is of, where no event names it: the one that claims its address's domain. */
  struct str
      *account_domains; /* traits of accounts that hold their domains; none: leads are not matched so */
  uint32_t account_domain_count;
  const struct matcher *account_never; /* domains that are nobody's; NULL: none */
  const struct cond *account_existing; /* holds for whoever is no new business; NULL: everybody is */
  struct str account_owner;            /* the trait of accounts that says whose they are; empty: none does */

  struct framework *frameworks; /* model/framework.h */
  uint32_t framework_count;
  struct criterion *criteria; /* of all frameworks */
  uint32_t criterion_count;
  bool account_answers; /* some framework is of accounts */

  struct segment *segments; /* by name */
  uint32_t segment_count;
  struct signal_set activity; /* what breaks a silence; count 0: every event */
  struct signal_set content;  /* what was looked at; count 0: pages and screens */

  struct profile_field *profile;
  uint32_t profile_count;
  struct lifecycle *lifecycles; /* [0] is what `stage` means outside a lifecycle */
  uint32_t lifecycle_count;
  struct act_kind *acts;
  uint32_t act_count;
  struct contact_block *contact; /* whoever one of these holds for is not handed to anybody */
  uint32_t contact_count;

  struct renderer *renderers; /* handoff.h */
  uint32_t renderer_count;
  struct destination *destinations;
  uint32_t destination_count;
  struct effect *effects;
  uint32_t effect_count;
  struct inbound *inbounds;
  uint32_t inbound_count;
  struct calendar *calendars; /* model/calendar.h */
  uint32_t calendar_count;
  struct sla *slas; /* this and what follows: model/desk.h */
  uint32_t sla_count;
  struct promise *promises;
  uint32_t promise_count;
  struct assignment *assignments;
  uint32_t assignment_count;
  struct worklist *worklists;
  uint32_t worklist_count;

  struct enricher *enrichers; /* by name */
  uint32_t enricher_count;
  struct str *sources; /* whose word counts more, first; "person", "enricher", names of sources */
  uint32_t source_count;

  bool merge_by_email;            /* identity { email = "merge" } */
  const struct matcher *never_id; /* e-mails that identify nobody; NULL: none */

  struct fn_info *functions;
  uint32_t function_count;
  struct loose_counter *loose_counters;
  uint32_t loose_counter_count;
  struct list **lists; /* owned */
  uint32_t list_count;
  struct zone **zones; /* owned */
  uint32_t zone_count;
  struct regex **regexes; /* owned */
  uint32_t regex_count;
};

struct ruleset *ruleset_new(void);
void ruleset_free(struct ruleset *rules); /* NULL is fine */

int ruleset_dimension(const struct ruleset *rules, struct str name); /* NONE when there is none */
int ruleset_rule(const struct ruleset *rules, struct str id);
int ruleset_segment(const struct ruleset *rules, struct str id);
int ruleset_destination(const struct ruleset *rules, struct str name);
int ruleset_lifecycle(const struct ruleset *rules, struct str name);
bool ruleset_asks_account(const struct ruleset *rules, struct str key); /* see account_keys */
int ruleset_act(const struct ruleset *rules, struct str name);
bool lifecycle_hands_off(const struct lifecycle *lifecycle, int from, int to); /* to sales */
int lifecycle_stage(const struct lifecycle *lifecycle, struct str name);

#endif
