#include "core/explain/inquiry.h"

#include "core/rules/binding.h"
#include "vm/script/script_eval.h"
#include "vm/script/script_test.h"
#include <stdlib.h>

enum { INQUIRY_ID_MAX = 512 };

struct world { /* a generation with the history in it */
  struct generation *generation;
  struct binding *binding;
  struct engine *engine;
  struct fold *fold;
};

struct inquiry {
  const struct ruledir *bundle;
  struct inquiry_history history;
  struct world world;
  int64_t at_ms;
  char id[INQUIRY_ID_MAX + 1];
};

static void world_close(struct world *world) {
  fold_free(world->fold);
  engine_free(world->engine);
  binding_free(world->binding);
  generation_free(world->generation);
  *world = (struct world){0};
}

/* Takes the generation. */
static int world_open(struct world *world, struct generation *generation,
                      const struct inquiry_history *history, struct err *err) {
  struct engine_calls calls;
  *world = (struct world){.generation = generation, .binding = binding_new(generation)};
  binding_calls(world->binding, &calls);
  world->engine = engine_new(generation->rules, &calls, NULL);
  world->fold = engine_fold_new(world->engine);
  if (history->feed(history->context, world->engine, err) == 0) return 0;
  world_close(world);
  return -1;
}

static void world_fold(struct world *world, const char *id, int64_t at_ms) {
  uint32_t lead = engine_find_lead(world->engine, str_of(id));
  if (lead != IDENTITY_NONE) engine_fold(world->engine, lead, at_ms, world->fold);
  if (lead != IDENTITY_NONE) return;
  fold_begin(world->fold, str_of(id));
  fold_advance(world->fold, at_ms);
}

struct inquiry *inquiry_new(const struct ruledir *bundle, const struct inquiry_history *history,
                            struct problems *problems, struct err *err) {
  struct engine_counts counts;
  struct generation *generation = generation_build(bundle, NULL, problems);
  if (!generation) {
    err_set(err, ERR_INVALID, "the rules do not load");
    return NULL;
  }
  struct inquiry *inquiry = xcalloc(1, sizeof *inquiry);
  inquiry->bundle = bundle;
  inquiry->history = *history;
  if (world_open(&inquiry->world, generation, history, err)) {
    free(inquiry);
    return NULL;
  }
  engine_counts(inquiry->world.engine, &counts);
  inquiry->at_ms = counts.last_ms;
  return inquiry;
}

void inquiry_free(struct inquiry *inquiry) {
  if (!inquiry) return;
  world_close(&inquiry->world);
  free(inquiry);
}

const struct ruleset *inquiry_rules(const struct inquiry *inquiry) {
  return inquiry->world.generation->rules;
}

void inquiry_at(struct inquiry *inquiry, int64_t at_ms) {
  inquiry->at_ms = at_ms;
}

int64_t inquiry_now(const struct inquiry *inquiry) {
  return inquiry->at_ms;
}

int inquiry_lead(struct inquiry *inquiry, struct str id) {
  if (id.len == 0 || id.len > INQUIRY_ID_MAX) return -1;
  if (engine_find_lead(inquiry->world.engine, id) == IDENTITY_NONE) return -1;
  memcpy(inquiry->id, id.p, id.len);
  inquiry->id[id.len] = '\0';
  return 0;
}

const char *inquiry_id(const struct inquiry *inquiry) {
  return inquiry->id;
}

struct str inquiry_lead_at(struct inquiry *inquiry, size_t index) {
  uint32_t cursor = 0, lead;
  while (engine_next_lead(inquiry->world.engine, &cursor, &lead))
    if (index-- == 0) return engine_lead_id(inquiry->world.engine, lead);
  return STR("");
}

const struct fold *inquiry_fold(struct inquiry *inquiry) {
  world_fold(&inquiry->world, inquiry->id, inquiry->at_ms);
  return inquiry->world.fold;
}

/* --- questions --------------------------------------------------------------------------------------------------------------- */

#define QUESTION_FILE "question.lua"
#define QUESTION_RULE "the question"

/* The rules directory with one more file, a dimension of its own (a rule may not test the one it feeds): a rule that holds while the condition does, and gives nothing. */
static struct generation *load_with(const struct inquiry *inquiry, struct str text, struct problems *problems,
                                    struct err *err) {
  struct ruledir bundle;
  struct buf file;
  struct generation *generation = NULL;
  int failed = 0;
  buf_init(&file);
  ruledir_init(&bundle);
  buf_printf(&file,
             "dimension \"" QUESTION_RULE "\" {} rule \"" QUESTION_RULE "\" { points = { [\"" QUESTION_RULE
             "\"] = 0 }, when =\n%.*s\n}",
             STR_ARG(text));
  for (size_t i = 0; i < inquiry->bundle->count && !failed; i++)
    failed = ruledir_add(&bundle, inquiry->bundle->files[i].path, inquiry->bundle->files[i].text, err);
  if (!failed) failed = ruledir_add(&bundle, QUESTION_FILE, buf_str(&file), err);
  ruledir_end(&bundle);
  if (!failed) generation = generation_build(&bundle, NULL, problems);
  ruledir_release(&bundle);
  buf_release(&file);
  return generation;
}

/* What is kept of a history only where a file asks for it by name. */
static bool asks_for_more(struct str text) {
  static const char *const names[] = {"velocity", "account_traits", NULL};
  for (const char *const *name = names; *name; name++)
    if (memmem(text.p, text.len, *name, strlen(*name))) return true;
  return false;
}

static int evaluate(const struct inquiry *inquiry, struct world *world, struct str text, struct buf *out,
                    struct err *err) {
  world_fold(world, inquiry->id, inquiry->at_ms);
  int failed = script_evaluate(world->generation->script, text, world->fold, out, err);
  script_forget_failures(world->generation->script);
  return failed;
}

int inquiry_value(struct inquiry *inquiry, struct str text, struct buf *out, struct err *err) {
  const struct str asking =
      STR("function(lead) return lead.velocity ~= nil and lead.account_traits ~= nil end");
  struct problems problems;
  struct world world;
  if (!asks_for_more(text)) return evaluate(inquiry, &inquiry->world, text, out, err);
  problems_init(&problems);
  struct generation *generation = load_with(inquiry, asking, &problems, err);
  int failed = generation ? world_open(&world, generation, &inquiry->history, err) : -1;
  if (!failed) {
    failed = evaluate(inquiry, &world, text, out, err);
    world_close(&world);
  }
  problems_release(&problems);
  return failed;
}

/* What is wrong with the question itself. */
static void take_problem(const struct problems *problems, struct err *err) {
  for (size_t i = 0; i < problems->count; i++) {
    const struct problem *problem = &problems->items[i];
    if (problem->severity != SEVERITY_ERROR || strcmp(problem->place.file, QUESTION_FILE) != 0) continue;
    err_set(err, ERR_INVALID, "%s%s%s", problem->text, problem->hint[0] ? "; " : "", problem->hint);
    return;
  }
}

static void answer(const struct fold *fold, struct buf *out) {
  static const char *const words[] = {"no", "yes", "unknown"};
  const struct ruleset *rules = fold_rules(fold);
  const struct rule *rule = &rules->rules[ruleset_rule(rules, STR(QUESTION_RULE))];
  struct arena arena;
  arena_init(&arena, 0);
  struct told told = tell_cond(fold, rule->when, &arena);
  buf_printf(out, "%s\n", words[told.truth]);
  explain_told_text(&told, out);
  arena_release(&arena);
}

int inquiry_condition(struct inquiry *inquiry, struct str text, struct buf *out, struct err *err) {
  struct problems problems;
  struct world world;
  err_set(err, ERR_INVALID, "the rules do not load with it");
  problems_init(&problems);
  struct generation *generation = load_with(inquiry, text, &problems, err);
  int failed = -1;
  if (!generation) {
    take_problem(&problems, err);
  } else if (world_open(&world, generation, &inquiry->history, err) == 0) {
    world_fold(&world, inquiry->id, inquiry->at_ms);
    answer(world.fold, out);
    world_close(&world);
    failed = 0;
  }
  problems_release(&problems);
  return failed;
}
