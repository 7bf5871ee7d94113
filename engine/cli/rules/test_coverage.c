/* test_coverage.c - which outcomes the tests have seen, printed. */
#include "cli/rules/test_report.h"
#include "cli/style.h"
#include <unistd.h>

enum { ID_WIDTH = 26 };

struct declared { /* the outcomes of one declaration lie side by side */
  const struct outcome *outcomes;
  uint32_t count, required, seen;
};

static bool same_declaration(const struct outcome *a, const struct outcome *b) {
  return a->kind == b->kind && a->lifecycle == b->lifecycle && a->index == b->index;
}

static struct declared declared_at(const struct outcome *outcomes, uint32_t count) {
  struct declared d = {.outcomes = outcomes};
  while (d.count < count && same_declaration(&outcomes[d.count], &outcomes[0])) {
    const struct outcome *outcome = &outcomes[d.count++];
    d.required += outcome->required;
    d.seen += outcome->required && outcome->tests > 0;
  }
  return d;
}

/* "fired 12, limited 3, capped -": how many tests saw each. */
static void add_outcomes(const struct declared *d, const struct style *style, struct buf *out) {
  for (uint32_t i = 0; i < d->count; i++) {
    const struct outcome *outcome = &d->outcomes[i];
    if (!outcome->required && !outcome->tests) continue;
    if (outcome->tests)
      buf_printf(out, "  %s: %u", outcome->what, outcome->tests);
    else
      buf_printf(out, "  %s%s: never%s", style->red, outcome->what, style->off);
  }
  buf_add_char(out, '\n');
}

static void add_missing(const struct directory *directory, const struct declared *d, struct buf *out) {
  char file[DIRECTORY_FILE_MAX];
  for (uint32_t i = 0; i < d->count; i++) {
    const struct outcome *outcome = &d->outcomes[i];
    if (!outcome->required || outcome->tests) continue;
    buf_printf(out, "        %s:%d: no test sees it %s; it takes %s\n",
               directory_file(directory, outcome->place.file, file), outcome->place.line, outcome->what,
               outcome->advice);
  }
}

void test_coverage_text(const struct directory *directory, const struct coverage *coverage, struct buf *out) {
  const struct style *style = style_of(STDOUT_FILENO);
  uint32_t count, seen, required = coverage_required(coverage, &seen);
  const struct outcome *outcomes = coverage_outcomes(coverage, &count);
  buf_add_text(out, "\ncoverage: outcomes of each declaration, and how many tests saw them\n\n");
  for (uint32_t i = 0; i < count;) {
    struct declared d = declared_at(&outcomes[i], count - i);
    buf_printf(out, "%3u/%-3u %-9s %-*s", d.seen, d.required, coverage_kind_word(d.outcomes->kind), ID_WIDTH,
               d.outcomes->id);
    add_outcomes(&d, style, out);
    add_missing(directory, &d, out);
    i += d.count;
  }
  buf_printf(out, "\n%u of %u outcomes seen: %.1f %%\n", seen, required, coverage_percent(coverage));
}

static void put_outcome(const struct outcome *outcome, struct json_writer *writer) {
  json_open(writer, '{');
  json_key(writer, "kind");
  json_put_text(writer, coverage_kind_word(outcome->kind));
  json_key(writer, "id");
  json_put_text(writer, outcome->id);
  json_key(writer, "file");
  json_put_text(writer, outcome->place.file);
  json_key(writer, "line");
  json_put_int(writer, outcome->place.line);
  json_key(writer, "outcome");
  json_put_text(writer, outcome->what);
  json_key(writer, "required");
  json_put_bool(writer, outcome->required);
  json_key(writer, "tests");
  json_put_int(writer, outcome->tests);
  if (!outcome->tests) {
    json_key(writer, "advice");
    json_put_text(writer, outcome->advice);
  }
  json_close(writer, '}');
}

void test_coverage_json(const struct coverage *coverage, struct json_writer *writer) {
  uint32_t count, seen, required = coverage_required(coverage, &seen);
  const struct outcome *outcomes = coverage_outcomes(coverage, &count);
  json_open(writer, '{');
  json_key(writer, "required");
  json_put_int(writer, required);
  json_key(writer, "seen");
  json_put_int(writer, seen);
  json_key(writer, "percent");
  json_put_number(writer, coverage_percent(coverage));
  json_key(writer, "outcomes");
  json_open(writer, '[');
  for (uint32_t i = 0; i < count; i++) put_outcome(&outcomes[i], writer);
  json_close(writer, ']');
  json_close(writer, '}');
}
