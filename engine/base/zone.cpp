/* The floor's headers are C: their functions have C names. */
extern "C" {
#include "base/zone.h"

#include "base/timefmt.h"
}

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <chrono>
#include <new>
#include <string>

struct zone {
  cctz::time_zone rules;
};

namespace {

using instant = cctz::time_point<cctz::seconds>;

/* Nothing but the names of tzdata: cctz would take paths and other sources as well, and "localtime" is another zone on every
 * machine. */
bool is_name(struct str name) {
  if (name.len == 0 || name.len > ZONE_NAME_MAX || str_eq(name, STR("localtime"))) return false;
  for (size_t i = 0; i < name.len; i++) {
    char c = name.p[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool inside = (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+' || c == '/';
    if (!letter && (i == 0 || !inside)) return false;
  }
  return true;
}

int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b < 0);
}

cctz::civil_day day_of(int64_t day) {
  return cctz::civil_day(1970, 1, 1) + day;
}

} // namespace

extern "C" struct zone *zone_load(struct str name, struct err *err) {
  cctz::time_zone rules;
  if (!is_name(name) || !cctz::load_time_zone(std::string(name.p, name.len), &rules)) {
    err_set(err, ERR_NOT_FOUND,
            "there is no time zone '%.*s': expected a name of the IANA data base, such as \"Europe/Madrid\" "
            "(the system's tzdata must be installed)",
            STR_ARG(name));
    return nullptr;
  }
  auto *zone = new (std::nothrow) struct zone;
  ASSERT(zone);
  zone->rules = rules;
  return zone;
}

extern "C" void zone_free(struct zone *zone) {
  delete zone;
}

extern "C" void zone_local(const struct zone *zone, int64_t ms, int64_t *day, int64_t *ms_of_day) {
  int64_t seconds = floor_div(ms, TIME_MS_PER_SECOND);
  cctz::civil_second shown = zone->rules.lookup(instant(cctz::seconds(seconds))).cs;
  cctz::civil_day date(shown);
  *day = date - cctz::civil_day(1970, 1, 1);
  *ms_of_day = (shown - cctz::civil_second(date)) * TIME_MS_PER_SECOND + (ms - seconds * TIME_MS_PER_SECOND);
}

extern "C" int64_t zone_instant(const struct zone *zone, int64_t day, int64_t ms_of_day) {
  int64_t seconds = floor_div(ms_of_day, TIME_MS_PER_SECOND);
  cctz::time_zone::civil_lookup found = zone->rules.lookup(cctz::civil_second(day_of(day)) + seconds);
  if (found.kind == cctz::time_zone::civil_lookup::SKIPPED)
    return found.trans.time_since_epoch().count() * TIME_MS_PER_SECOND;
  return found.pre.time_since_epoch().count() * TIME_MS_PER_SECOND +
         (ms_of_day - seconds * TIME_MS_PER_SECOND);
}
