/* views.h - what rule functions see of the world: `lead` and `event`, read-only and lazy.
 *
 * A view is a userdata that knows the number of the call it was made for and reads through script->call; once that call
 * is over, touching it is an error. Nothing is copied before a script asks for it. Objects and lists inside are views of
 * the same kind: fields by name, items from 1, # and pairs in document order. Whole numbers are integers in Lua.
 */
#ifndef EMBUDO_VM_VIEWS_H
#define EMBUDO_VM_VIEWS_H

#include "vm/script/script_state.h"

void views_open(struct script *script); /* makes the metatables; once for each Lua state */

/* Push a view for the present call. */
void views_push_lead(struct lua_State *L);
void views_push_event(struct script *script, struct lua_State *L);
void views_push_json(struct script *script, struct lua_State *L, struct json_ref json);

/* Writes what the view at `index` shows as JSON; false: it is no view of data of the call that has just ended. */
bool views_put_json(struct script *script, struct lua_State *L, int index, struct json_writer *w);

#endif
