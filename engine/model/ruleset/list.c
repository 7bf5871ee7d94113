#include "model/ruleset/list.h"

#include "base/text.h"
#include "model/fold/folded.h"

struct reading { /* one list file, being read */
  struct list *list;
  uint32_t line;
  struct buf scratch;
  struct err *err;
};

static int bad_line(struct reading *reading, const char *problem) {
  return err_set(reading->err, ERR_RULES, "%.*s:%u: %s", STR_ARG(reading->list->file), reading->line,
                 problem);
}

/* The entry of a line: without its comment and the blanks around it. */
static struct str entry_of(struct str line) {
  for (size_t i = 0; i < line.len; i++) {
    bool comment = line.p[i] == '#' && (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t');
    if (comment) line.len = i;
  }
  return str_trim(line);
}

static bool valid_utf8(struct str s) {
  while (s.len > 0) {
    size_t size = text_char(s);
    if (size == 0) return false;
    s.p += size;
    s.len -= size;
  }
  return true;
}

static int check_entry(struct reading *reading, struct str entry) {
  if (entry.len > LIST_ENTRY_MAX)
    return bad_line(reading, "an entry is longer than 256 bytes; write one entry a line");
  if (!valid_utf8(entry)) return bad_line(reading, "the line is not valid UTF-8; save the file as UTF-8");
  struct str rest = str_starts(entry, STR("*.")) ? (struct str){entry.p + 2, entry.len - 2} : entry;
  if (rest.len == 0 || memchr(rest.p, '*', rest.len))
    return bad_line(reading, "`*` may only stand in front, as in `*.edu` (every name below edu)");
  return 0;
}

static int read_line(struct reading *reading, struct str line) {
  struct str entry = entry_of(line);
  struct list *list = reading->list;
  if (entry.len == 0) return 0;
  if (check_entry(reading, entry) != 0) return -1;
  bool wildcard = str_starts(entry, STR("*."));
  if (wildcard) entry = (struct str){entry.p + 2, entry.len - 2};
  struct str folded = text_folded(entry, &reading->scratch);
  if (folded.len > list->longest) list->longest = folded.len;
  map_put(wildcard ? &list->wildcards : &list->entries, folded, reading->line, NULL);
  return 0;
}

static int read_lines(struct reading *reading, struct str text) {
  static const struct str byte_order_mark = {"\xef\xbb\xbf",
                                             3}; /* editors of other systems put it in front */
  if (str_starts(text, byte_order_mark)) text = (struct str){text.p + 3, text.len - 3};
  while (text.len > 0) {
    if (++reading->line > LIST_MAX_LINES) return bad_line(reading, "a list may have 20 million lines");
    const char *end = memchr(text.p, '\n', text.len);
    size_t len = end ? (size_t)(end - text.p) : text.len;
    if (read_line(reading, (struct str){text.p, len}) != 0) return -1;
    size_t skip = end ? len + 1 : len;
    text = (struct str){text.p + skip, text.len - skip};
  }
  return 0;
}

struct list *list_new(struct str name, struct str file, struct str text, struct err *err) {
  struct list *list = xcalloc(1, sizeof *list);
  struct reading reading = {.list = list, .err = err};
  *list = (struct list){.name = name, .file = file, .text = str_hash128(text, 0)};
  map_init(&list->entries);
  map_init(&list->wildcards);
  buf_init(&reading.scratch);
  int failed = read_lines(&reading, text);
  buf_release(&reading.scratch);
  if (!failed) return list;
  list_free(list);
  return NULL;
}

void list_free(struct list *list) {
  if (!list) return;
  map_release(&list->entries);
  map_release(&list->wildcards);
  free(list);
}

static bool below_a_wildcard(const struct list *list, struct str s) {
  if (list->wildcards.count == 0) return false;
  size_t from =
      s.len > list->longest ? s.len - list->longest - 1 : 0; /* keeps subjects full of dots linear */
  for (size_t i = from; i < s.len; i++) {
    if (s.p[i] != '.' || i == 0) continue;
    if (map_get(&list->wildcards, (struct str){s.p + i + 1, s.len - i - 1}) != MAP_NONE) return true;
  }
  return false;
}

bool list_has(const struct list *list, struct str subject) {
  struct folded folded;
  struct str s = folded_text(&folded, subject);
  bool has = s.len <= list->longest && map_get(&list->entries, s) != MAP_NONE;
  if (!has) has = below_a_wildcard(list, s);
  folded_release(&folded);
  return has;
}
