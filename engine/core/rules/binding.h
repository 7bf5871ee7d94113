/* binding.h - a generation's functions, tied to an engine: who calls Lua, for what, and where the event comes from.
 *
 * The engine and the fold know functions only as calls with numbers; the script knows them as Lua. Between them stands
 * this: at ingest the event is at hand; in the fold it is read again from the touch's kept bytes. One binding serves one
 * engine; the generation must outlive it. One thread.
 */
#ifndef EMBUDO_CORE_BINDING_H
#define EMBUDO_CORE_BINDING_H

#include "core/engine/engine.h"
#include "core/rules/generation.h"

struct binding;

struct binding *binding_new(struct generation *generation);
void binding_bind(struct binding *binding); /* again, after another one of the generation was made */
void binding_free(struct binding *binding); /* NULL is fine */

/* What engine_new wants. Functions that fail too often are stopped by the script at once; the engine folds everybody
 * again when that happened during a pass, so that a stopped rule counts for nobody. */
void binding_calls(struct binding *binding, struct engine_calls *calls);

#endif
