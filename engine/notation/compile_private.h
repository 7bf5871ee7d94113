/* compile_private.h - what the compiler's files share: one compilation under way, and the readers of its parts.
 *
 * Readers take nodes and give compiled parts, which live in the ruleset's arena. A reader that cannot give its part
 * has added at least one error: callers go on with the next thing, so that one pass finds every problem; a declaration
 * with an error in it is then left out. Scratch memory dies with the compilation.
 */
#ifndef EMBUDO_NOTATION_COMPILE_PRIVATE_H
#define EMBUDO_NOTATION_COMPILE_PRIVATE_H

#include "base/buf.h"
#include "base/map.h"
#include "notation/compile.h"

enum {
  NODE_DEPTH_MAX = 200,            /* nesting of tables and calls in one declaration */
  NAME_BYTES_MAX = 128,            /* ids and names */
  SELECTOR_ALTERNATIVES_MAX = 256, /* `a | b | ..` */
  SEQUENCE_STEPS_MAX = 64,
  DECAY_STEPS_MAX = 32,
  VELOCITY_DAYS_MAX = 30,
  PROFILE_WEIGHT_MAX = 100,
  PROFILE_FIELDS_MAX = 256,
  TOPICS_MAX = 4096,
  LIMIT_TIMES_MAX = 1000000 /* without `per`; with it KEEP_NEWEST */
};

/* --- names that are declared ------------------------------------------------------------------------------------------ */

struct names {      /* of one kind, numbered in order of declaration */
  const char *kind; /* "rule" */
  struct map map;
  const char **words; /* NULL-ended, for hints */
  struct place *places;
  uint32_t count;
};

struct draft { /* a rule before rules are put in order */
  struct rule rule;
  struct slot *slots; /* constant points; none when the points are a function */
  uint32_t slot_count;
  uint32_t order; /* how deep in the chain of dimensions it stands */
};

/* Declarations that conditions name, and that hold conditions themselves, are read when they are first asked for. */
enum read_state { READING_NOT_YET, READING_NOW, READING_DONE };

struct lazy {
  const struct declaration *declaration;
  enum read_state state;
  int asked_by; /* the segment whose condition asked for it; NONE: something else */
};

struct compile {
  const struct declarations *in;
  const struct list_source *list_sources;
  size_t list_source_count;
  struct problems *problems;
  struct ruleset *out;
  struct arena *arena; /* the ruleset's */
  struct arena scratch;

  struct names acts, dimensions, groups, rules, resets, ignores, segments, lifecycles, topics, list_files,
      cells;
  struct names destinations, renderers, effects, receivers;
  struct names calendars, slas, assignments, worklists;
  struct names enrichers;
  struct names frameworks;
  struct names *criteria; /* per framework */
  struct names *stages;   /* per lifecycle */
  struct map files;       /* place.file -> index in file_names */
  const char **file_names;
  struct map signal_keys; /* canonical text of a signal -> its number */
  struct list **lists;    /* per list_source: parsed once a rule names it */
  bool *lists_bad;        /* its problem is told already */

  struct lazy *segment_state;   /* per segment */
  struct lazy *framework_state; /* per framework */
  int reading_segment;          /* whose condition is being read; NONE: none */

  bool *skipped; /* declarations that are nested too deep to be read */

  struct draft *drafts;
  uint32_t draft_count;
};

#define FAULT(c, code, place, hint, ...)                                                                     \
  problem_add((c)->problems, SEVERITY_ERROR, code, place, hint, __VA_ARGS__)
#define WARN(c, code, place, hint, ...)                                                                      \
  problem_add((c)->problems, SEVERITY_WARNING, code, place, hint, __VA_ARGS__)

void names_init(struct names *names, const char *kind);
void names_release(struct names *names);
int names_find(const struct names *names, struct str name); /* NONE: not declared */

/* Declares a name: its number, or NONE after an error that names both places. */
int names_declare(struct compile *c, struct names *names, struct str name, struct place place);
int names_add(struct compile *c, struct names *names, struct str name,
              struct place place); /* quiet: found or added */

/* The number of a name that must be declared, else NONE and an error with the nearest spelling. */
int names_need(struct compile *c, const struct names *names, struct str name, struct place place);

/* --- small values (read_value.c) -------------------------------------------------------------------------------------- */

struct place read_place(struct compile *c, struct place place); /* with its file's name in the ruleset */
const char *read_keep(struct compile *c, struct str text);      /* a copy in the ruleset */
const char *read_described(struct compile *c, const struct node *node); /* scratch: for messages */
struct str read_written(struct compile *c, const struct node *node);    /* ruleset: for explanations */

/* Room for one more element behind `count`: arrays double at powers of two and stay in their arena. */
void *read_grow(struct arena *arena, void *items, uint32_t count, size_t size);

const char *read_what(struct compile *c, const char *field,
                      const char *what); /* "`limit` of rule 'x'", scratch */
const char *read_inside(struct compile *c, const char *word,
                        const char *what);                                /* "seen in `when` of rule 'x'" */
const struct node *read_field(const struct node *table, const char *key); /* NULL when absent */

/* True when `table` has a field that is nearly `field`: it is an error already, and "missing" would say it twice. */
bool read_misspelled(const struct node *table, const char *field);

/* False with an error unless `node` is a table. Pairs not among `fields` and, unless `items` are wanted, values
 * without a name are errors that do not make it false. `what` names the thing in messages: "rule 'x'". */
bool read_table(struct compile *c, const struct node *node, const char *const *fields, bool items,
                const char *what);

bool read_text(struct compile *c, const struct node *node, const char *what, struct str *out);
bool read_number(struct compile *c, const struct node *node, const char *what, double *out);
bool read_points(struct compile *c, const struct node *node, const char *what, int64_t *milli);
bool read_count(struct compile *c, const struct node *node, const char *what, uint32_t max, uint32_t *out);
bool read_switch(struct compile *c, const struct node *node, const char *what, bool *out);
bool read_span(struct compile *c, const struct node *node, const char *what, int64_t *ms);

enum { RATE_MAX = 1000000 };

/* "5/s", "1/h": so many, 1 to RATE_MAX, within a second, minute, hour or day. */
bool read_rate(struct compile *c, const struct node *node, const char *what, uint32_t *count,
               int64_t *per_ms);

/* One text, or a list of at least one: the texts in scratch memory, or false. */
bool read_texts(struct compile *c, const struct node *node, const char *what, const struct node **texts,
                uint32_t *count);

/* A trait's path in the one spelling of trait names, in the ruleset. */
struct str read_trait_path(struct compile *c, struct str written);

/* (read_word.c) An error for a node that is no word of those wanted here: it says what the word is when the notation
 * knows it elsewhere, else the nearest of `words`. */
void read_unknown_word(struct compile *c, const struct node *node, const char *what, const char *wanted,
                       const char *const *words);

/* --- matchers (read_matcher.c) ------------------------------------------------------------------------------------------ */

extern const char *const read_matcher_words[]; /* NULL-ended */
const struct matcher *read_matcher(struct compile *c, const struct node *node, const char *what);
const struct matcher *read_number_matcher(struct compile *c, const struct node *node, const char *what);
const struct matcher *read_present(struct compile *c, const struct matcher *valid);   /* present & valid */
const struct list *read_list(struct compile *c, struct str name, struct place place); /* (read_list.c) */
void read_lists_unused(struct compile *c);

/* --- selectors (read_selector.c, read_sequence.c, signals.c) ------------------------------------------------------------ */

enum select_scope {
  SELECT_ANY,    /* everything but clocks */
  SELECT_EFFECT, /* clocks too */
  SELECT_STEP,   /* inside a sequence: no sequence */
  SELECT_EVENTS  /* decided when the event arrives: only event patterns */
};

struct selecting {
  enum select_scope scope;
  const char *what;   /* "`on` of rule 'x'" */
  struct str capture; /* the field whose value is taken along; .p NULL: none */
  int lifecycle;      /* whose stages `entered` names by default; NONE: the first */
};

bool read_selector(struct compile *c, const struct node *node, const struct selecting *how,
                   struct signal_set *out);
int read_sequence(struct compile *c, const struct node *call,
                  const struct selecting *how); /* signal or NONE */
int read_clocked(struct compile *c, const struct node *call,
                 const struct selecting *how); /* warned, breached: signal or NONE */

struct field read_event_field(struct compile *c, struct str written, unsigned types);

int signals_add(struct compile *c, struct str key, struct signal signal,
                struct place place); /* NONE: too many */
int signals_find(const struct compile *c, struct str key);
struct signal_set signals_set(struct compile *c, uint16_t *ids,
                              uint32_t count); /* sorts, drops repeats, copies */
void signals_keep_raw(struct compile *c);

/* --- conditions (read_condition.c, read_condition_part.c) --------------------------------------------------------------- */

struct cond_scope {
  const char *what; /* "`when` of rule 'x'" */
  bool event;       /* an event is at hand: functions may read it */
  int lifecycle;    /* inside a lifecycle: its number; NONE: outside */
};

const struct cond *read_condition(struct compile *c, const struct node *node, const struct cond_scope *scope);
struct cond *read_condition_part(struct compile *c, const struct node *call, const struct cond_scope *scope);
/* Something will ask for this trait of leads' accounts: its changes are told to them. */
void read_account_key(struct compile *c, struct str path);
/* A framework's criteria and what they read, ready for conditions that ask; false after an error. */
bool read_framework_ready(struct compile *c, int framework);
/* "bant.budget": the criterion's number, or NONE after an error. */
int read_criterion_name(struct compile *c, struct str written, struct place place, const char *what);
/* A segment's condition, read when it is first asked for; NULL after an error, circles among them. */
const struct cond *read_segment_when(struct compile *c, int segment);
bool read_stages(struct compile *c, const struct node *call, int lifecycle, int *of, uint64_t *stages);

/* --- declarations --------------------------------------------------------------------------------------------------------- */

/* The next declaration of that kind after *at (start at 0), or NULL. */
const struct declaration *read_next(const struct compile *c, const char *kind, size_t *at);
/* The only declaration of a nameless kind, or NULL; a second one is an error. */
const struct declaration *read_only(struct compile *c, const char *kind);

/* (read_directory.c) What is declared where it may not be is an error; `kinds` are all there are. */
void read_directories(struct compile *c, const char *const *kinds);
void read_dimensions(struct compile *c);
void read_groups(struct compile *c);
void read_grade(struct compile *c);
void read_profile(struct compile *c);
void read_topics(struct compile *c);
void read_rules(struct compile *c);
void read_resets(struct compile *c);
void read_ignores(struct compile *c);
void read_framework_names(struct compile *c);
void read_frameworks(struct compile *c);
void read_segment_names(struct compile *c);
void read_segments(struct compile *c);
void read_activity(struct compile *c);
void read_content(struct compile *c);
void read_accounts(struct compile *c); /* read_accounts.c */
void read_identity(struct compile *c);
void read_lifecycle_names(struct compile *c); /* and their stages: conditions anywhere may test them */
void read_lifecycles(struct compile *c);
void read_calendars(struct compile *c);
void read_slas(struct compile *c); /* promises too */
void read_assignments(struct compile *c);
void read_worklists(struct compile *c);

/* (read_desk.c) A text of a noun of the sales desk. False after an error. */
bool read_desk_text(struct compile *c, const struct node *body, const char *field, const char *what,
                    const char **out); /* NULL in *out when absent */
void read_acts(struct compile *c);     /* before lifecycles, whose moves name them */
bool read_act_part(struct compile *c, const struct node *table, const char *what, struct move *move);
bool read_by(struct compile *c, const struct node *node, const char *what, const char *const **by,
             uint32_t *count);
void read_contact(struct compile *c);

bool read_rule_points(struct compile *c, const struct node *body, const char *what, struct draft *draft);
bool read_rule_first(struct compile *c, const struct node *body, const char *what, struct draft *draft);
bool read_rule_bounds(struct compile *c, const struct node *body, const char *what, struct rule *rule);

/* (read_destination.c, read_effect.c) Renderers before destinations before effects: each names the ones before. */
void read_renderers(struct compile *c);
void read_destinations(struct compile *c);
void read_effects(struct compile *c);
void read_receivers(struct compile *c);

/* (read_enricher.c) */
void read_enrichers(struct compile *c);
void read_sources(struct compile *c);

/* (read_template.c) Texts that may hold secrets, and plain data, as JSON in the ruleset. */
bool read_template(struct compile *c, const struct node *node, const char *what, struct str *json);
bool read_data(struct compile *c, const struct node *node, const char *what, struct str *json);
bool read_secret_names(struct compile *c, const struct node *node, const char *what, const char **names,
                       uint32_t *count);
bool read_headers(struct compile *c, const struct node *node, const char *what,
                  const struct handoff_header **headers, uint32_t *count);
bool read_callback(struct compile *c, const struct node *node, const char *what, int *fn); /* NULL: FN_NONE */

void order_rules(struct compile *c); /* drafts -> out->rules and out->slots */

#endif
