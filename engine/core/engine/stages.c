#include "core/engine/stages.h"

#include <inttypes.h>
#include <stdio.h>

static bool parse_drip(struct str text, int64_t *per_hour) {
  int64_t number = 0;
  if (text.len < 8 || !str_starts(text, STR("drip")) || !str_ends(text, STR("/h"))) return false;
  if (text.p[4] != ' ' && text.p[4] != ':') return false;
  for (size_t i = 5; i < text.len - 2; i++) {
    if (text.p[i] < '0' || text.p[i] > '9' || number > STAGES_DRIP_MAX) return false;
    number = number * 10 + (text.p[i] - '0');
  }
  *per_hour = number;
  return number >= 1 && number <= STAGES_DRIP_MAX;
}

bool stages_parse(struct str text, int64_t *per_hour) {
  if (str_eq(text, STR("now")))
    *per_hour = STAGES_NOW;
  else if (str_eq(text, STR("hold")))
    *per_hour = STAGES_HOLD;
  else
    return parse_drip(text, per_hour);
  return true;
}

const char *stages_text(int64_t per_hour, char out[STAGES_TEXT_MAX]) {
  if (per_hour == STAGES_NOW)
    snprintf(out, STAGES_TEXT_MAX, "now");
  else if (per_hour == STAGES_HOLD)
    snprintf(out, STAGES_TEXT_MAX, "hold");
  else
    snprintf(out, STAGES_TEXT_MAX, "drip %" PRId64 "/h", per_hour);
  return out;
}
