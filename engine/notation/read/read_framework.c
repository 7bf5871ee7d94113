/* read_framework.c - qualification frameworks: criteria, and what is enough.
 *
 * Conditions anywhere may ask for a framework's criteria, and criteria may be inferred from conditions. So names come first
 * (read_framework_names), and what a framework reads is known when it is first asked for: who asks for one that is being read
 * closes a circle. */
#include "notation/compile_private.h"

#include "model/ruleset/framework.h"
#include <stdlib.h>

static const char *const criterion_fields[] = {"ask",     "doc",      "value",   "met",    "weight",
                                               "expires", "inferred", "choices", "grades", "currency",
                                               "from",    "field",    NULL};
static const char *const kind_list[] = {"money", "number", "text", "choice", "date", "yes_no", "grade", NULL};
static const char *const default_grades[] = {"none", "weak", "good", "strong"};

/* --- names ---------------------------------------------------------------------------------------------------------- */

/* criterion "NAME" { .. } */
static bool is_criterion(const struct node *item, struct str *name, const struct node **body) {
  bool call = item->kind == NODE_CALL && str_eq(item->call.name, STR("criterion")) &&
              item->call.arg_count == 2 && item->call.args[0].kind == NODE_STRING;
  if (!call) return false;
  *name = item->call.args[0].text;
  *body = &item->call.args[1];
  return true;
}

static void name_criteria(struct compile *c, int number, const struct declaration *d) {
  struct ruleset *out = c->out;
  struct framework *framework = &out->frameworks[number];
  struct names *names = &c->criteria[number];
  names_init(names, "criterion");
  framework->first = out->criterion_count;
  for (uint32_t i = 0; d->body.kind == NODE_TABLE && i < d->body.table.item_count; i++) {
    struct str name;
    const struct node *item = &d->body.table.items[i], *body;
    if (!is_criterion(item, &name, &body)) {
      static const char *const words[] = {"criterion", NULL};
      read_unknown_word(c, item, arena_printf(&c->scratch, "a part of framework '%.*s'", STR_ARG(d->name)),
                        "criterion \"NAME\" { .. }", words);
      continue;
    }
    if (framework->count == FRAMEWORK_CRITERIA_MAX) {
      FAULT(c, "too_many", item->place, NULL, "framework '%.*s' has more than %d criteria", STR_ARG(d->name),
            (int)FRAMEWORK_CRITERIA_MAX);
      return;
    }
    if (names_declare(c, names, name, item->place) == NONE) continue;
    out->criteria = read_grow(c->arena, out->criteria, out->criterion_count, sizeof *out->criteria);
    out->criteria[out->criterion_count++] =
        (struct criterion){.id = read_keep(c, name), .framework = number, .weight = 1};
    framework->count++;
  }
}

void read_framework_names(struct compile *c) {
  const struct declaration *d;
  uint32_t most = 0;
  for (size_t at = 0; read_next(c, "framework", &at);) most++;
  c->framework_state = arena_zalloc(&c->scratch, (most + 1) * sizeof *c->framework_state);
  c->criteria = arena_zalloc(&c->scratch, (most + 1) * sizeof *c->criteria);
  c->out->frameworks = arena_zalloc(c->arena, (most + 1) * sizeof *c->out->frameworks);
  for (size_t at = 0; (d = read_next(c, "framework", &at));) {
    if (c->frameworks.count == RULESET_MAX_FRAMEWORKS) {
      FAULT(c, "too_many", d->place, NULL, "more than %d frameworks", (int)RULESET_MAX_FRAMEWORKS);
      break;
    }
    int number = names_declare(c, &c->frameworks, d->name, d->place);
    if (number == NONE) continue;
    c->framework_state[number].declaration = d;
    c->out->frameworks[number] =
        (struct framework){.id = read_keep(c, d->name), .doc = "", .place = read_place(c, d->place)};
    c->out->framework_count = c->frameworks.count;
    name_criteria(c, number, d);
  }
}

/* --- a criterion ------------------------------------------------------------------------------------------------------ */

static bool read_names(struct compile *c, const struct node *node, const char *what,
                       struct criterion *criterion) {
  const struct node *texts;
  uint32_t count;
  if (!read_texts(c, node, what, &texts, &count)) return false;
  if (count > FRAMEWORK_CHOICES_MAX || count < 2) {
    FAULT(c, "wrong_arguments", node->place, NULL, "%s lists 2 to %d texts, got %u", what,
          (int)FRAMEWORK_CHOICES_MAX, count);
    return false;
  }
  const char **choices = arena_alloc(c->arena, count * sizeof *choices);
  for (uint32_t i = 0; i < count; i++) choices[i] = read_keep(c, texts[i].text);
  criterion->choices = choices;
  criterion->choice_count = count;
  return true;
}

/* Which of the fields that go with one kind of value alone are there, and belong there. */
static void refuse_field(struct compile *c, const struct node *body, const char *field, bool belongs,
                         const char *kind, const char *what) {
  const struct node *node = read_field(body, field);
  if (node && !belongs)
    FAULT(c, "conflict", node->place, NULL, "%s: `%s` goes with value = \"%s\" alone", what, field, kind);
}

static void read_kind(struct compile *c, const struct node *body, const char *what,
                      struct criterion *criterion) {
  const struct node *value = read_field(body, "value"), *choices = read_field(body, "choices"),
                    *grades = read_field(body, "grades"), *currency = read_field(body, "currency");
  struct str word = STR("text"), text;
  if (value && !read_text(c, value, read_what(c, "value", what), &word)) return;
  if (!answer_kind_parse(word, &criterion->kind) && value)
    FAULT(c, "unknown_word", value->place, problem_hint(c->problems, word, kind_list),
          "%s is no kind of answer: %.*s", read_what(c, "value", what), STR_ARG(word));
  refuse_field(c, body, "choices", criterion->kind == ANSWER_CHOICE, "choice", what);
  refuse_field(c, body, "grades", criterion->kind == ANSWER_GRADE, "grade", what);
  refuse_field(c, body, "currency", criterion->kind == ANSWER_MONEY, "money", what);
  criterion->choices = default_grades;
  criterion->choice_count = sizeof default_grades / sizeof *default_grades;
  criterion->currency = "";
  if (grades && criterion->kind == ANSWER_GRADE)
    read_names(c, grades, read_what(c, "grades", what), criterion);
  if (choices && criterion->kind == ANSWER_CHOICE)
    read_names(c, choices, read_what(c, "choices", what), criterion);
  else if (criterion->kind == ANSWER_CHOICE && !read_misspelled(body, "choices"))
    FAULT(c, "missing_field", body->place, "add choices = { \"decides\", \"influences\", \"none\" }",
          "%s does not say what may be chosen", what);
  if (currency && read_text(c, currency, read_what(c, "currency", what), &text))
    criterion->currency = read_keep(c, text);
}

/* Without `met`: an answer is enough; for yes or no it is yes, for a grade 2. */
static const struct matcher *default_met(struct compile *c, const struct criterion *criterion) {
  struct node call = {.kind = NODE_CALL, .place = criterion->place}, arg = {.place = criterion->place};
  if (criterion->kind == ANSWER_YES_NO) {
    arg.kind = NODE_BOOL;
    arg.boolean = true;
    return read_matcher(c, &arg, "met");
  }
  call.call.name = criterion->kind == ANSWER_GRADE ? STR("at_least") : STR("present");
  arg.kind = NODE_NUMBER;
  arg.number = 2;
  call.call.args = &arg;
  call.call.arg_count = criterion->kind == ANSWER_GRADE ? 1 : 0;
  return read_matcher(c, &call, "met");
}

static void read_from(struct compile *c, const struct node *body, const char *what,
                      struct criterion *criterion) {
  const struct node *from = read_field(body, "from"), *field = read_field(body, "field");
  struct str name = STR("value");
  if (field && !from)
    FAULT(c, "missing_field", field->place, "add from = track \"Chat Answer\" { question = \"..\" }",
          "%s names a field, but no event to take it from", what);
  if (!from) return;
  struct selecting how = {.scope = SELECT_EVENTS, .what = read_what(c, "from", what), .lifecycle = NONE};
  read_selector(c, from, &how, &criterion->from);
  if (field && !read_text(c, field, read_what(c, "field", what), &name)) return;
  criterion->field = read_event_field(c, name, ~0u);
}

static void read_criterion(struct compile *c, int number, const struct node *body, const char *framework) {
  struct criterion *criterion = &c->out->criteria[number];
  const char *what = arena_printf(&c->scratch, "criterion '%s' of %s", criterion->id, framework);
  struct str text = {0};
  criterion->doc = criterion->ask = criterion->currency = "";
  criterion->place = read_place(c, body->place);
  if (!read_table(c, body, criterion_fields, false, what)) return;
  const struct node *ask = read_field(body, "ask"), *doc = read_field(body, "doc"),
                    *met = read_field(body, "met"), *weight = read_field(body, "weight"),
                    *expires = read_field(body, "expires"), *inferred = read_field(body, "inferred");
  if (ask && read_text(c, ask, read_what(c, "ask", what), &text)) criterion->ask = read_keep(c, text);
  if (!ask && !read_misspelled(body, "ask"))
    FAULT(c, "missing_field", body->place, "add ask = \"What happens if nothing changes?\"",
          "%s has no question", what);
  if (doc && read_text(c, doc, read_what(c, "doc", what), &text)) criterion->doc = read_keep(c, text);
  read_kind(c, body, what, criterion);
  criterion->met = met ? read_matcher(c, met, read_what(c, "met", what)) : default_met(c, criterion);
  if (weight) read_count(c, weight, read_what(c, "weight", what), FRAMEWORK_WEIGHT_MAX, &criterion->weight);
  if (expires) read_span(c, expires, read_what(c, "expires", what), &criterion->expires_ms);
  read_from(c, body, what, criterion);
  struct cond_scope scope = {.what = read_what(c, "inferred", what), .lifecycle = NONE};
  if (inferred) criterion->inferred = read_condition(c, inferred, &scope);
}

/* --- what is enough ---------------------------------------------------------------------------------------------------- */

static void read_must(struct compile *c, int number, const struct node *node, const char *what) {
  const struct framework *framework = &c->out->frameworks[number];
  const struct node *texts;
  uint32_t count;
  if (!read_texts(c, node, what, &texts, &count)) return;
  for (uint32_t i = 0; i < count; i++) {
    int found = names_need(c, &c->criteria[number], texts[i].text, texts[i].place);
    if (found != NONE) c->out->criteria[framework->first + (uint32_t)found].must = true;
  }
}

/* Without `qualified` every criterion must be met. */
static void read_qualified(struct compile *c, int number, const struct node *node,
                           const char *framework_what) {
  static const char *const fields[] = {"must", "met", "total", "completeness", NULL};
  struct framework *framework = &c->out->frameworks[number];
  const char *what = read_what(c, "qualified", framework_what);
  if (!node) {
    framework->met_least = framework->count;
    return;
  }
  if (!read_table(c, node, fields, false, what)) return;
  const struct node *must = read_field(node, "must"), *met = read_field(node, "met"),
                    *total = read_field(node, "total"), *share = read_field(node, "completeness");
  if (must) read_must(c, number, must, read_what(c, "must", what));
  if (met && read_count(c, met, read_what(c, "met", what), FRAMEWORK_CRITERIA_MAX, &framework->met_least) &&
      framework->met_least > framework->count)
    FAULT(c, "unreachable", met->place, NULL, "%s asks for %u criteria, and there are %u", what,
          framework->met_least, framework->count);
  if (total) framework->total = read_number_matcher(c, total, read_what(c, "total", what));
  if (share) framework->answered = read_number_matcher(c, share, read_what(c, "completeness", what));
  if (!must && !met && !total && !share)
    FAULT(c, "missing_field", node->place, "add must = { \"need\" } or met = 3", "%s asks for nothing", what);
}

static void read_of(struct compile *c, const struct node *node, const char *what,
                    struct framework *framework) {
  if (!node) return;
  framework->of_account = node->kind == NODE_STRING && str_eq(node->text, STR("account"));
  if (!framework->of_account)
    FAULT(c, "wrong_kind", node->place, "leave it out for frameworks of single leads",
          "%s must be \"account\", got %s", read_what(c, "of", what), read_described(c, node));
  c->out->account_answers = c->out->account_answers || framework->of_account;
}

static void note_reads(struct compile *c, struct framework *framework) {
  framework->reads = READS_EVIDENCE | (framework->of_account ? READS_ACCOUNT : 0);
  for (uint32_t i = framework->first; i < framework->first + framework->count; i++) {
    const struct criterion *criterion = &c->out->criteria[i];
    if (criterion->expires_ms || (criterion->met && criterion->met->timed)) framework->reads |= READS_TIME;
    if (criterion->inferred) framework->reads |= criterion->inferred->reads;
  }
}

static void read_framework(struct compile *c, int number) {
  static const char *const fields[] = {"doc", "of", "qualified", NULL};
  const struct declaration *d = c->framework_state[number].declaration;
  struct framework *framework = &c->out->frameworks[number];
  const char *what = arena_printf(&c->scratch, "framework '%.*s'", STR_ARG(d->name));
  struct str text;
  if (!read_table(c, &d->body, fields, true, what)) return;
  const struct node *doc = read_field(&d->body, "doc");
  if (doc && read_text(c, doc, read_what(c, "doc", what), &text)) framework->doc = read_keep(c, text);
  read_of(c, read_field(&d->body, "of"), what, framework);
  uint32_t at = framework->first;
  for (uint32_t i = 0; i < d->body.table.item_count && at < framework->first + framework->count; i++) {
    struct str name;
    const struct node *body;
    if (!is_criterion(&d->body.table.items[i], &name, &body)) continue;
    if (!str_eq(name, str_of(c->out->criteria[at].id))) continue; /* one that is declared twice */
    read_criterion(c, (int)at++, body, what);
  }
  if (framework->count == 0)
    FAULT(c, "missing_field", d->place, "add criterion \"need\" { ask = \"..\" }", "%s has no criteria",
          what);
  read_qualified(c, number, read_field(&d->body, "qualified"), what);
  note_reads(c, framework);
}

bool read_framework_ready(struct compile *c, int number) {
  struct lazy *lazy = &c->framework_state[number];
  if (lazy->state == READING_NOW)
    FAULT(c, "circle", lazy->declaration->place, "infer its criteria from something else",
          "framework '%s' infers a criterion from its own result", c->frameworks.words[number]);
  if (lazy->state == READING_NOT_YET) {
    lazy->state = READING_NOW;
    read_framework(c, number);
    lazy->state = READING_DONE;
  }
  return lazy->state == READING_DONE;
}

void read_frameworks(struct compile *c) {
  for (uint32_t i = 0; i < c->frameworks.count; i++) read_framework_ready(c, (int)i);
}

/* --- conditions -------------------------------------------------------------------------------------------------------- */

/* "bant.budget" */
int read_criterion_name(struct compile *c, struct str written, struct place place, const char *what) {
  const char *dot = memchr(written.p, '.', written.len);
  struct str head = {written.p, dot ? (size_t)(dot - written.p) : written.len};
  if (!dot) {
    FAULT(c, "wrong_kind", place, "write \"bant.budget\": the framework, a dot, the criterion",
          "%s names a criterion of a framework, got \"%.*s\"", what, STR_ARG(written));
    return NONE;
  }
  int framework = names_need(c, &c->frameworks, head, place);
  if (framework == NONE) return NONE;
  struct str tail = {dot + 1, written.len - head.len - 1};
  int found = names_need(c, &c->criteria[framework], tail, place);
  return found == NONE ? NONE : (int)c->out->frameworks[framework].first + found;
}
