/* script_state.h - what a script is inside: shared by the files script*.c, prelude.c and the views, and nobody else. */
#ifndef EMBUDO_VM_SCRIPT_STATE_H
#define EMBUDO_VM_SCRIPT_STATE_H

#include "vm/script/script.h"
#include "vm/source/scan.h"

enum script_mode {
  SCRIPT_LOADING,   /* a file's top level runs: everything may be declared */
  SCRIPT_RUNNING,   /* a rule's function runs, or nothing: nothing may be declared */
  SCRIPT_ENRICHING, /* an enricher's function runs: secrets may be named */
  SCRIPT_TESTING    /* a test runs: matchers and conditions may be made for t:expect */
};

enum { SCRIPT_FUNCTIONS_MAX = 20000, SCRIPT_PENDING_MAX = 20000 };

struct script_pending { /* `rule "x"` that waits for its table */
  const char *kind;
  struct str name;
  struct place place;
  bool closed;
};

struct script_loading { /* while a file loads */
  struct declarations *declarations;
  struct problems *problems;
  struct scan *scan;
  struct str text; /* of the file */
  const char *file;
  const char *kept_file; /* a copy that lives as long as the script */
  struct script_pending *pending;
  uint32_t pending_count, pending_cap;
};

struct script_call {         /* what the views read while a function runs */
  uint64_t number;           /* odd while a function runs: views of other calls are dead */
  const struct fold *fold;   /* NULL at ingest */
  const struct event *event; /* NULL: not opened, or none */
  const struct touch *touch; /* NULL at ingest and outside events */
  unsigned reads;            /* READS_ bits of what was asked for */
  int64_t steady_until;      /* when a count in a span that was asked for first changes by itself */
  bool needs_lead;           /* the lead was asked for where there is none */
  bool reads_pending;        /* it has read something that an enricher may still tell: no answer counts yet */
};

struct script_test;
struct task;

struct script_source { /* kept to build the Lua state anew after a memory kill */
  enum script_file kind;
  const char *file;
  struct str text;
};

enum { SCRIPT_CAUSES_KEPT = 16 };

struct script_function {
  struct fn_info info;
  uint32_t failures;
  uint64_t causes[SCRIPT_CAUSES_KEPT]; /* what its newest failures were about: a ring, hashes */
  bool stopped;
};

struct script {
  struct vm *vm;
  struct script_limits limits;
  enum script_mode mode;
  struct script_loading loading;
  struct arena arena; /* of what outlives the declarations: sources, function infos, failures */
  struct script_source *sources;
  size_t source_count, source_cap;
  struct script_function *functions;
  uint32_t function_count; /* in the present Lua state */
  uint32_t known_count, function_cap;
  const struct ruleset *rules;
  struct script_events events;
  struct script_call call;
  const struct script_test *test; /* the one that runs */
  struct task *task;              /* the one that runs */
  struct task *tasks;             /* all there are */
  struct script_failure *failures;
  size_t failure_count;
  char secret_mark[40]; /* of secrets in what functions return */
  bool broken;          /* the state could not be built anew: every call fails */
};

struct script_calling { /* what a call is about; all but `fn` may be absent */
  int fn;
  const struct event *event;
  const struct fold *fold;
  const struct touch *touch;
  const struct json_ref *json; /* the only argument, instead of lead and event */
};

/* Runs function(lead, event), or function(json); its result is on vm_lua() when 0 is returned. */
int script_run(struct script *script, const struct script_calling *calling, struct vm_failure *failure);

/* Notes that it failed; too often, and the function is stopped. */
void script_record(struct script *script, const struct script_calling *calling,
                   const struct vm_failure *failure);

/* script_declare's work on one source; `file` is its name for nodes and problems. */
void script_load(struct script *script, const struct script_source *source, const char *file,
                 struct declarations *declarations, struct problems *problems);

/* Builds the Lua state anew from the sources, if a memory kill has spent it and nothing runs in it. */
void script_renew(struct script *script);

/* Pushes the table fn + 1 -> function. */
void script_functions(struct lua_State *L);

/* Gives the function at the top of the stack the next number, and pops it. Raises an error past the bound. */
int script_add_function(struct script *script, struct lua_State *L, const char *owner, struct place place);

/* A call of something that is no rule's function, about a lead; every begin has its end. */
void script_call_begin(struct script *script, const struct fold *fold);
void script_call_end(struct script *script);

/* Adds what lua/embudo/spec.lua asks for to the host table on top of the stack. */
void script_test_host(struct script *script, struct lua_State *L);

#endif
