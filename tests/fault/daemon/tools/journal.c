/* journal.c - prints the journal of a data directory, a record a line:
 *
 *   journal DIR
 *   {"seq":1,"kind":1,"received_ms":1795521600000,"source":"default","body":{"batch":[..]}}
 *
 * The second opinion of the fault tests: what is on the disk, read by nothing of the daemon but the store's reader. */
#include "base/json.h"
#include "store/store.h"

static void print_record(const struct store_record *record, struct buf *line) {
  struct json_writer w;
  buf_clear(line);
  json_writer_init(&w, line);
  json_open(&w, '{');
  json_key(&w, "seq");
  json_put_int(&w, (int64_t)record->seq);
  json_key(&w, "kind");
  json_put_int(&w, record->kind);
  json_key(&w, "received_ms");
  json_put_int(&w, record->received_ms);
  json_key(&w, "source");
  json_put_str(&w, record->source);
  json_key(&w, "body");
  json_put_raw(&w, record->bytes);
  json_close(&w, '}');
  puts(line->data);
}

int main(int argc, char **argv) {
  struct store_record record;
  struct err err;
  struct buf line;
  int more = -1;
  if (argc != 2) {
    fputs("usage: journal DIR\n", stderr);
    return 2;
  }
  buf_init(&line);
  struct store_reader *reader = store_reader_new(argv[1], &err);
  if (reader)
    while ((more = store_reader_next(reader, &record, &err)) > 0) print_record(&record, &line);
  if (more < 0) fprintf(stderr, "journal: %s\n", err.text);
  if (reader) store_reader_free(reader);
  buf_release(&line);
  return more < 0;
}
