/* node.h - a rule file's declarations as data: what Lua tables and YAML mappings both become.
 *
 * "One descriptor, two notations": the Lua prelude and the YAML reader build the same nodes, and everything after
 * that (reading, checking, compiling) exists once. A constructor such as `glob "/x*"` is a CALL with its name and
 * arguments; the YAML form `{ glob: "/x*" }` is a one-pair table that node_as_call reads as the same call. A Lua
 * table may hold positional items and named pairs at once. Nodes are immutable and live in an arena.
 */
#ifndef EMBUDO_NOTATION_NODE_H
#define EMBUDO_NOTATION_NODE_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/ruleset/ruleset.h"

enum node_kind { NODE_MISSING, NODE_BOOL, NODE_NUMBER, NODE_STRING, NODE_TABLE, NODE_CALL, NODE_FUNCTION };

struct node_pair;

struct node {
  enum node_kind kind;
  struct place place;
  union {
    bool boolean;
    double number;
    struct str text;
    struct {
      const struct node *items;      /* positional: t[1], t[2] ...; YAML: a sequence */
      const struct node_pair *pairs; /* named, in the order written (YAML) or sorted by key (Lua) */
      uint32_t item_count, pair_count;
    } table;
    struct {
      struct str name; /* "glob", "page", "&", "|", "~" */
      const struct node *args;
      uint32_t arg_count;
      int64_t serial; /* Lua selectors: their number, for lead.count; 0 otherwise */
    } call;
    struct {
      int fn; /* index in the generation's function table */
    } function;
  };
};

struct node_pair {
  struct str key;
  struct place key_place; /* the key's own line where it is known, else the declaration's */
  struct node value;
};

/* What a rules directory declares, file by file, in path order. `kind` is the word that declared it: "rule",
 * "dimension", "group", "grade", "reset", "ignore", "activity", "profile", "identity", "lifecycle", "test" ... */
struct declaration {
  const char *kind;
  struct str name; /* "" for nameless ones (grade, activity, profile, identity) */
  struct place place;
  struct node body;
};

struct declarations {
  struct arena arena;
  struct declaration *items;
  size_t count, cap;
  struct node *loose; /* selectors made at file level that no declaration holds: lead.count may use them */
  size_t loose_count;
  struct fn_info *functions; /* what NODE_FUNCTION's numbers mean */
  uint32_t function_count;
};

void declarations_init(struct declarations *declarations);
void declarations_release(struct declarations *declarations);
void declarations_add(struct declarations *declarations, struct declaration declaration);

const struct node_pair *node_pair(const struct node *table, const char *key); /* NULL when absent */

/* True when `node` is a call, or a one-pair table (YAML) whose key is one of `names` (NULL-ended): *call is then the
 * call. The YAML value is its one argument, except that a list is spread over the words that take several
 * ({ between: [50, 999] }, { track: [Name, { .. }] }), and `true` after any, present or missing means nothing. YAML
 * says the operators as words: any_of (|), all_of (&) and not (~); `names` and *call hold the operators. */
bool node_as_call(const struct node *node, const char *const *names, struct node *call);

const char *node_kind_word(const struct node *node); /* "a table", "a text" ... for messages */
void node_describe(const struct node *node,
                   struct buf *out); /* as one would write it in Lua, cut at 120 bytes */
void node_write(const struct node *node, struct buf *out); /* the same, whole: equal nodes give equal texts */

#endif
