/* repl_line.c - lines for `embudo repl`. Editing, history and completion are libedit's, through its readline interface: used
 * only where a person types. */
#include "cli/rules/repl.h"
#include <editline/readline.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HISTORY_LINES = 1000, HISTORY_PATH_MAX = 1024 };

struct repl_line {
  const struct reference *reference;
  bool terminal;
  char history[HISTORY_PATH_MAX]; /* "" when there is no home for it */
  char *typed;                    /* libedit's, the present line */
  char *piped;                    /* getline's */
  size_t piped_size;
};

/* libedit asks through functions without a context. */
static const struct reference *completing;
static const struct ruleset *completing_rules;

/* Signs may stand before a word, as in ?half_life and ~seen: they are kept. */
static char *next_word(const char *begin, int state) {
  static size_t index;
  char text[REPL_WORD_MAX];
  size_t signs = strspn(begin, "?~#&|");
  if (state == 0) index = 0;
  const char *word = repl_word(completing, completing_rules, begin + signs, index++, text);
  if (!word) return NULL;
  char *whole = xmalloc(signs + strlen(word) + 1);
  memcpy(whole, begin, signs);
  memcpy(whole + signs, word, strlen(word) + 1);
  return whole;
}

static char **complete(const char *text, int start, int end) {
  (void)start, (void)end;
  rl_attempted_completion_over = 1; /* no names of files */
  return rl_completion_matches(text, next_word);
}

/* $XDG_STATE_HOME/embudo/history, else ~/.local/state/embudo/history (XDG Base Directory Specification). */
static void find_history(struct repl_line *line) {
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  char dir[HISTORY_PATH_MAX - 16];
  int len = state && *state ? snprintf(dir, sizeof dir, "%s/embudo", state)
            : home && *home ? snprintf(dir, sizeof dir, "%s/.local/state/embudo", home)
                            : 0;
  if (len <= 0 || (size_t)len >= sizeof dir) return;
  for (char *slash = dir + 1; (slash = strchr(slash, '/')); slash++) {
    *slash = '\0';
    mkdir(dir, 0700); /* what is there already is fine; what cannot be made shows when history is written */
    *slash = '/';
  }
  mkdir(dir, 0700);
  snprintf(line->history, sizeof line->history, "%s/history", dir);
}

struct repl_line *repl_line_new(const struct reference *reference) {
  struct repl_line *line = xcalloc(1, sizeof *line);
  line->reference = completing = reference;
  line->terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
  if (!line->terminal) return line;
  rl_readline_name = "embudo";
  rl_attempted_completion_function = complete;
  using_history();
  stifle_history(HISTORY_LINES);
  find_history(line);
  if (line->history[0]) read_history(line->history);
  return line;
}

void repl_line_rules(const struct ruleset *rules) {
  completing_rules = rules;
}

void repl_line_free(struct repl_line *line) {
  if (!line) return;
  if (line->terminal && line->history[0]) write_history(line->history);
  free(line->typed);
  free(line->piped);
  free(line);
}

bool repl_line_is_terminal(const struct repl_line *line) {
  return line->terminal;
}

static const char *read_piped(struct repl_line *line) {
  ssize_t len = getline(&line->piped, &line->piped_size, stdin);
  if (len < 0) return NULL;
  if (len && line->piped[len - 1] == '\n') line->piped[len - 1] = '\0';
  return line->piped;
}

const char *repl_line_read(struct repl_line *line, const char *prompt) {
  if (!line->terminal) return read_piped(line);
  free(line->typed);
  line->typed = readline(prompt);
  if (line->typed && *line->typed) add_history(line->typed);
  return line->typed;
}
