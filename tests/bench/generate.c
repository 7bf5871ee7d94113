/* generate.c - makes the benchmark's events: the same bytes for the same options, on every machine.
 *
 *   generate [--leads 20000] [--events 200000] [--days 90] [--late 1] [--seed 1] >events.ndjson
 *
 * One Segment event a line, about 700 bytes, as a browser's library sends them: mostly pages, tracks of 20 names, an
 * identify or two for each lead. Lines come in the order of arrival; --late is the percentage that arrives up to three
 * days after it happened. The first half of a lead's visits is anonymous. No clock, no locale, no floating point.
 */
#include "base/timefmt.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 2048, NAMES = 20, PAGES = 24, LATE_MAX_DAYS = 3 };

static const int64_t START_MS = INT64_C(1788220800000); /* 2026-09-01T00:00:00Z */

struct options {
  uint64_t leads, events, days, late_percent, seed;
};

struct item { /* one event before it is written */
  int64_t arrives_ms, time_ms;
  uint32_t lead, number; /* number: of all events, from 0 */
};

static const char *const TRACKS[NAMES] = {
    "Email Link Clicked",
    "Email Opened",
    "Content Downloaded",
    "Webinar Registered",
    "Webinar Attended",
    "Demo Requested",
    "Trial Started",
    "Feature Report Built",
    "Video Completed",
    "Search Performed",
    "Call Completed",
    "Form Submitted",
    "Invite Sent",
    "Quote Requested",
    "Newsletter Subscribed",
    "Feature Board Shared",
    "File Uploaded",
    "Setting Changed",
    "Live Chat Conversation Started",
    "Email Bounced",
};
static const char *const PATHS[PAGES] = {
    "/",
    "/pricing",
    "/pricing/enterprise",
    "/product/scoring",
    "/product/routing",
    "/product/reports",
    "/blog/what-a-lead-is",
    "/blog/seven-mistakes",
    "/blog/scoring-by-hand",
    "/customers/harbour",
    "/customers/mills",
    "/docs/start",
    "/docs/rules",
    "/docs/install",
    "/careers",
    "/careers/engineer",
    "/integrations",
    "/integrations/crm",
    "/security",
    "/compare/spreadsheet",
    "/about",
    "/contact",
    "/webinars",
    "/events/spring",
};
static const char *const TITLES[] = {"CEO",
                                     "CTO",
                                     "Head of Sales",
                                     "Marketing Manager",
                                     "Directora",
                                     "Student",
                                     "Procurement Officer",
                                     "Sales Representative",
                                     "Jefe de ventas",
                                     "Data Analyst"};
static const char *const COUNTRIES[] = {"ES", "MX", "DE", "US", "FR", "BR", "IN", "PT"};
static const char *const INDUSTRIES[] = {"software", "manufacturing", "logistics",
                                         "retail",   "healthcare",    "gambling"};
static const char *const DOMAINS[] = {"gmail.com", "harbour.example", "mills.example", "north.example",
                                      "yahoo.com"};
static const char *const MEDIA[] = {"cpc", "organic", "email", "social", "referral"};
static const char *const OUTCOMES[] = {"interested", "no_answer", "voicemail", "not_interested"};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static uint64_t random_state;

/* splitmix64: small, and the same on every machine. */
static uint64_t random_next(void) {
  uint64_t z = (random_state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static uint64_t random_below(uint64_t bound) {
  return random_next() % bound;
}

/* A property of a thing rather than of the run: the same for the same number. */
static uint64_t mixed(uint64_t number, uint64_t salt) {
  uint64_t z = (number + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ salt * UINT64_C(0xd1b54a32d192ed03);
  z = (z ^ (z >> 32)) * UINT64_C(0xd6e8feb86659fd93);
  return z ^ (z >> 32);
}

static int by_arrival(const void *a, const void *b) {
  const struct item *left = a, *right = b;
  if (left->arrives_ms != right->arrives_ms) return left->arrives_ms < right->arrives_ms ? -1 : 1;
  return left->number < right->number ? -1 : 1;
}

static void write_context(const struct item *item, const char *path) {
  uint64_t lead = item->lead;
  printf("\"context\":{\"ip\":\"198.51.%u.%u\",\"locale\":\"es-ES\",\"timezone\":\"Europe/Madrid\","
         "\"userAgent\":\"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/139.0.0.0 "
         "Safari/537.36\",\"campaign\":{\"source\":\"search\",\"medium\":\"%s\",\"name\":\"autumn\"},"
         "\"page\":{\"path\":\"%s\",\"url\":\"https://www.ourcompany.example%s\",\"title\":\"Our company\","
         "\"referrer\":\"\",\"search\":\"\"},\"library\":{\"name\":\"analytics.js\",\"version\":\"next-1.84."
         "3\"}}",
         (unsigned)(lead >> 8 & 255), (unsigned)(lead & 255), MEDIA[mixed(item->number, 3) % COUNT(MEDIA)],
         path, path);
}

static void write_traits(uint64_t lead) {
  printf("\"traits\":{\"firstName\":\"Ana%u\",\"lastName\":\"Ruiz\",\"title\":\"%s\",\"email\":\"ana%u@%s\","
         "\"country\":\"%s\",\"company\":{\"name\":\"Company %u\",\"employees\":%u,\"industry\":\"%s\"}},",
         (unsigned)lead, TITLES[mixed(lead, 11) % COUNT(TITLES)], (unsigned)lead,
         DOMAINS[mixed(lead, 12) % COUNT(DOMAINS)], COUNTRIES[mixed(lead, 13) % COUNT(COUNTRIES)],
         (unsigned)(lead % 4000), (unsigned)(mixed(lead, 14) % 6000),
         INDUSTRIES[mixed(lead, 15) % COUNT(INDUSTRIES)]);
}

static void write_properties(const struct item *item) {
  uint64_t r = mixed(item->number, 4);
  printf(
      "\"properties\":{\"minutes\":%u,\"seats\":%u,\"form\":\"%s\",\"outcome\":\"%s\",\"webinar_id\":\"w%u\","
      "\"topic\":\"scoring\",\"value\":%u.%02u},",
      (unsigned)(r % 60), (unsigned)(r >> 8 & 31), r >> 16 & 7 ? "newsletter" : "demo",
      OUTCOMES[(r >> 20) % COUNT(OUTCOMES)], (unsigned)(r >> 24 & 3), (unsigned)(r >> 32 & 1023),
      (unsigned)(r >> 48) % 100);
}

/* Half are pages, one in ten an identify (and so is each lead's first event), the rest tracks; the first names of
 * TRACKS are the more frequent ones. */
static void write_event(const struct item *item, bool first, int64_t middle_ms) {
  char time[TIME_TEXT_MAX];
  uint64_t kind = mixed(item->number, 1) % 100, which = mixed(item->number, 2);
  const char *path = PATHS[which % PAGES];
  bool identify = first || kind < 10, page = !identify && kind < 60;
  bool known = identify || item->time_ms >= middle_ms;

  printf("{\"type\":\"%s\",\"messageId\":\"ajs-next-%010u-%016llx\",\"timestamp\":\"%s\",\"anonymousId\":\"a-"
         "%08x\",",
         identify ? "identify"
         : page   ? "page"
                  : "track",
         (unsigned)item->number, (unsigned long long)mixed(item->number, 5), time_text(item->time_ms, time),
         (unsigned)item->lead);
  if (known) printf("\"userId\":\"u-%u\",", (unsigned)item->lead);
  if (identify)
    write_traits(item->lead);
  else if (page)
    printf("\"name\":\"\",\"properties\":{\"path\":\"%s\",\"title\":\"Our company\",\"referrer\":\"\"},",
           path);
  else {
    uint64_t low = which >> 8 & 1 ? NAMES / 2 : NAMES;
    printf("\"event\":\"%s\",", TRACKS[(which >> 16) % low]);
    write_properties(item);
  }
  write_context(item, path);
  printf("}\n");
}

static void make_items(const struct options *options, struct item *items) {
  int64_t span_ms = (int64_t)options->days * TIME_MS_PER_DAY;
  for (uint64_t i = 0; i < options->events; i++) {
    struct item *item = &items[i];
    /* Every lead has one event at least; some have many. */
    uint64_t skewed = random_below(options->leads) * (1 + random_below(4)) / 4;
    item->lead = (uint32_t)(i < options->leads ? i : skewed);
    item->number = (uint32_t)i;
    item->time_ms = START_MS + (int64_t)random_below((uint64_t)span_ms);
    bool late = random_below(100) < options->late_percent;
    item->arrives_ms = item->time_ms + (late ? (int64_t)random_below(LATE_MAX_DAYS * TIME_MS_PER_DAY) : 0);
  }
  qsort(items, options->events, sizeof *items, by_arrival);
}

static int generate(const struct options *options) {
  struct item *items = calloc(options->events, sizeof *items);
  bool *seen = calloc(options->leads, sizeof *seen);
  if (!items || !seen) {
    free(items);
    free(seen);
    fprintf(stderr, "generate: not enough memory for %llu events\n", (unsigned long long)options->events);
    return 1;
  }
  make_items(options, items);
  int64_t middle_ms = START_MS + (int64_t)options->days * TIME_MS_PER_DAY / 2;
  for (uint64_t i = 0; i < options->events; i++) {
    write_event(&items[i], !seen[items[i].lead], middle_ms);
    seen[items[i].lead] = true;
  }
  free(items);
  free(seen);
  return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}

static bool parse_number(const char *text, uint64_t low, uint64_t high, uint64_t *out) {
  char *end;
  unsigned long long value = strtoull(text, &end, 10);
  if (end == text || *end || value < low || value > high) return false;
  *out = value;
  return true;
}

int main(int argc, char **argv) {
  struct options options = {.leads = 20000, .events = 200000, .days = 90, .late_percent = 1, .seed = 1};
  const struct {
    const char *name;
    uint64_t *value, low, high;
  } known[] = {{"--leads", &options.leads, 1, 10000000},
               {"--events", &options.events, 1, 100000000},
               {"--days", &options.days, 1, 3650},
               {"--late", &options.late_percent, 0, 100},
               {"--seed", &options.seed, 0, UINT64_MAX}};
  for (int i = 1; i < argc; i += 2) {
    bool taken = false;
    for (size_t k = 0; k < COUNT(known) && i + 1 < argc; k++)
      taken |= strcmp(argv[i], known[k].name) == 0 &&
               parse_number(argv[i + 1], known[k].low, known[k].high, known[k].value);
    if (!taken) {
      fprintf(stderr, "generate: '%s' is not an option with a number; see the head of generate.c\n", argv[i]);
      return 2;
    }
  }
  random_state = options.seed;
  return generate(&options);
}
