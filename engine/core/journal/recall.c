#include "core/journal/recall.h"

#include "core/intake/envelope.h"
#include "core/intake/normalise.h"
#include "core/journal/journal.h"
#include "core/journal/sift.h"
#include "store/store.h"

struct recaller {
  struct store_reader *reader;
  struct json_reader *document, *merged; /* a record, and an item put together with its envelope's context */
  struct buf text, part;
  struct normalised event;
  struct arena *arena;
  struct recalled **wanted; /* by record */
  size_t left;              /* of the record at hand, not found yet */
};

/* --- an event ----------------------------------------------------------------------------------------------------- */

/* The members of an object, as long as there is room for them. */
static struct str copy_members(struct recaller *recaller, struct json_ref object, bool *cut) {
  struct json_writer writer;
  struct json_iter it;
  if (json_kind(object) != JSON_OBJECT) return STR("");
  buf_clear(&recaller->text);
  json_writer_init(&writer, &recaller->text);
  json_open(&writer, '{');
  for (json_iter_init(&it, object); json_next(&it);) {
    buf_clear(&recaller->part);
    json_minify(it.value, &recaller->part);
    size_t size = recaller->part.len + it.key.len + sizeof "\"\":,}";
    if (recaller->text.len + size > RECALL_DATA_MAX) {
      *cut = true;
      continue;
    }
    json_key_str(&writer, it.key);
    json_put_raw(&writer, buf_str(&recaller->part));
  }
  json_close(&writer, '}');
  return arena_str(recaller->arena, buf_str(&recaller->text));
}

static void fill(struct recaller *recaller, struct recalled *item) {
  const struct event *event = &recaller->event.event;
  bool has_traits = event_type_tells(event->type);
  item->found = true;
  item->type = event->type;
  item->name = arena_str(recaller->arena, event->name);
  item->group_id = arena_str(recaller->arena, event->group_id);
  item->previous_id = arena_str(recaller->arena, event->previous_id);
  item->data = copy_members(recaller, has_traits ? event->traits : event->properties, &item->cut);
}

static bool is_event(const struct recalled *item, const struct event *event) {
  size_t source = event->source.len;
  return item->time_ms == event->time_ms && item->key.len == source + 1 + event->message_id.len &&
         str_eq((struct str){item->key.p, source}, event->source) && item->key.p[source] == '\0' &&
         str_eq((struct str){item->key.p + source + 1, event->message_id.len}, event->message_id);
}

/* --- a record ----------------------------------------------------------------------------------------------------- */

static void match(struct recaller *recaller, struct json_ref root, const struct normalise_context *context,
                  size_t count) {
  if (normalise_event(root, context, &recaller->event) != REJECT_NONE) return;
  for (size_t i = 0; i < count; i++) {
    struct recalled *item = recaller->wanted[i];
    if (item->found || !is_event(item, &recaller->event.event)) continue;
    fill(recaller, item);
    recaller->left--;
    return;
  }
}

/* The item together with its envelope's context, as it was when it was fed. */
static struct json_ref open_item(struct recaller *recaller, struct json_ref item, struct json_ref context) {
  const struct envelope envelope = {.context = context};
  struct json_ref merged;
  struct err err;
  if (json_count(context) == 0 || json_kind(item) != JSON_OBJECT) return item;
  buf_clear(&recaller->text);
  envelope_open(&envelope, item, &recaller->part, &recaller->text);
  bool good = json_parse(recaller->merged, recaller->text.data, recaller->text.len, &merged, &err) == 0;
  return good ? merged : item;
}

static void search_record(struct recaller *recaller, const struct store_record *record, size_t count) {
  struct normalise_context context = {.source = record->source,
                                      .received_ms = record->received_ms ? record->received_ms : TIME_NEVER,
                                      .is_history = record->kind == JOURNAL_IMPORT,
                                      .is_system = record->kind == JOURNAL_SYSTEM,
                                      .batch_sent_ms = TIME_NEVER};
  struct json_ref root;
  struct json_iter it;
  struct err err;
  if (!sift_has_events(record)) return;
  if (json_parse(recaller->document, record->bytes.p, record->bytes.len, &root, &err) != 0) return;
  struct json_ref batch = json_get(root, STR("batch")), shared = json_get(root, STR("context"));
  recaller->left = count;
  if (json_kind(batch) != JSON_ARRAY) {
    match(recaller, root, &context, count);
    return;
  }
  normalise_time(json_get(root, STR("sentAt")), &context.batch_sent_ms);
  for (json_iter_init(&it, batch); recaller->left && json_next(&it);)
    match(recaller, open_item(recaller, it.value, shared), &context, count);
}

/* Those of `wanted` in the first one's record; *same says how many. */
static int search(struct recaller *recaller, size_t count, size_t *same, struct err *err) {
  struct store_record record;
  uint64_t seq = recaller->wanted[0]->record;
  for (*same = 1; *same < count && recaller->wanted[*same]->record == seq;) ++*same;
  if (seq == 0) return 0;
  store_reader_seek(recaller->reader, seq);
  int found = store_reader_next(recaller->reader, &record, err);
  if (found > 0 && record.seq == seq) search_record(recaller, &record, *same);
  return found < 0 ? -1 : 0;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static int by_record(const void *a, const void *b) {
  const struct recalled *left = *(struct recalled *const *)a, *right = *(struct recalled *const *)b;
  return (left->record > right->record) - (left->record < right->record);
}

static int search_all(struct recaller *recaller, size_t count, bool (*stopped)(void *arg), void *arg,
                      struct err *err) {
  for (size_t same; count; count -= same, recaller->wanted += same) {
    if (stopped && stopped(arg)) return 0;
    if (search(recaller, count, &same, err) != 0) return -1;
  }
  return 0;
}

int recall(const char *dir, struct recalled *items, size_t count, struct arena *arena,
           bool (*stopped)(void *arg), void *arg, struct err *err) {
  struct recaller recaller = {.arena = arena, .reader = store_reader_new(dir, err)};
  if (!recaller.reader) return -1;
  struct recalled **wanted = recaller.wanted = xcalloc(count + 1, sizeof(struct recalled *));
  for (size_t i = 0; i < count; i++) wanted[i] = &items[i];
  qsort(wanted, count, sizeof(struct recalled *), by_record);
  recaller.document = json_reader_new();
  recaller.merged = json_reader_new();
  buf_init(&recaller.text);
  buf_init(&recaller.part);
  int code = search_all(&recaller, count, stopped, arg, err);
  buf_release(&recaller.text);
  buf_release(&recaller.part);
  json_reader_free(recaller.document);
  json_reader_free(recaller.merged);
  store_reader_free(recaller.reader);
  free(wanted);
  return code;
}
