/* embudo bench - what each rule costs. */
#include "base/file.h"
#include "cli/directory.h"
#include "cli/progress.h"
#include "cli/style.h"
#include "core/cost/cost.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
  BENCH_EVENTS = 5000, /* where no file is given */
  BENCH_EVENTS_A_LEAD = 20,
  BENCH_ROUNDS = 5,
  BENCH_FILE_MAX = 1024 * 1024 * 1024
};

struct bench_options {
  const char *rules, *events, *rounds;
  uint32_t event_count, round_count;
  bool json;
};

/* --- the world -------------------------------------------------------------------------------------------------------------------- */

static int64_t cpu_ns(void *context) {
  struct timespec t;
  (void)context;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (int64_t)t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static size_t heap(void *context) {
  (void)context;
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

static void step(void *context, size_t done, size_t all) {
  progress_step(context, done, done, all);
}

/* --- the events ------------------------------------------------------------------------------------------------------------------- */

static int read_events(const char *path, struct cost_events *events, struct err *err) {
  struct buf text;
  buf_init(&text);
  int failed = file_read(path, BENCH_FILE_MAX, &text, err);
  for (size_t at = 0; !failed && at < text.len;) {
    const char *end = memchr(text.data + at, '\n', text.len - at);
    size_t len = end ? (size_t)(end - text.data) - at : text.len - at;
    if (len) cost_events_add(events, (struct str){text.data + at, len});
    at += len + 1;
  }
  buf_release(&text);
  return failed;
}

/* --- printing ---------------------------------------------------------------------------------------------------------------------- */

static int dearest_first(const void *a, const void *b) {
  double x = (*(const struct cost_rule *const *)a)->ns, y = (*(const struct cost_rule *const *)b)->ns;
  return (x < y) - (x > y);
}

static double sum_ns(const struct cost *cost, bool functions_only) {
  double sum = 0;
  for (uint32_t i = 0; i < cost->rule_count; i++)
    if (cost->rules[i].ns > 0 && (cost->rules[i].function || !functions_only)) sum += cost->rules[i].ns;
  return sum;
}

static double sum_points(const struct cost *cost, bool functions_only) {
  double sum = 0;
  for (uint32_t i = 0; i < cost->rule_count; i++)
    if (cost->rules[i].function || !functions_only) sum += cost->rules[i].points;
  return sum;
}

static double share(double part, double whole) {
  return whole > 0 ? 100 * part / whole : 0;
}

static void add_rule(const struct cost *cost, const struct cost_rule *rule, struct buf *out) {
  if (!rule->measured) {
    buf_printf(out, "%10s %7s %12.4f %11s %11s %11s  %s\n", "-", "-", rule->fired, "-", "-", "-", rule->id);
    return;
  }
  buf_printf(out, "%10.1f %6.1f%% %12.4f %11.1f ", rule->ns,
             share(rule->ns > 0 ? rule->ns : 0, sum_ns(cost, false)), rule->fired, rule->bytes);
  if (rule->calls > 0)
    buf_printf(out, "%11.1f %11.1f  %s (function)\n", rule->allocations, rule->allocated, rule->id);
  else
    buf_printf(out, "%11s %11s  %s%s\n", "-", "-", rule->id, rule->function ? " (function)" : "");
}

static void add_text(const struct cost *cost, struct buf *out) {
  const struct cost_rule **sorted = xcalloc(cost->rule_count + 1, sizeof(struct cost_rule *));
  for (uint32_t i = 0; i < cost->rule_count; i++) sorted[i] = &cost->rules[i];
  qsort(sorted, cost->rule_count, sizeof *sorted, dearest_first);
  buf_printf(out, "%zu events, %zu leads, %u rules\n", cost->events, cost->leads, cost->rule_count);
  buf_printf(out, "%.0f ns an event with all rules, %.0f without any\n\n", cost->whole_ns, cost->base_ns);
  buf_printf(out, "%10s %7s %12s %11s %11s %11s  %s\n", "ns/event", "share", "fires/event", "kept/event",
             "allocs/call", "bytes/call", "rule");
  for (uint32_t i = 0; i < cost->rule_count; i++) add_rule(cost, sorted[i], out);
  buf_printf(out, "\nfunctions: %.1f %% of the rules' time, %.1f %% of the points held\n",
             share(sum_ns(cost, true), sum_ns(cost, false)),
             share(sum_points(cost, true), sum_points(cost, false)));
  free(sorted);
}

static void put_rule(struct json_writer *w, const struct cost *cost, const struct cost_rule *rule) {
  json_open(w, '{');
  json_key(w, "rule");
  json_put_text(w, rule->id);
  json_key(w, "function");
  json_put_bool(w, rule->function);
  json_member_number(w, "fires_per_event", rule->fired);
  json_member_number(w, "points_held", rule->points);
  if (rule->measured) {
    json_member_number(w, "ns_per_event", rule->ns);
    json_member_number(w, "share", share(rule->ns > 0 ? rule->ns : 0, sum_ns(cost, false)) / 100);
    json_member_number(w, "bytes_kept_per_event", rule->bytes);
    json_member_number(w, "calls_per_event", rule->calls);
    json_member_number(w, "instructions_per_call", rule->steps);
    json_member_number(w, "allocations_per_call", rule->allocations);
    json_member_number(w, "allocated_bytes_per_call", rule->allocated);
  }
  json_close(w, '}');
}

static void add_json(const struct cost *cost, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_member_number(&w, "events", (double)cost->events);
  json_member_number(&w, "leads", (double)cost->leads);
  json_member_number(&w, "ns_per_event", cost->whole_ns);
  json_member_number(&w, "ns_per_event_without_rules", cost->base_ns);
  json_member_number(&w, "function_share_of_time", share(sum_ns(cost, true), sum_ns(cost, false)) / 100);
  json_member_number(&w, "function_share_of_points",
                     share(sum_points(cost, true), sum_points(cost, false)) / 100);
  json_key(&w, "rules");
  json_open(&w, '[');
  for (uint32_t i = 0; i < cost->rule_count; i++) put_rule(&w, cost, &cost->rules[i]);
  json_close(&w, ']');
  json_close(&w, '}');
  buf_add_char(out, '\n');
}

/* --- running ------------------------------------------------------------------------------------------------------------------------ */

static void measure(const struct directory *directory, const struct bench_options *options,
                    const struct cost_events *events) {
  struct progress progress;
  struct cost cost;
  struct buf out;
  const struct cost_probe probe = {&progress, cpu_ns, heap, step};
  progress_start(&progress, "rules", false);
  cost_measure(&cost, directory->generation, &directory->bundle, events, options->round_count, &probe);
  progress_end(&progress);
  buf_init(&out);
  if (options->json)
    add_json(&cost, &out);
  else
    add_text(&cost, &out);
  fwrite(out.data, 1, out.len, stdout);
  buf_release(&out);
  cost_release(&cost);
}

static int with_events(const struct directory *directory, const struct bench_options *options,
                       const char *file) {
  struct cost_events events;
  struct err err;
  int code = EXIT_PROBLEMS;
  cost_events_init(&events);
  if (file && read_events(file, &events, &err)) {
    fprintf(stderr, "embudo bench: %s\n", err.text);
  } else {
    if (!file)
      cost_events_draw(&events, directory->generation->rules, options->event_count,
                       1 + options->event_count / BENCH_EVENTS_A_LEAD, 1);
    if (events.count == 0)
      fprintf(stderr, "embudo bench: there are no events%s\n",
              file ? " in the file" : ": the rules wait for none");
    else
      code = (measure(directory, options, &events), EXIT_FINE);
  }
  cost_events_release(&events);
  return code;
}

static int read_count(const struct command *self, const char *name, const char *text, uint32_t otherwise,
                      uint32_t most, uint32_t *count) {
  char *end;
  *count = otherwise;
  if (!text) return 0;
  long long n = strtoll(text, &end, 10);
  if (end == text || *end || n < 1 || n > most)
    return options_misuse(self, "--%s takes a number from 1 to %u, not '%s'", name, most, text), -1;
  *count = (uint32_t)n;
  return 0;
}

static int run(const struct command *self, int argc, char **argv) {
  struct bench_options o = {.rules = DIRECTORY_DEFAULT};
  const struct option_spec specs[] = {{"rules", &o.rules, NULL},
                                      {"events", &o.events, NULL},
                                      {"rounds", &o.rounds, NULL},
                                      {"json", NULL, &o.json},
                                      {NULL, NULL, NULL}};
  const struct generation_options how = {.keep_declared = true};
  struct directory directory;
  struct buf out;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest > 1)
    return options_misuse(self, "one file of events at a time, not '%s' and '%s'", argv[0], argv[1]);
  if (rest && o.events) return options_misuse(self, "--events says how many to make: a file has its own");
  if (read_count(self, "events", o.events, BENCH_EVENTS, COST_EVENTS_MAX, &o.event_count) ||
      read_count(self, "rounds", o.rounds, BENCH_ROUNDS, COST_ROUNDS_MAX, &o.round_count))
    return EXIT_USAGE;
  directory_load_as(&directory, o.rules, NULL, &how);
  buf_init(&out);
  if (!directory.generation) directory_print_problems(&directory, STDERR_FILENO, &out);
  fwrite(out.data, 1, out.len, stderr);
  int code = directory.generation ? with_events(&directory, &o, rest ? argv[0] : NULL) : EXIT_PROBLEMS;
  buf_release(&out);
  directory_release(&directory);
  return code;
}

const struct command command_bench = {
    .name = "bench",
    .summary = "tell what each rule costs",
    .usage =
        "usage: embudo bench [--rules DIR] [--events N] [--rounds N] [--json] [FILE]\n"
        "\n"
        "Takes the events of FILE (JSON lines), or 5000 that the rules have words for, and tells for every "
        "rule\n"
        "how many nanoseconds of processor time it costs an event, its share, how often it fires, how "
        "many\n"
        "bytes are kept because of it, and of its functions how many blocks of memory, of how many bytes "
        "together,\n"
        "a call takes from the scripts' allocator. Last, how much of the time and of the points rests on "
        "functions.\n"
        "\n"
        "A rule is measured by difference: all events under the directory without any rule, and with this "
        "rule\n"
        "alone; the least of several rounds of each. Differences of a few nanoseconds are noise. The first "
        "lines\n"
        "tell what all rules cost together, which is less than their sum where they share patterns.\n"
        "\n"
        "  --rules DIR   the rules directory (default: rules)\n"
        "  --events N    make so many events\n"
        "  --rounds N    rounds of each measurement (default: 5); more for less noise\n"
        "  --json        the same as one JSON object\n"
        "\n"
        "Exit code: 0; 1 when the rules do not load or there are no events; 2 for wrong usage.\n"
        "\n"
        "Examples:\n"
        "  embudo bench\n"
        "  embudo bench --rules my-rules --rounds 20 events.ndjson\n",
    .run = run,
};
