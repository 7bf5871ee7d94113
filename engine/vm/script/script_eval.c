#include "vm/script/script_eval.h"

#include "vm/sandbox/prelude.h"
#include "vm/sandbox/sandbox.h"
#include "vm/script/script_state.h"
#include "vm/script/views.h"
#include <lua.h>

/* Pushes show(EXPRESSION) as a function without arguments: what it shows is made inside the call, where the views live and
 * the limits hold. */
static int push_question(struct script *script, struct str text, struct err *err) {
  lua_State *L = vm_lua(script->vm);
  struct buf source;
  buf_init(&source);
  buf_printf(&source, "return show(%.*s\n)", STR_ARG(text));
  sandbox_environment(L);
  views_push_lead(L);
  sandbox_define(L, -2, "lead");
  prelude_module(L, "show");
  sandbox_define(L, -2, "show");
  int failed = vm_load_text(script->vm, "question", buf_str(&source), -1, err);
  buf_release(&source);
  if (failed) {
    lua_pop(L, 1);
    return -1;
  }
  lua_remove(L, -2);
  return 0;
}

static void take_answer(lua_State *L, struct buf *out) {
  struct str text = {NULL, 0};
  text.p = lua_tolstring(L, -1, &text.len);
  if (text.p) buf_add_str(out, text);
  lua_pop(L, 1);
}

int script_evaluate(struct script *script, struct str text, const struct fold *fold, struct buf *out,
                    struct err *err) {
  struct vm_failure failure;
  if (text.len > SCRIPT_EVAL_TEXT_MAX)
    return err_set(err, ERR_LIMIT, "longer than %d bytes", (int)SCRIPT_EVAL_TEXT_MAX);
  script_renew(script);
  if (script->broken)
    return err_set(err, ERR_LIMIT, "the rules could not be loaded again after a memory kill");
  lua_State *L = vm_lua(script->vm);
  enum script_mode mode = script->mode;
  script->mode = SCRIPT_RUNNING;
  script_call_begin(script, fold);
  int failed = push_question(script, text, err);
  if (!failed) {
    failed = vm_call(script->vm, "the question", 0, 1, VM_RULE, &failure);
    if (failed)
      err_set(err, ERR_INVALID, "%s", failure.message);
    else
      take_answer(L, out);
  }
  script_call_end(script);
  script->mode = mode;
  return failed;
}
