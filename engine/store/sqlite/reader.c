/* reader.c - store.h's readers: records one by one, values, counts. */
#include "store/record.h"
#include "store/sqlite/ahead.h"
#include "store/sqlite/journal.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/scrub.h"

struct store_reader {
  struct walk walk;
  struct block_unpacker *unpacker;
  struct ahead *ahead; /* NULL: the walk gives the blocks */
  sqlite3_stmt *value;
  struct str rest;          /* of the current block's records */
  uint64_t block_seq;       /* its first */
  uint64_t at_seq, end_seq; /* of the first record in `rest`, and behind the last */
  uint64_t next_seq;        /* the first wanted */
  uint64_t blocks;          /* read */
};

static int init(struct store_reader *reader, const char *dir, struct err *err) {
  if (walk_init(&reader->walk, dir, err)) return -1;
  reader->value = database_prepare(reader->walk.db, "SELECT bytes FROM value WHERE name = ?1", err);
  if (reader->value) return 0;
  walk_release(&reader->walk);
  return -1;
}

struct store_reader *store_reader_new(const char *dir, struct err *err) {
  struct store_reader *reader = xcalloc(1, sizeof *reader);
  if (init(reader, dir, err)) {
    free(reader);
    return NULL;
  }
  reader->unpacker = block_unpacker_new();
  return reader;
}

struct store_reader *store_reader_ahead(const char *dir, struct err *err) {
  struct store_reader *reader = store_reader_new(dir, err);
  if (!reader) return NULL;
  reader->ahead = ahead_new(dir, err);
  if (reader->ahead) return reader;
  store_reader_free(reader);
  return NULL;
}

void store_reader_free(struct store_reader *reader) {
  if (!reader) return;
  ahead_free(reader->ahead);
  sqlite3_finalize(reader->value);
  walk_release(&reader->walk);
  block_unpacker_free(reader->unpacker);
  free(reader);
}

void store_reader_seek(struct store_reader *reader, uint64_t seq) {
  reader->next_seq = seq;
  reader->at_seq = reader->end_seq = 0;
  if (reader->ahead) ahead_seek(reader->ahead, seq);
}

/* 1: `rest` holds the records from next_seq's block on. */
static int open_block(struct store_reader *reader, struct err *err) {
  struct feed feed;
  int found = reader->ahead ? ahead_next(reader->ahead, &feed, err)
                            : feed_next(&reader->walk, reader->unpacker, reader->next_seq, &feed, err);
  if (found <= 0) return found;
  reader->blocks++;
  if (reader->next_seq < feed.from_seq) reader->next_seq = feed.from_seq;
  reader->rest = feed.records;
  reader->at_seq = reader->block_seq = feed.first_seq;
  reader->end_seq = feed.end_seq;
  return 1;
}

uint64_t store_reader_blocks(const struct store_reader *reader) {
  return reader->blocks;
}

static int take(struct store_reader *reader, struct store_record *record, struct err *err) {
  if (!record_take(&reader->rest, record)) {
    err_set(err, ERR_SYNTAX, "the block holds fewer than it should: the file is damaged");
    return walk_blame(&reader->walk, reader->block_seq, err);
  }
  record->seq = reader->at_seq++;
  return 1;
}

/* Whether the record is one that is wanted and there; the next one wanted is behind it. */
static bool is_next(struct store_reader *reader, const struct store_record *record) {
  if (record->seq < reader->next_seq) return false;
  reader->next_seq = record->seq + 1;
  return record->kind != RECORD_GONE;
}

int store_reader_next(struct store_reader *reader, struct store_record *record, struct err *err) {
  do {
    if (reader->at_seq == reader->end_seq) {
      int found = open_block(reader, err);
      if (found <= 0) return found;
    }
    if (take(reader, record, err) < 0) return -1;
  } while (!is_next(reader, record));
  return 1;
}

int store_reader_value(struct store_reader *reader, struct str name, struct buf *bytes, struct err *err) {
  sqlite3_bind_text64(reader->value, 1, name.p, name.len, SQLITE_STATIC, SQLITE_UTF8);
  int code = sqlite3_step(reader->value), result = code == SQLITE_ROW;
  if (code == SQLITE_ROW)
    buf_add_str(bytes, database_bytes(reader->value, 0));
  else if (code != SQLITE_DONE) {
    database_failure(reader->walk.db, "reading a value", err);
    result = -1;
  }
  sqlite3_reset(reader->value);
  return result;
}

int store_value(const char *dir, struct str name, struct buf *bytes, struct err *err) {
  struct store_reader *reader = store_reader_new(dir, err);
  if (!reader) return err->code == ERR_NOT_FOUND ? 0 : -1;
  int found = store_reader_value(reader, name, bytes, err);
  store_reader_free(reader);
  return found;
}

static int count_rows(struct store_reader *reader, struct store_counts *counts, struct err *err) {
  uint64_t floor;
  if (walk_floor(&reader->walk, &floor, err)) return -1;
  sqlite3_stmt *stmt =
      database_prepare(reader->walk.db,
                       "SELECT coalesce(min(first_seq), 0), coalesce(max(first_seq + records - 1), 0),"
                       " coalesce(sum(records - gone), 0), count(*) FROM block"
                       " WHERE gone < records AND first_seq + records > ?1",
                       err);
  if (!stmt) return -1;
  sqlite3_bind_int64(stmt, 1, (sqlite3_int64)floor);
  int code = sqlite3_step(stmt);
  if (code == SQLITE_ROW)
    *counts = (struct store_counts){.first_seq = (uint64_t)sqlite3_column_int64(stmt, 0),
                                    .last_seq = (uint64_t)sqlite3_column_int64(stmt, 1),
                                    .records = (uint64_t)sqlite3_column_int64(stmt, 2),
                                    .blocks = (uint64_t)sqlite3_column_int64(stmt, 3)};
  else
    database_failure(reader->walk.db, "counting records", err);
  sqlite3_finalize(stmt);
  return code == SQLITE_ROW ? 0 : -1;
}

/* The store's own values. */
static int read_marks(struct store_reader *reader, struct store_counts *counts, struct err *err) {
  struct buf mark;
  buf_init(&mark);
  int clean = schema_value(reader->walk.db, JOURNAL_CLEAN, &mark, err);
  counts->clean = str_eq(buf_str(&mark), STR("1"));
  buf_clear(&mark);
  int blocks = schema_value(reader->walk.db, JOURNAL_BLOCKS, &mark, err);
  counts->expected_blocks = counts->clean && blocks > 0 ? strtoull(mark.data, NULL, 10) : 0;
  buf_clear(&mark);
  int marked = schema_value(reader->walk.db, SCRUB_MARK, &mark, err);
  counts->marked = marked > 0;
  buf_release(&mark);
  return clean < 0 || blocks < 0 || marked < 0 ? -1 : 0;
}

int store_reader_count(struct store_reader *reader, struct store_counts *counts, struct err *err) {
  return count_rows(reader, counts, err) || read_marks(reader, counts, err) ? -1 : 0;
}
