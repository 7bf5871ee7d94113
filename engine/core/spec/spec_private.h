/* spec_private.h - between the spec*.c files: one test under way. */
#ifndef EMBUDO_CORE_SPEC_PRIVATE_H
#define EMBUDO_CORE_SPEC_PRIVATE_H

#include "core/rules/binding.h"
#include "core/spec/spec.h"
#include "vm/script/script_test.h"

#define SPEC_START_MS INT64_C(1704099600000) /* 2024-01-01T09:00:00Z */
#define SPEC_USER     "lead"
#define SPEC_VISITOR  "visitor"

struct excuse { /* a rule whose function may fail */
  struct str rule;
  const struct excuse *next;
};

struct fake {
  struct str call;
  struct value answer;
  const struct fake *older;
};

struct spec {
  struct generation *generation;
  const struct spec_options *options;
  struct binding *binding;
  struct engine *engine;
  struct fold *fold;
  struct arena arena;       /* of this test */
  struct problems problems; /* of this test */
  int64_t now_ms;
  uint32_t events; /* sent so far */
  const struct excuse *excuses;
  const struct fake *fakes; /* what the world answers, the newest first */
  bool known;               /* the lead has said who it is: its events carry the user id */
  struct buf message;       /* lines of what is not as expected */
  struct buf explanation;   /* of the lead, when an expectation failed */
  struct buf history;       /* lines: kind, instant and record of what was sent (spec_desk.c) */
};

/* Whether the time for all tests is used up; then it adds the miss that says so. */
bool spec_is_spent(struct spec *spec);

/* One test, from its first moment to its last. */
void spec_begin(struct spec *spec, struct generation *generation, const struct spec_options *options);
void spec_end(struct spec *spec);
int spec_event(struct spec *spec, const struct node *event, struct err *err); /* feeds it */
void spec_explain(struct spec *spec);                                         /* into spec->explanation */

/* Adds a line to the message. */
void spec_miss(struct spec *spec, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes the event as JSON, with what it leaves out filled in. */
int spec_event_json(struct spec *spec, const struct node *event, struct buf *out, struct err *err);

/* spec_enrich.c: the properties of an enricher's call, as embudo would write them now. */
int spec_enrichment(struct spec *spec, const struct node *event, struct json_writer *writer, struct err *err);

/* One event's JSON, as it is. */
int spec_feed(struct spec *spec, struct str json, bool is_system, struct err *err);

int spec_answer(void *context, const struct node *node, struct err *err);
int spec_enrich(void *context, const struct node *who, struct err *err);

/* The lead as of now, in spec->fold. */
void spec_fold(struct spec *spec);

/* Data that a test wrote, as a value. */
int spec_value(struct spec *spec, const struct node *node, struct value *out, struct err *err);

/* One named part of `qualified`, `criteria`, `totals` or `next_question`. */
void spec_expect_framework(struct spec *spec, const char *field, const char *label,
                           const struct node_pair *pair);

/* An act on the lead as it was folded just now: judged, and fed when it is accepted. */
int spec_act(struct spec *spec, struct value asked, const char *refused, struct err *err);

/* Compares the fold with a t:expect table: a line in the message for each difference. */
void spec_compare(struct spec *spec, const struct node *what);

/* A plain value is expected exactly (numbers to the thousandth), a matcher is asked. */
void spec_check_value(struct spec *spec, const char *label, const struct node *expected, struct value actual);

/* spec_desk.c: `clocks`, `worklists` and `owner`; an event that was sent. */
void spec_expect_desk(struct spec *spec, const char *field, const struct node *expected);
void spec_desk_note(struct spec *spec, struct str event, bool is_system);

/* spec_told.c: `effects`, `request` and `accepts`. */
void spec_expect_told(struct spec *spec, const char *field, const struct node *expected);

/* spec_why.c: the lists of `why`, `why_not` and `fails`. */
void spec_expect_why(struct spec *spec, const struct node *list);
void spec_expect_why_not(struct spec *spec, const struct node *list);
void spec_expect_fails(struct spec *spec, const struct node *list);
bool spec_is_excused(const struct spec *spec, const char *owner); /* owner: "rule trial_seats" */

#endif
