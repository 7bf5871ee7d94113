#include "cli/rules/test_report.h"
#include "cli/style.h"
#include <unistd.h>

enum { TEST_INDENT = 5 /* under a test's name */ };

static void add_indented(const char *text, size_t indent, struct buf *out) {
  while (*text) {
    size_t len = strcspn(text, "\n");
    if (len) buf_add_repeat(out, ' ', indent);
    buf_add(out, text, len);
    buf_add_char(out, '\n');
    text += len + (text[len] == '\n');
  }
}

static void add_failure(const struct directory *directory, const struct spec_result *result,
                        struct buf *out) {
  char time[TIME_TEXT_MAX], file[DIRECTORY_FILE_MAX];
  buf_printf(out, "%*s%s:%d, at %s:\n", TEST_INDENT, "",
             directory_file(directory, result->failed_at.file, file), result->failed_at.line,
             time_text(result->time_ms, time));
  add_indented(result->message, TEST_INDENT + 2, out);
  if (!*result->explanation) return;
  buf_add_char(out, '\n');
  add_indented(result->explanation, TEST_INDENT + 2, out);
  buf_add_char(out, '\n');
}

static void add_result(const struct directory *directory, const struct spec_result *result, struct buf *out) {
  const struct style *style = style_of(STDOUT_FILENO);
  char file[DIRECTORY_FILE_MAX];
  buf_printf(out, "%s%s%s %s %s(%s:%d)%s\n", result->ok ? style->green : style->red,
             result->ok ? "ok  " : "FAIL", style->off, result->name, style->dim,
             directory_file(directory, result->place.file, file), result->place.line, style->off);
  if (!result->ok) add_failure(directory, result, out);
}

void test_text(const struct directory *directory, const struct spec_report *report, struct buf *out) {
  for (size_t i = 0; i < report->count; i++) add_result(directory, &report->results[i], out);
  buf_printf(out, "%zu passed, %zu failed\n", report->count - report->failed, report->failed);
}

static void put_place(struct json_writer *writer, const char *key, const struct place *place) {
  json_key(writer, key);
  json_open(writer, '{');
  json_key(writer, "file");
  json_put_text(writer, place->file);
  json_key(writer, "line");
  json_put_int(writer, place->line);
  json_close(writer, '}');
}

static void put_result(struct json_writer *writer, const struct spec_result *result) {
  json_open(writer, '{');
  json_key(writer, "name");
  json_put_text(writer, result->name);
  put_place(writer, "place", &result->place);
  json_key(writer, "ok");
  json_put_bool(writer, result->ok);
  if (!result->ok) {
    put_place(writer, "failed_at", &result->failed_at);
    json_key(writer, "time");
    json_put_time(writer, result->time_ms);
    json_key(writer, "message");
    json_put_text(writer, result->message);
    json_key(writer, "explanation");
    json_put_text(writer, result->explanation);
  }
  json_close(writer, '}');
}

void test_json(const struct directory *directory, const struct spec_report *report,
               const struct coverage *coverage, struct buf *out) {
  struct json_writer writer;
  json_writer_init(&writer, out);
  json_open(&writer, '{');
  directory_put(directory, &writer);
  json_key(&writer, "passed");
  json_put_int(&writer, (int64_t)(report->count - report->failed));
  json_key(&writer, "failed");
  json_put_int(&writer, (int64_t)report->failed);
  json_key(&writer, "tests");
  json_open(&writer, '[');
  for (size_t i = 0; i < report->count; i++) put_result(&writer, &report->results[i]);
  json_close(&writer, ']');
  if (coverage) {
    json_key(&writer, "coverage");
    test_coverage_json(coverage, &writer);
  }
  json_key(&writer, "problems");
  problems_json(&directory->problems, &writer);
  json_close(&writer, '}');
  buf_add_char(out, '\n');
}
