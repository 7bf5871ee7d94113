/* script_load.c - running rule files: unknown names, the top level, sealing. */
#include "vm/sandbox/bytecode.h"
#include "vm/sandbox/prelude.h"
#include "vm/sandbox/sandbox.h"
#include "vm/script/script_state.h"
#include "vm/source/fingerprint.h"
#include "vm/source/marshal.h"
#include "vm/source/slips.h"
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

/* Splits "web.lua:12: message" where it begins with the file's own name. */
static const char *split_place(const char *text, const char *file, int *line) {
  size_t len = strlen(file);
  *line = 0;
  if (strncmp(text, file, len) != 0 || text[len] != ':') return text;
  const char *rest = text + len + 1;
  char *end;
  long number = strtol(rest, &end, 10);
  if (end == rest || *end != ':') return rest + strspn(rest, " ");
  *line = (int)number;
  return end + 1 + strspn(end + 1, " ");
}

static void report_at(struct script_loading *loading, const char *code, const char *message, int line) {
  int told;
  const char *text = split_place(message, loading->file, &told);
  int where = told ? told : line;
  if (where == 0 && strstr(text, "C stack overflow")) where = slips_deepest(loading->text);
  problem_add(loading->problems, SEVERITY_ERROR, code, (struct place){loading->file, where},
              slips_syntax(text, loading->text, where, &loading->problems->arena), "%s", text);
}

/* Rule functions may not keep anything from call to call: see sandbox_seal. */
static void seal_functions(struct script *script, uint32_t first) {
  for (uint32_t fn = first; fn < script->function_count; fn++) {
    struct err err = {0};
    lua_State *L = vm_lua(script->vm);
    script_functions(L);
    lua_rawgeti(L, -1, (lua_Integer)fn + 1);
    bool failed = sandbox_seal(script->vm, -1, script->functions[fn].info.owner, &err) != 0;
    if (failed) report_at(&script->loading, "kept_state", err.text, script->functions[fn].info.place.line);
    if (vm_lua(script->vm) == L) lua_pop(L, 2); /* else a kill has dropped the whole stack */
  }
}

/* Before any is sealed: sealing hides what functions captured. */
static void note_fingerprints(struct script *script, uint32_t first) {
  lua_State *L = vm_lua(script->vm);
  for (uint32_t fn = first; fn < script->function_count; fn++) {
    script_functions(L);
    lua_rawgeti(L, -1, (lua_Integer)fn + 1);
    script->functions[fn].info.fingerprint = fingerprint_function(L, -1);
    script->functions[fn].info.gives_nothing = !bytecode_returns(L, -1);
    lua_pop(L, 2);
  }
}

/* Closings of days and what others say of an account cost every lead something: they are kept only when some function can
 * ask for them. */
static void note_needs(struct script *script, uint32_t first, struct str text) {
  bool velocity = memmem(text.p, text.len, "velocity", strlen("velocity")) != NULL;
  bool account = memmem(text.p, text.len, "account_traits", strlen("account_traits")) != NULL;
  for (uint32_t fn = first; fn < script->function_count; fn++) {
    script->functions[fn].info.file_hash = str_hash(text);
    script->functions[fn].info.may_ask_velocity = velocity;
    script->functions[fn].info.may_ask_account = account;
  }
}

/* --- unknown names: found before the file runs, so that one mistake does not hide the next -------------------------- */

struct lookup {
  struct script *script;
  int environment; /* stack index */
  const char *name;
};

/* Arguments: struct lookup. Raises the sandbox's error for an unknown name. */
static int look_up(struct lua_State *L) {
  const struct lookup *lookup = lua_touserdata(L, 1);
  lua_getfield(L, 2, lookup->name);
  return 0;
}

/* An unknown name is reported and then stands for nothing, in this file. */
static void check_name(void *context, const char *name, int line) {
  struct lookup *lookup = context;
  struct script_loading *loading = &lookup->script->loading;
  struct vm_failure failure;
  const char *hint;
  lua_State *L = vm_lua(lookup->script->vm);
  lookup->name = name;
  lua_pushcfunction(L, look_up);
  lua_pushlightuserdata(L, lookup);
  lua_pushvalue(L, lookup->environment);
  if (vm_call(lookup->script->vm, loading->file, 2, 0, VM_LOAD, &failure) == 0) return;
  if (strcmp(name, "test") == 0)
    problem_add(loading->problems, SEVERITY_ERROR, "unknown_name", (struct place){loading->file, line},
                "name the file *_test.lua", "tests stand in files of their own");
  else if ((hint = slips_name(name, slips_line(loading->text, line), &loading->problems->arena)))
    problem_add(loading->problems, SEVERITY_ERROR, "unknown_name", (struct place){loading->file, line}, hint,
                "\"%s\" is no name here", name);
  else
    report_at(loading, "unknown_name", failure.message, line);
  L = vm_lua(lookup->script->vm);
  prelude_module(L, "phrase");
  lua_getfield(L, -1, "nothing");
  sandbox_define(L, lookup->environment, name);
  lua_pop(L, 1);
}

/* The main function is on top of the stack, its environment below it. */
static void check_names(struct script *script) {
  lua_State *L = vm_lua(script->vm);
  struct lookup lookup = {.script = script, .environment = lua_absindex(L, -2)};
  bytecode_globals(L, -1, check_name, &lookup);
}

/* --- one file ----------------------------------------------------------------------------------------------------- */

static bool is_told(const struct script_loading *loading, int line) {
  for (size_t i = 0; i < loading->problems->count; i++) {
    const struct problem *problem = &loading->problems->items[i];
    if (problem->place.line == line && strcmp(problem->place.file, loading->file) == 0) return true;
  }
  return false;
}

/* What ended the file; when the scanner has already told what is wrong in that line, that is said better. */
static void report_failure(struct script_loading *loading, const struct vm_failure *failure) {
  if (failure->kind == VM_ERROR && is_told(loading, failure->line)) return;
  problem_add(loading->problems, SEVERITY_ERROR, vm_failure_word(failure->kind),
              (struct place){loading->file, failure->line},
              slips_syntax(failure->message, loading->text, failure->line, &loading->problems->arena), "%s",
              failure->message);
}

/* Every `rule "x"` that never got its table. */
static void report_pending(struct script_loading *loading) {
  for (uint32_t i = 0; i < loading->pending_count; i++) {
    const struct script_pending *pending = &loading->pending[i];
    if (pending->closed) continue;
    problem_add(loading->problems, SEVERITY_ERROR, "no_body", pending->place,
                "write its table after the name", "%s \"%s\" has no body", pending->kind, pending->name.p);
  }
}

static void run_file(struct script *script) {
  struct script_loading *loading = &script->loading;
  struct vm_failure failure;
  script->mode = SCRIPT_LOADING;
  bool failed = vm_call(script->vm, loading->file, 0, 0, VM_LOAD, &failure) != 0;
  script->mode = SCRIPT_RUNNING;
  if (failed)
    report_failure(loading, &failure);
  else
    report_pending(loading);
}

/* Compiles a file and leaves its main function on the stack, every name in it known. */
static int load_file(struct script *script, const struct script_source *source) {
  struct script_loading *loading = &script->loading;
  struct err err = {0};
  lua_State *L = vm_lua(script->vm);
  sandbox_environment(L);
  if (source->kind == SCRIPT_TESTS) prelude_define_tests(L, -1);
  if (vm_load_text(script->vm, loading->kept_file, source->text, -1, &err)) {
    report_at(loading, err_word(err.code), err.text, 0);
    lua_pop(L, 1);
    return -1;
  }
  check_names(script);
  lua_remove(L, -2);
  return 0;
}

void script_load(struct script *script, const struct script_source *source, const char *file,
                 struct declarations *declarations, struct problems *problems) {
  struct script_loading *loading = &script->loading;
  uint32_t first = script->function_count;
  loading->declarations = declarations;
  loading->problems = problems;
  loading->file = file;
  loading->kept_file = source->file;
  loading->pending_count = 0;
  loading->text = source->text;
  if (load_file(script, source)) return;
  loading->scan = scan_new(source->text);
  scan_check(loading->scan, file, problems);
  run_file(script);
  note_fingerprints(script, first);
  seal_functions(script, first);
  note_needs(script, first, source->text);
  scan_free(loading->scan);
  loading->scan = NULL;
}

void script_declare(struct script *script, enum script_file kind, const char *file, struct str text,
                    struct declarations *declarations, struct problems *problems) {
  if (script->source_count == script->source_cap) {
    script->source_cap = script->source_cap ? script->source_cap * 2 : 16;
    script->sources = xrealloc(script->sources, script->source_cap * sizeof *script->sources);
  }
  struct script_source *source = &script->sources[script->source_count++];
  *source = (struct script_source){kind, arena_str(&script->arena, str_of(file)).p,
                                   arena_str(&script->arena, text)};
  script_load(script, source, file, declarations, problems);
}

/* --- sealing ------------------------------------------------------------------------------------------------------ */

struct loose {
  struct script *script;
  struct node *nodes;
  size_t count, cap;
};

static int no_function(void *context, struct lua_State *L, const char *owner, struct place place) {
  (void)context, (void)owner, (void)place;
  return luaL_error(L, "a selector holds a function");
}

/* The phrase is on top of the stack. */
static void add_loose(struct loose *loose, struct lua_State *L) {
  struct script_loading *loading = &loose->script->loading;
  struct marshal marshal = {.arena = &loading->declarations->arena,
                            .problems = loading->problems,
                            .owner = "selector",
                            .add_function = no_function};
  struct node node;
  if (!marshal_node(&marshal, L, -1, (struct scan_table){0}, (struct place){"", 0}, &node)) return;
  if (node.kind != NODE_CALL || node.call.serial == 0) return;
  if (loose->count == loose->cap) {
    loose->cap = loose->cap ? loose->cap * 2 : 16;
    loose->nodes = xrealloc(loose->nodes, loose->cap * sizeof *loose->nodes);
  }
  loose->nodes[loose->count++] = node;
}

/* The files are done and what they declared is data: a selector that is still alive is held by a function, which may
 * give it to lead.count. */
static int collect_loose(struct lua_State *L) {
  struct loose *loose = lua_touserdata(L, 1);
  lua_gc(L, LUA_GCCOLLECT);
  marshal_contents(L);
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    lua_pop(L, 1);
    add_loose(loose, L);
  }
  return 0;
}

static int compare_serials(const void *a, const void *b) {
  int64_t x = ((const struct node *)a)->call.serial, y = ((const struct node *)b)->call.serial;
  return (x > y) - (x < y);
}

static void give_functions(const struct script *script, struct declarations *declarations) {
  declarations->functions =
      arena_alloc(&declarations->arena, script->function_count * sizeof *declarations->functions);
  declarations->function_count = script->function_count;
  for (uint32_t fn = 0; fn < script->function_count; fn++)
    declarations->functions[fn] = script->functions[fn].info;
}

void script_seal(struct script *script, struct declarations *declarations, struct problems *problems) {
  struct loose loose = {.script = script};
  struct vm_failure failure;
  script->loading.declarations = declarations;
  script->loading.problems = problems;
  if (vm_protect(script->vm, "sealing the rules", collect_loose, &loose, VM_LOAD, &failure))
    problem_add(problems, SEVERITY_ERROR, vm_failure_word(failure.kind), (struct place){"", 0}, NULL, "%s",
                failure.message);
  if (loose.count) qsort(loose.nodes, loose.count, sizeof *loose.nodes, compare_serials);
  declarations->loose = arena_dup(&declarations->arena, loose.nodes, loose.count * sizeof *loose.nodes);
  declarations->loose_count = loose.count;
  free(loose.nodes);
  give_functions(script, declarations);
  script->loading =
      (struct script_loading){.pending = script->loading.pending, .pending_cap = script->loading.pending_cap};
}
