#include "core/rules/document.h"

#include "base/err.h"
#include "base/map.h"
#include <math.h>
#include <yaml.h>

struct reader {
  yaml_parser_t parser;
  yaml_event_t event; /* the present one */
  struct arena *arena;
  struct problems *problems;
  const char *file;
  uint32_t nodes, depth;
  bool texts;   /* scalars stay as they are written */
  bool stopped; /* a syntax error, or a bound was passed: nothing more can be read */
};

struct growing { /* children being collected */
  struct node_pair *items;
  uint32_t count, cap;
};

static void read_node(struct reader *reader, struct node *out);

static struct place place_of(const struct reader *reader, yaml_mark_t mark) {
  return (struct place){reader->file, (int)mark.line + 1};
}

__attribute__((format(printf, 5, 6))) static void refuse(struct reader *reader, struct place place,
                                                         const char *code, const char *hint,
                                                         const char *format, ...) {
  char text[256];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  problem_add(reader->problems, SEVERITY_ERROR, code, place, hint, "%s", text);
}

static void stop(struct reader *reader) {
  const yaml_parser_t *parser = &reader->parser;
  const char *problem = parser->problem ? parser->problem : "not YAML";
  bool bytes = parser->error == YAML_READER_ERROR; /* bad UTF-8: there is no line, only an offset */
  struct place place = bytes ? (struct place){reader->file, 0} : place_of(reader, parser->problem_mark);
  if (bytes)
    refuse(reader, place, "syntax", NULL, "%s at byte %zu", problem, parser->problem_offset);
  else
    refuse(reader, place, "syntax", NULL, "%s%s%s", parser->context ? parser->context : "",
           parser->context ? ": " : "", problem);
  reader->stopped = true;
}

/* The next event becomes the present one. False at an error, which stops the reader. */
static bool next(struct reader *reader) {
  yaml_event_delete(&reader->event);
  if (reader->stopped) return false;
  if (yaml_parser_parse(&reader->parser, &reader->event)) return true;
  stop(reader);
  return false;
}

/* --- what is refused ---------------------------------------------------------------------------------------------- */

static void refuse_extras(struct reader *reader, const yaml_char_t *anchor, const yaml_char_t *tag) {
  struct place place = place_of(reader, reader->event.start_mark);
  if (anchor)
    refuse(reader, place, "anchor", "write the value out where it is meant",
           "the anchor '&%s' is not allowed", (const char *)anchor);
  if (tag)
    refuse(reader, place, "tag", "write the value without it", "the tag '%s' is not allowed",
           (const char *)tag);
}

static bool bounded(struct reader *reader) {
  struct place place = place_of(reader, reader->event.start_mark);
  if (++reader->nodes > DOCUMENT_NODES_MAX)
    refuse(reader, place, "too_large", "split the file", "more than %d values", DOCUMENT_NODES_MAX);
  else if (reader->depth > DOCUMENT_DEPTH_MAX)
    refuse(reader, place, "too_deep", NULL, "nested deeper than %d levels", DOCUMENT_DEPTH_MAX);
  else
    return true;
  reader->stopped = true;
  return false;
}

/* --- scalars ------------------------------------------------------------------------------------------------------ */

/* Decimal: -1, 20, 0.5, 1e3. Not: 0x10, 1_000, .5., inf. */
static bool parse_number(struct str text, double *number) {
  static const char allowed[] = "0123456789+-.eE";
  bool digit = false;
  if (text.len == 0 || text.len > 64) return false;
  for (size_t i = 0; i < text.len; i++) {
    if (!memchr(allowed, text.p[i], sizeof allowed - 1)) return false;
    digit = digit || (text.p[i] >= '0' && text.p[i] <= '9');
  }
  char *end;
  *number = strtod(text.p, &end);
  return digit && end == text.p + text.len;
}

static bool is_null(struct str text) {
  return text.len == 0 || str_eq(text, STR("~")) || str_eq(text, STR("null"));
}

static void read_plain(struct reader *reader, struct str text, struct node *out) {
  static const double exact = 9007199254740992.0; /* 2^53 */
  double number;
  if (is_null(text)) {
    refuse(reader, out->place, "no_value", NULL, "a value is missing here");
  } else if (str_eq(text, STR("true")) || str_eq(text, STR("false"))) {
    out->kind = NODE_BOOL;
    out->boolean = text.p[0] == 't';
  } else if (parse_number(text, &number)) {
    out->kind = NODE_NUMBER;
    out->number = number;
    if (!isfinite(number) || fabs(number) > exact)
      refuse(reader, out->place, "number", "write a number of at most 2^53", "'%.*s' cannot be used",
             (int)text.len, text.p);
  }
}

static void read_scalar(struct reader *reader, struct node *out) {
  const yaml_event_t *event = &reader->event;
  struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
  refuse_extras(reader, event->data.scalar.anchor, event->data.scalar.tag);
  out->kind = NODE_STRING;
  out->text = arena_str(reader->arena, text);
  if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE) return;
  if (!reader->texts)
    read_plain(reader, out->text, out);
  else if (is_null(text))
    out->kind = NODE_MISSING;
}

/* --- sequences and mappings --------------------------------------------------------------------------------------- */

static struct node_pair *grow(struct growing *growing) {
  if (growing->count == growing->cap) {
    growing->cap = growing->cap ? growing->cap * 2 : 8;
    growing->items = xrealloc(growing->items, growing->cap * sizeof *growing->items);
  }
  growing->items[growing->count] = (struct node_pair){.value = {.kind = NODE_MISSING}};
  return &growing->items[growing->count++];
}

static void read_sequence(struct reader *reader, struct node *out) {
  struct growing growing = {0};
  refuse_extras(reader, reader->event.data.sequence_start.anchor, reader->event.data.sequence_start.tag);
  while (next(reader) && reader->event.type != YAML_SEQUENCE_END_EVENT) {
    struct node item;
    read_node(reader, &item);
    grow(&growing)->value = item;
  }
  struct node *items = arena_alloc(reader->arena, growing.count * sizeof *items);
  for (uint32_t i = 0; i < growing.count; i++) items[i] = growing.items[i].value;
  free(growing.items);
  out->kind = NODE_TABLE;
  out->table.items = items;
  out->table.item_count = growing.count;
}

/* The present event as a key. Keys are texts whatever they look like. */
static void read_key(struct reader *reader, struct map *seen, struct node_pair *pair) {
  bool added = true;
  pair->key_place = place_of(reader, reader->event.start_mark);
  if (reader->event.type != YAML_SCALAR_EVENT) {
    struct node ignored;
    refuse(reader, pair->key_place, "key", "a key is a word", "a list or mapping stands where a key should");
    read_node(reader, &ignored);
    return;
  }
  const yaml_event_t *event = &reader->event;
  struct str key = {(const char *)event->data.scalar.value, event->data.scalar.length};
  refuse_extras(reader, event->data.scalar.anchor, event->data.scalar.tag);
  uint32_t first = map_put(seen, key, (uint32_t)pair->key_place.line, &added);
  if (!added)
    refuse(reader, pair->key_place, "duplicate_key", "keep one of them",
           "'%.*s' was already written in line %u", (int)key.len, key.p, first);
  pair->key = arena_str(reader->arena, key);
}

static void read_mapping(struct reader *reader, struct node *out) {
  struct growing growing = {0};
  struct map seen;
  map_init(&seen);
  refuse_extras(reader, reader->event.data.mapping_start.anchor, reader->event.data.mapping_start.tag);
  while (next(reader) && reader->event.type != YAML_MAPPING_END_EVENT) {
    struct node_pair pair = {.value = {.kind = NODE_MISSING}};
    read_key(reader, &seen, &pair);
    if (!next(reader)) break;
    read_node(reader, &pair.value);
    *grow(&growing) = pair;
  }
  out->kind = NODE_TABLE;
  out->table.pairs = arena_dup(reader->arena, growing.items, growing.count * sizeof *growing.items);
  out->table.pair_count = growing.count;
  free(growing.items);
  map_release(&seen);
}

/* The node that begins with the present event; afterwards its last event is present. */
static void read_node(struct reader *reader, struct node *out) {
  *out = (struct node){.place = place_of(reader, reader->event.start_mark)};
  reader->depth++;
  if (bounded(reader)) {
    switch (reader->event.type) {
    case YAML_SCALAR_EVENT: read_scalar(reader, out); break;
    case YAML_SEQUENCE_START_EVENT: read_sequence(reader, out); break;
    case YAML_MAPPING_START_EVENT: read_mapping(reader, out); break;
    case YAML_ALIAS_EVENT:
      refuse(reader, out->place, "alias", "write the value out where it is meant",
             "the alias '*%s' is not allowed", (const char *)reader->event.data.alias.anchor);
      break;
    default: ASSERT(false); /* the parser gives no other event where a node begins */
    }
  }
  reader->depth--;
}

/* --- the document ------------------------------------------------------------------------------------------------- */

static void read_stream(struct reader *reader, struct node *root) {
  bool found = false;
  while (next(reader) && reader->event.type != YAML_STREAM_END_EVENT) {
    if (reader->event.type != YAML_DOCUMENT_START_EVENT) continue;
    if (found) {
      refuse(reader, place_of(reader, reader->event.start_mark), "documents", "one file holds one document",
             "a second document begins here");
      reader->stopped = true;
      return;
    }
    found = true;
    if (next(reader)) read_node(reader, root);
  }
}

bool document_read(const char *file, struct str text, enum document_scalars scalars, struct arena *arena,
                   struct problems *problems, struct node *root) {
  struct reader reader = {
      .arena = arena, .problems = problems, .file = file, .texts = scalars == DOCUMENT_TEXTS};
  *root = (struct node){.kind = NODE_TABLE, .place = {file, 1}};
  ASSERT(yaml_parser_initialize(&reader.parser));
  yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&reader.parser, (const unsigned char *)(text.p ? text.p : ""), text.len);
  read_stream(&reader, root);
  yaml_event_delete(&reader.event);
  yaml_parser_delete(&reader.parser);
  return !reader.stopped;
}
