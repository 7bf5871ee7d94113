/* stages.h - when the stage changes that other rules bring about by themselves are recorded: at once, when somebody lets them,
 * or so many an hour. Written `now`, `hold` and `drip 100/h`. As a number: how many an hour. */
#ifndef EMBUDO_CORE_STAGES_H
#define EMBUDO_CORE_STAGES_H

#include "base/str.h"
#include <stdint.h>

#define STAGES_NOW      INT64_MAX
#define STAGES_HOLD     INT64_C(0)
#define STAGES_DRIP_MAX INT64_C(3600000) /* one a millisecond */
enum { STAGES_TEXT_MAX = 32 };

#define STAGES_EXPECTED "now, hold, or drip N/h with N from 1 to 3600000"

/* "drip:100/h" is fine too. */
bool stages_parse(struct str text, int64_t *per_hour);
const char *stages_text(int64_t per_hour, char out[STAGES_TEXT_MAX]);

#endif
