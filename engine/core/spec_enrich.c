/* spec_enrich.c - what a test says of an enricher, as embudo would have written it. */
#include "core/spec_private.h"

#include "model/fold_enrich.h"

static const struct enricher *enricher_of(const struct spec *spec, const struct node *event,
                                          uint32_t *number) {
  const struct ruleset *rules = spec->generation->rules;
  const struct node_pair *name = node_pair(event, "event");
  for (*number = 0; *number < rules->enricher_count; ++*number)
    if (str_eq(str_of(rules->enrichers[*number].id), name->value.text)) return &rules->enrichers[*number];
  return NULL;
}

static int refuse(const struct spec *spec, const struct node *event, struct err *err) {
  const struct ruleset *rules = spec->generation->rules;
  struct str name = node_pair(event, "event")->value.text;
  const char *words[ENRICHERS_MAX + 1] = {NULL};
  for (uint32_t i = 0; i < rules->enricher_count; i++) words[i] = rules->enrichers[i].id;
  const char *near = str_nearest(name, words);
  return err_set(err, ERR_INVALID, "there is no enricher '%.*s'%s%s%s", STR_ARG(name),
                 near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int64_t until(const struct spec *spec, const struct enricher *enricher, struct str outcome) {
  int64_t span = str_eq(outcome, STR("answered")) ? enricher->ttl_ms
                 : str_eq(outcome, STR("asked"))  ? enricher->timeout_ms
                                                  : enricher->negative_ttl_ms;
  return span > TIME_MAX - spec->now_ms ? TIME_MAX : spec->now_ms + span;
}

int spec_enrichment(struct spec *spec, const struct node *event, struct json_writer *writer,
                    struct err *err) {
  uint32_t number;
  struct buf needs;
  const struct enricher *enricher = enricher_of(spec, event, &number);
  if (!enricher) return refuse(spec, event, err);
  const struct node_pair *properties = node_pair(event, "properties");
  struct str outcome = node_pair(&properties->value, "outcome")->value.text;
  spec_fold(spec);
  buf_init(&needs);
  json_key(writer, "properties");
  json_open(writer, '{');
  json_key(writer, "outcome");
  json_put_str(writer, outcome);
  if (fold_enricher_needs(spec->fold, number, &needs)) {
    json_key(writer, "needs");
    json_put_raw(writer, buf_str(&needs));
  }
  json_key(writer, "until");
  json_put_time(writer, until(spec, enricher, outcome));
  json_close(writer, '}');
  buf_release(&needs);
  return 0;
}
