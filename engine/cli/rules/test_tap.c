/* test_tap.c - the report as the Test Anything Protocol, version 14, which every harness reads. */
#include "cli/rules/test_report.h"

/* A description ends at a '#', and a backslash would hide it. */
static void add_description(const char *text, struct buf *out) {
  for (; *text; text++) {
    if (*text == '#' || *text == '\\') buf_add_char(out, '\\');
    buf_add_char(out, *text);
  }
}

static void add_block(const char *key, const char *text, struct buf *out) {
  if (!*text) return;
  buf_printf(out, "  %s: |\n", key);
  while (*text) {
    size_t len = strcspn(text, "\n");
    buf_printf(out, "    %.*s\n", (int)len, text);
    text += len + (text[len] == '\n');
  }
}

static void add_failure(const struct directory *directory, const struct spec_result *result,
                        struct buf *out) {
  char time[TIME_TEXT_MAX], file[DIRECTORY_FILE_MAX];
  buf_add_text(out, "  ---\n");
  add_block("message", result->message, out);
  buf_add_text(out, "  at:\n    file: ");
  struct json_writer writer;
  json_writer_init(&writer, out);
  json_put_text(&writer,
                directory_file(directory, result->failed_at.file, file)); /* JSON's texts are YAML's */
  buf_printf(out, "\n    line: %d\n  time: %s\n", result->failed_at.line, time_text(result->time_ms, time));
  add_block("explanation", result->explanation, out);
  buf_add_text(out, "  ...\n");
}

void test_tap(const struct directory *directory, const struct spec_report *report, struct buf *out) {
  buf_printf(out, "TAP version 14\n1..%zu%s\n", report->count, report->count ? "" : " # SKIP no tests");
  for (size_t i = 0; i < report->count; i++) {
    const struct spec_result *result = &report->results[i];
    buf_printf(out, "%sok %zu - ", result->ok ? "" : "not ", i + 1);
    add_description(result->name, out);
    buf_add_char(out, '\n');
    if (!result->ok) add_failure(directory, result, out);
  }
}
