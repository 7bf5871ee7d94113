#include "core/handoff/outbox.h"

#include "core/handoff/outbox_private.h"

static const char *const state_words[] = {
#define X(code, word) [code] = word,
    OUTBOX_STATES(X)
#undef X
};

const char *outbox_state_word(enum outbox_state state) {
  return state_words[state];
}

bool outbox_state_parse(struct str word, enum outbox_state *state) {
  for (int i = 0; i < OUTBOX_STATE_COUNT; i++) {
    if (!str_eq(word, str_of(state_words[i]))) continue;
    *state = (enum outbox_state)i;
    return true;
  }
  return false;
}

struct outbox *outbox_new(void) {
  struct outbox *outbox = xcalloc(1, sizeof *outbox);
  arena_init(&outbox->arena, 4096);
  map_init(&outbox->names);
  map_init(&outbox->lead_map);
  map_init(&outbox->reserved);
  return outbox;
}

void outbox_free(struct outbox *outbox) {
  if (!outbox) return;
  for (uint32_t i = 0; i < outbox->place_count; i++) free(outbox->places[i].heap);
  free(outbox->places);
  free(outbox->queues);
  free(outbox->leads);
  free(outbox->slots);
  free(outbox->rows);
  map_release(&outbox->reserved);
  map_release(&outbox->lead_map);
  map_release(&outbox->names);
  arena_release(&outbox->arena);
  free(outbox);
}

/* Room for one more element in an array that doubles. */
static void *grown(void *items, uint32_t count, uint32_t *cap, size_t size) {
  if (count < *cap) return items;
  *cap = *cap ? *cap * 2 : 16;
  return xrealloc(items, *cap * size);
}

/* --- names, places --------------------------------------------------------------------------------------------------- */

static uint16_t intern(struct outbox *outbox, struct str name) {
  uint32_t number = map_intern(&outbox->names, name) + 1;
  ASSERT(number <= UINT16_MAX);
  return (uint16_t)number;
}

const char *outbox_name(const struct outbox *outbox, uint16_t number) {
  return number ? outbox->names.entries[number - 1].key.p : "";
}

uint16_t outbox_find_name(const struct outbox *outbox, struct str name) {
  uint32_t number = map_get(&outbox->names, name);
  return number == MAP_NONE ? 0 : (uint16_t)(number + 1);
}

uint32_t outbox_place_count(const struct outbox *outbox) {
  return outbox->place_count;
}

const struct outbox_place *outbox_place(const struct outbox *outbox, uint32_t place) {
  return &outbox->places[place];
}

uint32_t outbox_find_place(const struct outbox *outbox, struct str name) {
  uint16_t number = outbox_find_name(outbox, name);
  for (uint32_t i = 0; number && i < outbox->place_count; i++)
    if (outbox->places[i].name == number) return i;
  return OUTBOX_NONE;
}

static struct outbox_place *open_place(struct outbox *outbox, uint16_t name) {
  for (uint32_t i = 0; i < outbox->place_count; i++)
    if (outbox->places[i].name == name) return &outbox->places[i];
  outbox->places = grown(outbox->places, outbox->place_count, &outbox->place_cap, sizeof *outbox->places);
  struct outbox_place *place = &outbox->places[outbox->place_count++];
  *place = (struct outbox_place){.name = name, .reason = ""};
  return place;
}

/* --- leads and their queues ------------------------------------------------------------------------------------------- */

static struct str node_key(const uint32_t *node) {
  return (struct str){(const char *)node, sizeof *node};
}

static struct outbox_lead *find_lead(const struct outbox *outbox, uint32_t node) {
  uint32_t at = map_get(&outbox->lead_map, node_key(&node));
  return at == MAP_NONE ? NULL : &outbox->leads[at];
}

static struct outbox_lead *open_lead(struct outbox *outbox, uint32_t node) {
  struct outbox_lead *lead = find_lead(outbox, node);
  if (lead) return lead;
  outbox->leads = grown(outbox->leads, outbox->lead_count, &outbox->lead_cap, sizeof *outbox->leads);
  map_set(&outbox->lead_map, node_key(&node), outbox->lead_count);
  lead = &outbox->leads[outbox->lead_count++];
  *lead = (struct outbox_lead){.first = OUTBOX_NONE, .last = OUTBOX_NONE, .queues = OUTBOX_NONE};
  return lead;
}

static uint32_t open_queue(struct outbox *outbox, struct outbox_lead *lead, uint16_t destination) {
  for (uint32_t q = lead->queues; q != OUTBOX_NONE; q = outbox->queues[q].next)
    if (outbox->queues[q].destination == destination) return q;
  outbox->queues = grown(outbox->queues, outbox->queue_count, &outbox->queue_cap, sizeof *outbox->queues);
  outbox->queues[outbox->queue_count] =
      (struct outbox_queue){destination, OUTBOX_NONE, OUTBOX_NONE, lead->queues};
  lead->queues = outbox->queue_count;
  return outbox->queue_count++;
}

/* At the end of its queue; when that is the front as well it can be due. */
static void enqueue(struct outbox *outbox, uint32_t number) {
  struct outbox_row *row = &outbox->rows[number];
  row->queue = open_queue(outbox, open_lead(outbox, row->lead), row->destination);
  row->next_in_queue = OUTBOX_NONE;
  struct outbox_queue *queue = &outbox->queues[row->queue];
  if (queue->head == OUTBOX_NONE) {
    queue->head = queue->tail = number;
    outbox_heap_add(outbox, number);
    return;
  }
  outbox->rows[queue->tail].next_in_queue = number;
  queue->tail = number;
}

/* Who was behind it may be due now. */
static void dequeue(struct outbox *outbox, uint32_t number) {
  struct outbox_row *row = &outbox->rows[number];
  struct outbox_queue *queue = &outbox->queues[row->queue];
  uint32_t before = OUTBOX_NONE, at = queue->head;
  while (at != number) {
    before = at;
    at = outbox->rows[at].next_in_queue;
  }
  if (before == OUTBOX_NONE)
    queue->head = row->next_in_queue;
  else
    outbox->rows[before].next_in_queue = row->next_in_queue;
  if (queue->tail == number) queue->tail = before;
  outbox_heap_remove(outbox, number);
  if (before == OUTBOX_NONE && queue->head != OUTBOX_NONE) outbox_heap_add(outbox, queue->head);
}

static void set_state(struct outbox *outbox, uint32_t number, enum outbox_state state) {
  struct outbox_row *row = &outbox->rows[number];
  struct outbox_place *place = open_place(outbox, row->destination);
  bool waited = row->state == OUTBOX_WAITING, waits = state == OUTBOX_WAITING;
  if (row->in_flight) place->in_flight--;
  row->in_flight = false;
  place->counts[row->state]--;
  place->counts[state]++;
  if (waited && !waits) dequeue(outbox, number);
  row->state = (uint8_t)state;
  if (!waited && waits) {
    enqueue(outbox, number);
    if (number < place->oldest) place->oldest = number;
  }
}

/* --- rows ---------------------------------------------------------------------------------------------------------------- */

uint32_t outbox_count(const struct outbox *outbox) {
  return outbox->count;
}

const struct outbox_row *outbox_row(const struct outbox *outbox, uint32_t number) {
  ASSERT(number < outbox->count);
  return &outbox->rows[number];
}

static void index_row(struct outbox *outbox, uint32_t number) {
  uint32_t mask = outbox->slot_count - 1, at = (uint32_t)outbox->rows[number].id.low & mask;
  while (outbox->slots[at]) at = (at + 1) & mask;
  outbox->slots[at] = number + 1;
}

static void grow_index(struct outbox *outbox) {
  outbox->slot_count = outbox->slot_count ? outbox->slot_count * 2 : 64;
  free(outbox->slots);
  outbox->slots = xcalloc(outbox->slot_count, sizeof *outbox->slots);
  for (uint32_t i = 0; i < outbox->count; i++) index_row(outbox, i);
}

uint32_t outbox_find(const struct outbox *outbox, struct hash128 id) {
  uint32_t mask = outbox->slot_count - 1;
  if (outbox->slot_count == 0) return OUTBOX_NONE;
  for (uint32_t at = (uint32_t)id.low & mask; outbox->slots[at]; at = (at + 1) & mask) {
    const struct outbox_row *row = &outbox->rows[outbox->slots[at] - 1];
    if (row->id.low == id.low && row->id.high == id.high) return outbox->slots[at] - 1;
  }
  return OUTBOX_NONE;
}

uint32_t outbox_next_of_lead(const struct outbox *outbox, uint32_t lead, uint32_t number) {
  const struct outbox_lead *of = number == OUTBOX_NONE ? find_lead(outbox, lead) : NULL;
  if (number != OUTBOX_NONE) return outbox->rows[number].next_of_lead;
  return of ? of->first : OUTBOX_NONE;
}

static void link_row(struct outbox *outbox, struct outbox_lead *lead, uint32_t number) {
  outbox->rows[number].next_of_lead = OUTBOX_NONE;
  if (lead->last == OUTBOX_NONE)
    lead->first = number;
  else
    outbox->rows[lead->last].next_of_lead = number;
  lead->last = number;
}

int64_t outbox_oldest_ms(struct outbox *outbox, uint32_t place) {
  struct outbox_place *at = &outbox->places[place];
  if (at->counts[OUTBOX_WAITING] == 0) return TIME_NEVER;
  for (;; at->oldest++) {
    const struct outbox_row *row = &outbox->rows[at->oldest];
    if (row->destination == at->name && row->state == OUTBOX_WAITING) return row->made_ms;
  }
}

/* --- making rows -------------------------------------------------------------------------------------------------------- */

enum reservation { ON_ITS_WAY, ARRIVED };

static struct str id_key(const struct hash128 *id) {
  return (struct str){(const char *)id, sizeof *id};
}

bool outbox_knows(const struct outbox *outbox, uint32_t lead, struct hash128 id, uint64_t key) {
  if (outbox_find(outbox, id) != OUTBOX_NONE || map_get(&outbox->reserved, id_key(&id)) == ON_ITS_WAY)
    return true;
  /* It may have been told of under another name. */
  for (uint32_t at = outbox_next_of_lead(outbox, lead, OUTBOX_NONE); at != OUTBOX_NONE;
       at = outbox_next_of_lead(outbox, lead, at))
    if (outbox->rows[at].key == key && outbox->rows[at].state != OUTBOX_CANCELLED) return true;
  return false;
}

uint32_t outbox_reserve(struct outbox *outbox, uint32_t lead, struct hash128 id) {
  map_set(&outbox->reserved, id_key(&id), ON_ITS_WAY);
  return ++open_lead(outbox, lead)->sequence;
}

uint32_t outbox_sequence(const struct outbox *outbox, uint32_t lead) {
  const struct outbox_lead *of = find_lead(outbox, lead);
  return of ? of->sequence : 0;
}

void outbox_raise_sequence(struct outbox *outbox, uint32_t lead, uint32_t sequence) {
  struct outbox_lead *of = open_lead(outbox, lead);
  if (of->sequence < sequence) of->sequence = sequence;
}

/* Its row is there and is known by itself. The map forgets nothing singly, so it is made anew once half of it has arrived. */
static void end_reservation(struct outbox *outbox, struct hash128 id) {
  struct map *reserved = &outbox->reserved, left;
  if (map_get(reserved, id_key(&id)) != ON_ITS_WAY) return;
  map_set(reserved, id_key(&id), ARRIVED);
  if (++outbox->arrived * 2 < reserved->count) return;
  map_init(&left);
  for (size_t i = 0; i < reserved->count; i++)
    if (reserved->entries[i].value == ON_ITS_WAY) map_set(&left, reserved->entries[i].key, ON_ITS_WAY);
  map_release(reserved);
  *reserved = left;
  outbox->arrived = 0;
}

/* --- records -------------------------------------------------------------------------------------------------------------- */

int outbox_take_effect(struct outbox *outbox, const struct outbox_effect *effect, uint64_t record,
                       uint32_t named, uint32_t lead, struct err *err) {
  char text[OUTBOX_ID_TEXT];
  if (outbox_find(outbox, effect->id) != OUTBOX_NONE)
    return err_set(err, ERR_INVALID, "record %llu: %s is there already", (unsigned long long)record,
                   outbox_id_text(effect->id, text));
  if (outbox->count == OUTBOX_ROWS_MAX) return err_set(err, ERR_LIMIT, "the outbox is full");
  outbox->rows = grown(outbox->rows, outbox->count, &outbox->cap, sizeof *outbox->rows);
  uint32_t number = outbox->count++;
  struct outbox_row *row = &outbox->rows[number];
  *row = (struct outbox_row){.id = effect->id,
                             .record = record,
                             .key = effect->key,
                             .made_ms = effect->made_ms,
                             .due_ms = effect->made_ms,
                             .delivered_ms = TIME_NEVER,
                             .lead = lead,
                             .named = named,
                             .sequence = effect->sequence,
                             .destination = intern(outbox, effect->destination),
                             .type = intern(outbox, effect->type),
                             .effect = intern(outbox, effect->effect),
                             .state = effect->rendered ? OUTBOX_WAITING : OUTBOX_PARKED,
                             .unrendered = !effect->rendered,
                             .heap_at = OUTBOX_NONE};
  if (outbox->count * 2 > outbox->slot_count)
    grow_index(outbox);
  else
    index_row(outbox, number);
  struct outbox_lead *of = open_lead(outbox, lead);
  link_row(outbox, of, number);
  end_reservation(outbox, effect->id);
  if (of->sequence < effect->sequence) of->sequence = effect->sequence;
  struct outbox_place *place = open_place(outbox, row->destination);
  if (place->counts[OUTBOX_WAITING] == 0 && effect->rendered) place->oldest = number;
  place->counts[row->state]++;
  if (effect->rendered) enqueue(outbox, number);
  return 0;
}

/* What an attempt says of the place, as it was judged when it ended. */
static void note_attempt(struct outbox *outbox, const struct outbox_row *row,
                         const struct outbox_delivery *delivery) {
  struct outbox_place *place = open_place(outbox, row->destination);
  bool delivered = delivery->what == HAPPENED_DELIVERED;
  const struct retry_answer answer = {
      .status = delivery->status, .refused = !delivered, .aborts = delivery->what == HAPPENED_ABORTED};
  struct retry_verdict verdict = {.end = RETRY_DELIVERED};
  if (!delivered) verdict = retry_judge(&retry_usual, 1, &answer, delivery->at_ms, 0);
  verdict.pause_ms = delivery->pause_ms;
  place->attempts++;
  if (place->attempted_ms < delivery->at_ms) place->attempted_ms = delivery->at_ms;
  if (!delivered) place->failures++;
  retry_note(&place->endpoint, &verdict, delivery->at_ms, 0);
}

static void take_of_place(struct outbox *outbox, const struct outbox_delivery *delivery) {
  struct outbox_place *place = open_place(outbox, intern(outbox, delivery->destination));
  place->disabled = delivery->what == HAPPENED_DISABLED;
  place->reason = arena_str(&outbox->arena, delivery->error).p;
  place->changed_ms = delivery->at_ms;
  place->endpoint = (struct retry_endpoint){0};
}

static void wait_again(struct outbox *outbox, uint32_t number, int64_t due_ms) {
  struct outbox_row *row = &outbox->rows[number];
  if (row->state == OUTBOX_WAITING) {
    outbox_heap_remove(outbox, number);
    if (row->in_flight) open_place(outbox, row->destination)->in_flight--;
    row->in_flight = false;
    row->due_ms = due_ms;
    if (outbox->queues[row->queue].head == number) outbox_heap_add(outbox, number);
    return;
  }
  row->due_ms = due_ms;
  set_state(outbox, number, OUTBOX_WAITING);
}

static void take_of_row(struct outbox *outbox, uint32_t number, const struct outbox_delivery *delivery,
                        uint64_t record) {
  struct outbox_row *row = &outbox->rows[number];
  if (row->state == OUTBOX_ERASED) return;
  row->last = record;
  if (delivery->attempt) {
    row->attempts = (uint16_t)(row->attempts < UINT16_MAX ? row->attempts + 1 : UINT16_MAX);
    note_attempt(outbox, row, delivery);
  }
  bool waits = row->state == OUTBOX_WAITING; /* else somebody has decided meanwhile */
  switch (delivery->what) {
  case HAPPENED_DELIVERED:
    if (row->delivered_ms == TIME_NEVER) row->delivered_ms = delivery->at_ms;
    set_state(outbox, number, OUTBOX_DELIVERED);
    break;
  case HAPPENED_FAILED:
    if (waits) wait_again(outbox, number, delivery->next_ms);
    break;
  case HAPPENED_PARKED:
  case HAPPENED_ABORTED:
    if (waits) set_state(outbox, number, OUTBOX_PARKED);
    break;
  case HAPPENED_DROPPED: set_state(outbox, number, OUTBOX_DROPPED); break;
  case HAPPENED_CANCELLED: set_state(outbox, number, OUTBOX_CANCELLED); break;
  case HAPPENED_RENDERED:
    row->record = record;
    row->unrendered = false;
    row->attempts = 0;
    wait_again(outbox, number, delivery->at_ms);
    break;
  case HAPPENED_RETRIED:
    row->attempts = 0;
    if (!row->unrendered) wait_again(outbox, number, delivery->at_ms);
    break;
  case HAPPENED_RETURNED: returned_note(&outbox->returned, delivery->value); break;
  case HAPPENED_DISABLED:
  case HAPPENED_ENABLED:
  case HAPPENED_COUNT: break;
  }
}

void outbox_take_delivery(struct outbox *outbox, const struct outbox_delivery *delivery, uint64_t record) {
  if (delivery->destination.len) {
    take_of_place(outbox, delivery);
    return;
  }
  uint32_t number = outbox_find(outbox, delivery->id);
  if (number != OUTBOX_NONE) take_of_row(outbox, number, delivery, record);
}

void outbox_doubt(struct outbox *outbox, uint32_t lead) {
  for (uint32_t at = outbox_next_of_lead(outbox, lead, OUTBOX_NONE); at != OUTBOX_NONE;
       at = outbox->rows[at].next_of_lead)
    outbox->rows[at].doubtful = outbox->rows[at].state == OUTBOX_WAITING;
}

void outbox_trust(struct outbox *outbox, uint32_t number) {
  outbox->rows[number].doubtful = false;
}

/* The lead's rows and those from `a` on, which are linked as a lead's are, in the order in which they were made; what waits is queued anew. */
static void join_rows(struct outbox *outbox, uint32_t lead, uint32_t a) {
  struct outbox_lead *into = open_lead(outbox, lead);
  uint32_t b = into->first;
  into->first = into->last = OUTBOX_NONE;
  for (uint32_t q = into->queues; q != OUTBOX_NONE; q = outbox->queues[q].next)
    outbox->queues[q].head = outbox->queues[q].tail = OUTBOX_NONE;
  while (a != OUTBOX_NONE || b != OUTBOX_NONE) {
    uint32_t *side = a < b ? &a : &b, number = *side;
    struct outbox_row *row = &outbox->rows[number];
    *side = row->next_of_lead;
    row->lead = lead;
    link_row(outbox, into, number);
    if (row->state != OUTBOX_WAITING) continue;
    outbox_heap_remove(outbox, number);
    enqueue(outbox, number);
    into = find_lead(outbox, lead);
    if (row->in_flight) outbox_heap_remove(outbox, number);
  }
}

void outbox_absorb(struct outbox *outbox, uint32_t lead, uint32_t other) {
  const struct outbox_lead *from = find_lead(outbox, other);
  if (!from || lead == other || from->first == OUTBOX_NONE)
    return; /* nobody was told anything of it, or all of that is another's */
  uint32_t sequence = from->sequence;
  join_rows(outbox, lead, from->first);
  outbox_raise_sequence(outbox, lead, sequence);
  *find_lead(outbox, other) = (struct outbox_lead){
      .first = OUTBOX_NONE, .last = OUTBOX_NONE, .queues = OUTBOX_NONE, .sequence = sequence};
}

static void unlink_row(struct outbox *outbox, uint32_t number) {
  struct outbox_lead *of = find_lead(outbox, outbox->rows[number].lead);
  uint32_t before = OUTBOX_NONE, next = outbox->rows[number].next_of_lead;
  for (uint32_t at = of->first; at != number; at = outbox->rows[at].next_of_lead) before = at;
  if (before == OUTBOX_NONE)
    of->first = next;
  else
    outbox->rows[before].next_of_lead = next;
  if (of->last == number) of->last = before;
  outbox->rows[number].next_of_lead = OUTBOX_NONE;
}

void outbox_give(struct outbox *outbox, uint32_t number, uint32_t lead) {
  struct outbox_row *row = &outbox->rows[number];
  if (row->lead == lead || row->state == OUTBOX_ERASED) return;
  if (row->state == OUTBOX_WAITING) dequeue(outbox, number);
  unlink_row(outbox, number);
  join_rows(outbox, lead, number);
}

/* A message of the same id may be made again, of somebody who comes again. The index finds it no more, whatever place it has there. */
static void forget_row(struct outbox *outbox, uint32_t number) {
  struct outbox_row *row = &outbox->rows[number];
  set_state(outbox, number, OUTBOX_ERASED);
  row->lead = row->named = OUTBOX_NONE;
  row->id = (struct hash128){0};
  row->key = 0;
}

uint32_t outbox_forget_some(struct outbox *outbox, uint32_t lead,
                            bool (*is_theirs)(void *context, const struct outbox_row *row), void *context) {
  struct outbox_lead *of = find_lead(outbox, lead);
  uint32_t count = 0, at = of ? of->first : OUTBOX_NONE;
  if (of) of->first = of->last = OUTBOX_NONE;
  for (uint32_t next; at != OUTBOX_NONE; at = next) {
    next = outbox->rows[at].next_of_lead;
    if (is_theirs(context, &outbox->rows[at])) {
      forget_row(outbox, at);
      count++;
    } else {
      link_row(outbox, of, at);
    }
  }
  return count;
}

void outbox_forget(struct outbox *outbox, uint32_t lead) {
  struct outbox_lead *of = find_lead(outbox, lead);
  if (!of) return;
  for (uint32_t at = of->first; at != OUTBOX_NONE; at = outbox->rows[at].next_of_lead) forget_row(outbox, at);
  *of = (struct outbox_lead){.first = OUTBOX_NONE, .last = OUTBOX_NONE, .queues = OUTBOX_NONE};
}

struct returned *outbox_returned(struct outbox *outbox) {
  return &outbox->returned;
}

/* --- attempts --------------------------------------------------------------------------------------------------------------- */

void outbox_begin(struct outbox *outbox, uint32_t number) {
  struct outbox_row *row = &outbox->rows[number];
  if (row->in_flight || row->state != OUTBOX_WAITING) return;
  row->in_flight = true;
  open_place(outbox, row->destination)->in_flight++;
  outbox_heap_remove(outbox, number);
}

void outbox_give_up(struct outbox *outbox, uint32_t number) {
  if (outbox->rows[number].in_flight) wait_again(outbox, number, outbox->rows[number].due_ms);
}
