/* spec_event.c - a test's event as the JSON a client would send. */
#include "core/spec/spec_private.h"

static const char *const event_fields[] = {"type",
                                           "event",
                                           "name",
                                           "category",
                                           "userId",
                                           "anonymousId",
                                           "groupId",
                                           "previousId",
                                           "messageId",
                                           "timestamp",
                                           "originalTimestamp",
                                           "sentAt",
                                           "receivedAt",
                                           "context",
                                           "properties",
                                           "traits",
                                           "integrations",
                                           "channel",
                                           "version",
                                           "actor",
                                           "lifecycle",
                                           "from",
                                           "to",
                                           "reason",
                                           "until",
                                           "override",
                                           NULL};

static int items_value(struct spec *spec, const struct node *node, struct value *out, struct err *err) {
  struct value *items = arena_zalloc(&spec->arena, node->table.item_count * sizeof *items);
  for (uint32_t i = 0; i < node->table.item_count; i++)
    if (spec_value(spec, &node->table.items[i], &items[i], err)) return -1;
  *out = (struct value){.kind = VALUE_LIST, .len = node->table.item_count, .items = items};
  return 0;
}

static int pairs_value(struct spec *spec, const struct node *node, struct value *out, struct err *err) {
  struct pair *pairs = arena_zalloc(&spec->arena, node->table.pair_count * sizeof *pairs);
  for (uint32_t i = 0; i < node->table.pair_count; i++) {
    pairs[i].key = node->table.pairs[i].key;
    if (spec_value(spec, &node->table.pairs[i].value, &pairs[i].value, err)) return -1;
  }
  *out = (struct value){.kind = VALUE_MAP, .len = node->table.pair_count, .pairs = pairs};
  return 0;
}

int spec_value(struct spec *spec, const struct node *node, struct value *out, struct err *err) {
  switch (node->kind) {
  case NODE_BOOL: *out = value_bool(node->boolean); return 0;
  case NODE_NUMBER: *out = value_number(node->number); return 0;
  case NODE_STRING: *out = value_str(node->text); return 0;
  case NODE_TABLE:
    if (node->table.item_count && node->table.pair_count)
      return err_set(err, ERR_INVALID, "a table is a list or has names, not both");
    return node->table.item_count ? items_value(spec, node, out, err) : pairs_value(spec, node, out, err);
  case NODE_CALL:
    if (str_eq(node->call.name, STR("missing")) && node->call.arg_count == 0) {
      *out = (struct value){.kind = VALUE_NULL};
      return 0;
    }
    return err_set(err, ERR_INVALID, "%.*s is a matcher: events carry plain values (missing stands for null)",
                   STR_ARG(node->call.name));
  default: return err_set(err, ERR_INVALID, "%s cannot be part of an event", node_kind_word(node));
  }
}

static bool among(struct str word, const char *const *words) {
  for (; *words; words++)
    if (str_eq(word, str_of(*words))) return true;
  return false;
}

static int check_fields(const struct node *event, struct err *err) {
  if (event->table.item_count > 0) return err_set(err, ERR_INVALID, "an event's fields have names");
  for (uint32_t i = 0; i < event->table.pair_count; i++) {
    struct str key = event->table.pairs[i].key;
    if (among(key, event_fields)) continue;
    const char *near = str_nearest(key, event_fields);
    return err_set(err, ERR_INVALID, "an event has no field '%.*s'%s%s%s", STR_ARG(key),
                   near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
  }
  return 0;
}

static bool is_type(const struct node *event, const char *type) {
  const struct node_pair *pair = node_pair(event, "type");
  return pair && pair->value.kind == NODE_STRING && str_eq(pair->value.text, str_of(type));
}

static void fill_text(struct json_writer *writer, const struct node *event, const char *key,
                      const char *text) {
  if (node_pair(event, key)) return;
  json_key(writer, key);
  json_put_text(writer, text);
}

/* Who it is: before the lead has said so, a visitor; an identifier that the test gives stands for itself. */
static void fill_ids(struct spec *spec, const struct node *event, struct json_writer *writer) {
  bool tells = is_type(event, "identify") || is_type(event, "alias") || is_type(event, "group");
  bool anonymous = node_pair(event, "anonymousId") && !tells;
  bool named = node_pair(event, "userId") != NULL;
  if (!named && !anonymous && (tells || spec->known)) {
    fill_text(writer, event, "userId", SPEC_USER);
    spec->known = true;
  }
  if (!named) fill_text(writer, event, "anonymousId", SPEC_VISITOR);
}

int spec_event_json(struct spec *spec, const struct node *event, struct buf *out, struct err *err) {
  struct json_writer writer;
  char instant[TIME_TEXT_MAX], id[32];
  if (check_fields(event, err)) return -1;
  json_writer_init(&writer, out);
  json_open(&writer, '{');
  bool enrichment = is_type(event, "enrichment");
  for (uint32_t i = 0; i < event->table.pair_count; i++) {
    struct value value = {0};
    if (enrichment && str_eq(event->table.pairs[i].key, STR("properties"))) continue;
    if (spec_value(spec, &event->table.pairs[i].value, &value, err)) return -1;
    json_key_str(&writer, event->table.pairs[i].key);
    json_put_value(&writer, value);
  }
  if (enrichment && spec_enrichment(spec, event, &writer, err)) return -1;
  /* Rising ids keep events of one instant in the order in which the test sends them. */
  snprintf(id, sizeof id, "test-%06u", spec->events);
  fill_text(&writer, event, "messageId", id);
  fill_text(&writer, event, "timestamp", time_text(spec->now_ms, instant));
  fill_ids(spec, event, &writer);
  json_close(&writer, '}');
  return 0;
}
