/* echo.h - whether values that came back were sent from here. Pure. */
#ifndef EMBUDO_CORE_ECHO_H
#define EMBUDO_CORE_ECHO_H

#include "base/json.h"

/* Whether the body that was sent (any JSON) holds, somewhere, an object that has all members of `same` with these values. Texts
 * and numbers are compared as they are written: other systems give back everything as texts. An empty or missing `same` is
 * no echo of anything. */
bool echo_holds(struct json_ref sent, struct json_ref same);

#endif
