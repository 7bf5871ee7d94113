/* notation_text.h - declarations for tests, written as the notation writes them: `rule "x" { on = page {}, .. }`.
 *
 * Reads the part of Lua's syntax that declares (constructors, tables, operators, `function .. end` as a whole) into the
 * nodes that the Lua prelude would build; YAML's shape is written as tables of tables. Every node's line is where it
 * stands in the text; the file is "rules.lua". A mistake in a test's own text aborts. */
#ifndef EMBUDO_TESTS_NOTATION_TEXT_H
#define EMBUDO_TESTS_NOTATION_TEXT_H

#include "unit.h"

#include "base/err.h"
#include "notation/compile.h"
#include <ctype.h>

enum { NOTATION_TEXT_PARTS_MAX = 512 };

struct notation_text {
  const char *at;
  int line;
  struct declarations *out;
  int64_t serials;
};

static struct node notation_text_expression(struct notation_text *t);
static struct node notation_text_primary(struct notation_text *t);

static struct place notation_text_place(const struct notation_text *t) {
  return (struct place){.file = "rules.lua", .line = t->line};
}

static void notation_text_blank(struct notation_text *t) {
  for (;; t->at++) {
    if (*t->at == '-' && t->at[1] == '-') t->at += strcspn(t->at, "\n");
    if (*t->at == '\n') t->line++;
    if (*t->at == '\0' || !isspace((unsigned char)*t->at)) return;
  }
}

static bool notation_text_take(struct notation_text *t, char c) {
  notation_text_blank(t);
  if (*t->at != c) return false;
  t->at++;
  return true;
}

static struct str notation_text_word(struct notation_text *t) {
  notation_text_blank(t);
  size_t len = 0;
  while (isalnum((unsigned char)t->at[len]) || t->at[len] == '_') len++;
  struct str word = arena_str(&t->out->arena, (struct str){t->at, len});
  t->at += len;
  return word;
}

static struct str notation_text_quoted(struct notation_text *t) {
  ASSERT(notation_text_take(t, '"'));
  size_t most = strcspn(t->at, "\n"), len = 0;
  char *bytes = arena_alloc(&t->out->arena, most + 1);
  for (; *t->at != '"'; t->at++) {
    ASSERT(*t->at);
    if (*t->at == '\\') t->at++;
    bytes[len++] = *t->at;
  }
  t->at++;
  return arena_str(&t->out->arena, (struct str){bytes, len});
}

/* `name =` or `["name"] =`, or nothing (and then nothing is read). */
static bool notation_text_key(struct notation_text *t, struct str *key) {
  struct notation_text before = *t;
  notation_text_blank(t);
  if (notation_text_take(t, '[')) {
    *key = notation_text_quoted(t);
    ASSERT(notation_text_take(t, ']'));
  } else {
    *key = notation_text_word(t);
  }
  if (key->len && notation_text_take(t, '=')) return true;
  *t = before;
  return false;
}

static struct node notation_text_table(struct notation_text *t) {
  struct node items[NOTATION_TEXT_PARTS_MAX];
  struct node_pair pairs[NOTATION_TEXT_PARTS_MAX];
  uint32_t item_count = 0, pair_count = 0;
  ASSERT(notation_text_take(t, '{'));
  struct node table = {.kind = NODE_TABLE, .place = notation_text_place(t)};
  while (!notation_text_take(t, '}')) {
    struct str key;
    ASSERT(item_count < NOTATION_TEXT_PARTS_MAX && pair_count < NOTATION_TEXT_PARTS_MAX);
    notation_text_blank(t);
    struct place place = notation_text_place(t);
    if (notation_text_key(t, &key))
      pairs[pair_count++] = (struct node_pair){key, place, notation_text_expression(t)};
    else
      items[item_count++] = notation_text_expression(t);
    if (!notation_text_take(t, ',')) ASSERT(*t->at == '}');
  }
  table.table.items = arena_dup(&t->out->arena, items, item_count * sizeof *items);
  table.table.pairs = arena_dup(&t->out->arena, pairs, pair_count * sizeof *pairs);
  table.table.item_count = item_count;
  table.table.pair_count = pair_count;
  return table;
}

static void notation_text_argument(struct notation_text *t, struct node *call, struct node arg) {
  struct node *args = arena_alloc(&t->out->arena, (call->call.arg_count + 1) * sizeof *args);
  for (uint32_t i = 0; i < call->call.arg_count; i++) args[i] = call->call.args[i];
  args[call->call.arg_count++] = arg;
  call->call.args = args;
}

static void notation_text_arguments(struct notation_text *t, struct node *call) {
  for (;;) {
    notation_text_blank(t);
    if (*t->at == '"' || *t->at == '{') {
      notation_text_argument(t, call, notation_text_primary(t));
    } else if (notation_text_take(t, '(')) {
      while (!notation_text_take(t, ')')) {
        notation_text_argument(t, call, notation_text_expression(t));
        if (!notation_text_take(t, ',')) ASSERT(*t->at == ')');
      }
    } else {
      return;
    }
  }
}

static struct node notation_text_named(struct notation_text *t) {
  struct node node = {.place = notation_text_place(t)};
  struct str word = notation_text_word(t);
  ASSERT(word.len);
  if (str_eq(word, STR("true")) || str_eq(word, STR("false"))) {
    node.kind = NODE_BOOL;
    node.boolean = word.len == 4;
  } else if (str_eq(word, STR("function"))) {
    const char *end = strstr(t->at, "end");
    ASSERT(end);
    bool velocity = strstr(t->at, "velocity") && strstr(t->at, "velocity") < end;
    t->at = end + strlen("end");
    node.kind = NODE_FUNCTION;
    node.function.fn = (int)t->out->function_count;
    struct fn_info *functions = arena_alloc(&t->out->arena, (t->out->function_count + 1) * sizeof *functions);
    for (uint32_t i = 0; i < t->out->function_count; i++) functions[i] = t->out->functions[i];
    functions[t->out->function_count++] =
        (struct fn_info){.owner = "a rule", .place = node.place, .may_ask_velocity = velocity};
    t->out->functions = functions;
  } else {
    node.kind = NODE_CALL;
    node.call.name = word;
    node.call.serial = ++t->serials;
    notation_text_arguments(t, &node);
  }
  return node;
}

static struct node notation_text_primary(struct notation_text *t) {
  notation_text_blank(t);
  struct node node = {.place = notation_text_place(t)};
  if (*t->at == '"') {
    node.kind = NODE_STRING;
    node.text = notation_text_quoted(t);
  } else if (*t->at == '-' || isdigit((unsigned char)*t->at)) {
    char *end;
    node.kind = NODE_NUMBER;
    node.number = strtod(t->at, &end);
    t->at = end;
  } else if (*t->at == '{') {
    node = notation_text_table(t);
  } else if (notation_text_take(t, '(')) {
    node = notation_text_expression(t);
    ASSERT(notation_text_take(t, ')'));
  } else if (notation_text_take(t, '~')) {
    node.kind = NODE_CALL;
    node.call.name = STR("~");
    notation_text_argument(t, &node, notation_text_primary(t));
  } else {
    node = notation_text_named(t);
  }
  return node;
}

static struct node notation_text_binary(struct notation_text *t, char sign) {
  struct node left = sign == '|' ? notation_text_binary(t, '&') : notation_text_primary(t);
  while (notation_text_take(t, sign)) {
    struct node both = {.kind = NODE_CALL, .place = left.place};
    both.call.name = sign == '|' ? STR("|") : STR("&");
    notation_text_argument(t, &both, left);
    notation_text_argument(t, &both, sign == '|' ? notation_text_binary(t, '&') : notation_text_primary(t));
    left = both;
  }
  return left;
}

static struct node notation_text_expression(struct notation_text *t) {
  return notation_text_binary(t, '|');
}

/* `loose(selector)` at the top makes a selector that no declaration holds. */
static void notation_text_declare(struct notation_text *t) {
  struct declaration d = {.place = notation_text_place(t)};
  d.kind = notation_text_word(t).p;
  if (strcmp(d.kind, "loose") == 0) {
    t->out->loose = arena_zalloc(&t->out->arena, sizeof *t->out->loose);
    *t->out->loose = notation_text_primary(t);
    t->out->loose_count = 1;
    return;
  }
  notation_text_blank(t);
  d.name = *t->at == '"' ? notation_text_quoted(t) : STR("");
  d.body = notation_text_primary(t);
  declarations_add(t->out, d);
}

/* Appends what `text` declares to `out`. */
static inline void notation_text_read(const char *text, struct declarations *out) {
  struct notation_text t = {.at = text, .line = 1, .out = out};
  for (;;) {
    notation_text_blank(&t);
    if (!*t.at) return;
    notation_text_declare(&t);
  }
}

/* --- compiling what a test writes ------------------------------------------------------------------------------------- */

struct compiled { /* a ruleset (NULL after errors) and what was said about it */
  struct declarations declarations;
  struct problems problems;
  struct ruleset *rules;
};

static inline void compiled_init(struct compiled *compiled, const char *text, const struct list_source *lists,
                                 size_t list_count) {
  declarations_init(&compiled->declarations);
  problems_init(&compiled->problems);
  notation_text_read(text, &compiled->declarations);
  compiled->rules = notation_compile(&compiled->declarations, lists, list_count, "abc", &compiled->problems);
}

static inline void compiled_release(struct compiled *compiled) {
  ruleset_free(compiled->rules);
  problems_release(&compiled->problems);
  declarations_release(&compiled->declarations);
}

/* All problems of at least that severity, printed; in the problems' arena. */
static inline const char *compiled_said(struct compiled *compiled, enum severity least) {
  struct buf text;
  buf_init(&text);
  struct problems *all = &compiled->problems, some = *all;
  some.items = arena_alloc(&all->arena, (all->count + 1) * sizeof *some.items);
  some.count = 0;
  for (size_t i = 0; i < all->count; i++)
    if (all->items[i].severity <= least) some.items[some.count++] = all->items[i];
  problems_sort(&some);
  problems_print(&some, "", &text);
  const char *said = arena_str(&all->arena, buf_str(&text)).p;
  buf_release(&text);
  return said;
}

#endif
