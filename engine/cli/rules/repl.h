/* repl.h - between the repl*.c files: where the history comes from, and lines typed or piped. */
#ifndef EMBUDO_CLI_REPL_H
#define EMBUDO_CLI_REPL_H

#include "cli/daemon/remote.h"
#include "cli/daemon/stored.h"
#include "cli/rules/reference.h"
#include "core/explain/inquiry.h"

/* --- repl_source.c ------------------------------------------------------------------------------------------------------------ */

enum repl_from { REPL_FILES, REPL_STORE, REPL_DAEMON };

struct repl_source {
  const struct command *command;
  enum repl_from from;
  int file_count;
  char **files;
  const char *data;
  struct remote remote;
  char lead[600]; /* REPL_DAEMON: whose events are asked for; "" before any */
};

/* An inquiry_history's feed; its context is the source. */
int repl_feed(void *context, struct engine *engine, struct err *err);

/* --- repl_line.c --------------------------------------------------------------------------------------------------------------- */

struct repl_line;

/* With editing, history and completion of words where standard input and output are a terminal; else plain lines. The
 * reference must outlive it. */
struct repl_line *repl_line_new(const struct reference *reference);
void repl_line_free(struct repl_line *line);
bool repl_line_is_terminal(const struct repl_line *line);

/* The rules whose names are completed, too; NULL: none. They must outlive it, or be replaced. */
void repl_line_rules(const struct ruleset *rules);

/* The next line without its end, until the next call; NULL at the end. */
const char *repl_line_read(struct repl_line *line, const char *prompt);

/* --- repl_words.c -------------------------------------------------------------------------------------------------------------- */

enum { REPL_WORD_MAX = 256 };

/* The index-th word that begins so, from 0: commands first, then the words of the language, then names of these rules (NULL: none).
 * NULL: there are fewer. It may stand in `text`. */
const char *repl_word(const struct reference *reference, const struct ruleset *rules, const char *begin,
                      size_t index, char text[REPL_WORD_MAX]);

#endif
