/* repl_words.c - the words that Tab completes. */
#include "cli/rules/repl.h"
#include <stdio.h>

static const char *const own_words[] = {"lead", "leads", "at", "score", "explain", "help", "quit", NULL};

struct search {
  const char *begin;
  size_t len, left; /* how many that begin so come before it */
};

static bool found(struct search *search, const char *word) {
  return strncmp(word, search->begin, search->len) == 0 && search->left-- == 0;
}

static const char *of_lifecycles(struct search *search, const struct ruleset *rules) {
  for (uint32_t i = 0; i < rules->lifecycle_count; i++)
    for (uint32_t k = 0; k < rules->lifecycles[i].stage_count; k++)
      if (found(search, rules->lifecycles[i].stages[k])) return rules->lifecycles[i].stages[k];
  return NULL;
}

/* What these rules have names for. */
static const char *of_rules(struct search *search, const struct ruleset *rules, char *text, size_t size) {
  for (uint32_t i = 0; i < rules->dimension_count; i++) {
    if (found(search, rules->dimensions[i].name)) return rules->dimensions[i].name;
    snprintf(text, size, "lead.scores.%s", rules->dimensions[i].name);
    if (found(search, text)) return text;
  }
  for (uint32_t i = 0; i < rules->rule_count; i++)
    if (found(search, rules->rules[i].id)) return rules->rules[i].id;
  for (uint32_t i = 0; i < rules->segment_count; i++)
    if (found(search, rules->segments[i].id)) return rules->segments[i].id;
  return of_lifecycles(search, rules);
}

const char *repl_word(const struct reference *reference, const struct ruleset *rules, const char *begin,
                      size_t index, char text[REPL_WORD_MAX]) {
  struct search search = {begin, strlen(begin), index};
  for (const char *const *word = own_words; *word; word++)
    if (found(&search, *word)) return *word;
  for (uint32_t i = 0; i < reference->entry_count; i++)
    if (found(&search, reference->entries[i].name)) return reference->entries[i].name;
  return rules ? of_rules(&search, rules, text, REPL_WORD_MAX) : NULL;
}
