/* spec_told.c - what a test expects others to be told: which effects, as what request, and which answers mean yes. */
#include "core/handoff/request.h"
#include "core/spec/spec_desk.h"

#include <math.h>

/* --- effects ---------------------------------------------------------------------------------------------------------- */

struct told { /* an effect's record, parsed */
  struct json_reader *reader;
  struct json_ref root;
};

static bool open_told(struct told *told, const struct desk_told *record) {
  struct err err;
  told->reader = json_reader_new();
  return record->kind == JOURNAL_EFFECT &&
         json_parse(told->reader, record->record.p, record->record.len, &told->root, &err) == 0;
}

static struct value text_in(const struct told *told, const char *key) {
  struct str text;
  return json_string(json_get(told->root, str_of(key)), &text) ? value_str(text) : VALUE_NONE;
}

static const char *member_of(struct str field) {
  if (str_eq(field, STR("type"))) return "type";
  if (str_eq(field, STR("to"))) return "destination";
  if (str_eq(field, STR("effect"))) return "effect";
  return str_eq(field, STR("failed")) ? "failed" : NULL;
}

static void compare_effect(struct spec *spec, const struct node *expected, const struct told *told,
                           uint32_t number) {
  for (uint32_t i = 0; i < expected->table.pair_count; i++) {
    const struct node_pair *pair = &expected->table.pairs[i];
    const char *member = member_of(pair->key);
    const char *label = arena_printf(&spec->arena, "effects[%u].%.*s", number + 1, STR_ARG(pair->key));
    if (member)
      spec_check_value(spec, label, &pair->value, text_in(told, member));
    else
      spec_miss(spec, "%s: an effect has type, to, effect and failed", label);
  }
}

static void list_made(struct spec *spec, const struct desk *desk, uint32_t made, uint32_t wanted) {
  struct buf text;
  buf_init(&text);
  for (const struct desk_told *record = desk->told; record; record = record->next) {
    struct told told;
    struct str type, to;
    if (open_told(&told, record) && json_string(json_get(told.root, STR("type")), &type) &&
        json_string(json_get(told.root, STR("destination")), &to))
      buf_printf(&text, "%s{ type = \"%.*s\", to = \"%.*s\" }", text.len ? ", " : "", STR_ARG(type),
                 STR_ARG(to));
    json_reader_free(told.reader);
  }
  spec_miss(spec, "effects: expected %u, %u were made: %s", wanted, made, text.len ? text.data : "none");
  buf_release(&text);
}

/* All that were made since the test began, in order. */
static void expect_effects(struct spec *spec, const struct desk *desk, const struct node *expected) {
  uint32_t made = 0;
  for (const struct desk_told *record = desk->told; record; record = record->next)
    made += record->kind == JOURNAL_EFFECT;
  if (made != expected->table.item_count) {
    list_made(spec, desk, made, expected->table.item_count);
    return;
  }
  made = 0;
  for (const struct desk_told *record = desk->told; record; record = record->next) {
    struct told told;
    if (open_told(&told, record)) {
      if (expected->table.items[made].kind == NODE_TABLE)
        compare_effect(spec, &expected->table.items[made], &told, made);
      else
        spec_miss(spec, "effects[%u]: expected a table, as { type = \"lead.qualified\", to = \"crm\" }",
                  made + 1);
      made++;
    }
    json_reader_free(told.reader);
  }
}

/* --- requests ---------------------------------------------------------------------------------------------------------- */

/* Of a table only what is expected is compared, however deep. */
static void compare_deep(struct spec *spec, const char *label, const struct node *expected,
                         struct value actual) {
  if (expected->kind != NODE_TABLE || (expected->table.item_count == 0 && expected->table.pair_count == 0)) {
    spec_check_value(spec, label, expected, actual);
    return;
  }
  for (uint32_t i = 0; i < expected->table.pair_count; i++) {
    const struct node_pair *pair = &expected->table.pairs[i];
    compare_deep(spec, arena_printf(&spec->arena, "%s.%.*s", label, STR_ARG(pair->key)), &pair->value,
                 value_get(actual, pair->key));
  }
  bool list = actual.kind == VALUE_LIST;
  for (uint32_t i = 0; i < expected->table.item_count; i++)
    compare_deep(spec, arena_printf(&spec->arena, "%s[%u]", label, i + 1), &expected->table.items[i],
                 list && i < actual.len ? actual.items[i] : VALUE_NONE);
  if (list && expected->table.item_count && actual.len != expected->table.item_count)
    spec_miss(spec, "%s: expected %u items, got %u", label, expected->table.item_count, actual.len);
}

static void compare_body(struct spec *spec, const char *label, const struct node *expected,
                         struct value body) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct err err;
  struct value value = body;
  struct str text = body.kind == VALUE_STRING ? value_text(body) : STR("");
  if (expected->kind == NODE_TABLE && text.len && json_parse(reader, text.p, text.len, &root, &err) == 0)
    value = value_copy(&spec->arena, json_value(root, &spec->arena));
  compare_deep(spec, label, expected, value);
  json_reader_free(reader);
}

static void compare_request(struct spec *spec, const char *of, const struct node *expected,
                            struct json_ref made) {
  static const char *const known[] = {"to", "method", "url", "path", "headers", "body", NULL};
  struct value request = json_value(made, &spec->arena);
  for (uint32_t i = 0; i < expected->table.pair_count; i++) {
    const struct node_pair *pair = &expected->table.pairs[i];
    const char *label = arena_printf(&spec->arena, "%s.%.*s", of, STR_ARG(pair->key));
    const char *const *word = known;
    while (*word && !str_eq(pair->key, str_of(*word))) word++;
    if (!*word)
      spec_miss(spec, "%s: a request has to, method, url, path, headers and body", label);
    else if (str_eq(pair->key, STR("body")))
      compare_body(spec, label, &pair->value, value_get(request, STR("body")));
    else if (!str_eq(pair->key, STR("to")))
      compare_deep(spec, label, &pair->value, value_get(request, pair->key));
  }
}

static bool goes_to(const struct told *told, const struct node *expected) {
  const struct node_pair *to = node_pair(expected, "to");
  struct str destination = STR("");
  json_string(json_get(told->root, STR("destination")), &destination);
  return !to || (to->value.kind == NODE_STRING && str_eq(to->value.text, destination));
}

/* The last one, of that destination when `to` says which. */
static void expect_request(struct spec *spec, const struct desk *desk, const struct node *expected) {
  struct told found = {0};
  for (const struct desk_told *record = desk->told; record; record = record->next) {
    struct told told;
    bool fits = open_told(&told, record) && goes_to(&told, expected);
    json_reader_free(fits ? found.reader : told.reader);
    if (fits) found = told;
  }
  struct value failed = found.reader ? text_in(&found, "failed") : VALUE_NONE;
  if (!found.reader)
    spec_miss(spec, "request: none was made%s", node_pair(expected, "to") ? " for that destination" : "");
  else if (failed.kind == VALUE_STRING)
    spec_miss(spec, "request: it could not be rendered: %.*s", STR_ARG(value_text(failed)));
  else
    compare_request(spec, "request", expected, json_get(found.root, STR("request")));
  json_reader_free(found.reader);
}

/* --- renderers by themselves ------------------------------------------------------------------------------------------ */

/* Data that a test wrote, as JSON; without any `otherwise`. */
static struct str data_json(struct spec *spec, const struct node *item, const char *key, const char *label,
                            const char *otherwise) {
  const struct node_pair *pair = node_pair(item, key);
  struct json_writer w;
  struct value value;
  struct buf text;
  struct err err;
  if (!pair) return str_of(otherwise);
  buf_init(&text);
  json_writer_init(&w, &text);
  if (spec_value(spec, &pair->value, &value, &err))
    spec_miss(spec, "%s.%s: %s", label, key, err.text);
  else
    json_put_value(&w, value);
  struct str kept = text.len ? arena_str(&spec->arena, buf_str(&text)) : str_of(otherwise);
  buf_release(&text);
  return kept;
}

/* The destination that `to` names, or one that has `plugin` for its renderer and nothing else. NULL: neither is there. */
static const struct destination *destination_of(struct spec *spec, const struct node *item,
                                                const char *label) {
  const struct ruleset *rules = spec->generation->rules;
  const struct node_pair *to = node_pair(item, "to"), *plugin = node_pair(item, "plugin");
  if (to && to->value.kind == NODE_STRING) {
    int at = ruleset_destination(rules, to->value.text);
    return at == NONE ? NULL : &rules->destinations[at];
  }
  for (uint32_t i = 0; plugin && plugin->value.kind == NODE_STRING && i < rules->renderer_count; i++) {
    if (!str_eq(plugin->value.text, str_of(rules->renderers[i].name))) continue;
    struct destination *made = arena_alloc(&spec->arena, sizeof *made);
    *made = (struct destination){.name = "test", .renderer = (int)i};
    made->options = data_json(spec, item, "options", label, "{}");
    return made;
  }
  return NULL;
}

/* renders = { { plugin = "slack", options = .., effect = { type = .., data = .. }, request = { .. } | nil }, .. } */
static void expect_rendered(struct spec *spec, const struct node *item, uint32_t number) {
  const char *label = arena_printf(&spec->arena, "renders[%u]", number + 1);
  const struct destination *destination = destination_of(spec, item, label);
  const struct node_pair *request = node_pair(item, "request");
  struct buf made;
  struct err err;
  if (!destination || (request && request->value.kind != NODE_TABLE)) {
    spec_miss(spec, "%s: write { plugin = \"RENDERER\", effect = { data = .. }, request = { body = .. } }",
              label);
    return;
  }
  buf_init(&made);
  struct str message = data_json(spec, item, "effect", label, "{}");
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  if (request_render(spec->generation, destination, STR("msg_test"), message, &made, &err) != 0)
    spec_miss(spec, "%s: %s", label, err.text);
  else if (!request && made.len)
    spec_miss(spec, "%s: expected nothing to be sent, got %s", label, made.data);
  else if (request && json_parse(reader, made.data, made.len, &root, &err) != 0)
    spec_miss(spec, "%s: nothing would be sent", label);
  else if (request)
    compare_request(spec, label, &request->value, root);
  json_reader_free(reader);
  buf_release(&made);
}

/* --- answers ----------------------------------------------------------------------------------------------------------- */

static void write_body(struct spec *spec, const struct node *body, struct buf *out) {
  struct json_writer w;
  struct value value;
  struct err err;
  if (!body) return;
  if (body->kind == NODE_STRING) {
    buf_add_str(out, body->text);
    return;
  }
  json_writer_init(&w, out);
  if (spec_value(spec, body, &value, &err))
    spec_miss(spec, "accepts: body: %s", err.text);
  else
    json_put_value(&w, value);
}

/* 200 when none is given. */
static int read_status(struct spec *spec, const char *label, const struct node *item) {
  const struct node_pair *status = node_pair(item, "status");
  double n = !status ? 200 : status->value.kind == NODE_NUMBER ? status->value.number : 0;
  if (n >= 100 && n <= 599 && n == floor(n)) return (int)n;
  spec_miss(spec, "%s.status: expected a status of HTTP from 100 to 599", label);
  return 200;
}

/* accepts = { { to = "crm", status = 200, body = { ok = true }, is = true | "reason", final = true }, .. } */
static void expect_answer(struct spec *spec, const struct node *item, uint32_t number) {
  const struct node_pair *is = node_pair(item, "is"), *body = node_pair(item, "body");
  const char *label = arena_printf(&spec->arena, "accepts[%u]", number + 1);
  const struct destination *destination = destination_of(spec, item, label);
  struct buf text;
  struct err err;
  if (!destination || !is) {
    spec_miss(spec, "%s: write { to = \"DESTINATION\", status = 200, body = .., is = true }", label);
    return;
  }
  buf_init(&text);
  write_body(spec, body ? &body->value : NULL, &text);
  int code = read_status(spec, label, item);
  static const char prefix[] = "not accepted: ";
  enum request_answer answer = request_judge(spec->generation, destination, code, buf_str(&text), &err);
  const struct node_pair *final = node_pair(item, "final");
  const char *why = err.code == ERR_NONE ? arena_printf(&spec->arena, "answered %d", code) : err.text;
  if (strncmp(why, prefix, sizeof prefix - 1) == 0) why += sizeof prefix - 1;
  spec_check_value(spec, label, &is->value,
                   answer == REQUEST_ACCEPTED ? value_bool(true)
                                              : value_str(arena_str(&spec->arena, str_of(why))));
  if (final)
    spec_check_value(spec, arena_printf(&spec->arena, "%s.final", label), &final->value,
                     value_bool(answer == REQUEST_REFUSED));
  buf_release(&text);
}

void spec_expect_told(struct spec *spec, const char *field, const struct node *expected) {
  struct desk desk;
  if (expected->kind != NODE_TABLE) {
    spec_miss(spec, "%s: expected a table, not %s", field, node_kind_word(expected));
    return;
  }
  bool answers = strcmp(field, "accepts") == 0;
  if (answers || strcmp(field, "renders") == 0) {
    for (uint32_t i = 0; i < expected->table.item_count; i++)
      (answers ? expect_answer : expect_rendered)(spec, &expected->table.items[i], i);
    return;
  }
  desk_open(&desk, spec);
  if (strcmp(field, "effects") == 0)
    expect_effects(spec, &desk, expected);
  else
    expect_request(spec, &desk, expected);
  desk_close(&desk, spec);
}
