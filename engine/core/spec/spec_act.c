/* spec_act.c - people's acts in tests: judged as the daemon judges them. */
#include "core/desk/act.h"
#include "core/spec/spec_private.h"

/* What was to be refused and was not, or with another code. */
static int compare(const struct act_refusal *refusal, const char *refused, struct err *err) {
  if (!refused)
    return err_set(err, ERR_INVALID, "refused (%s): %s", act_word(refusal->code), refusal->message);
  if (refusal->code == ACT_FINE)
    return err_set(err, ERR_INVALID, "expected to be refused (%s), but it is accepted", refused);
  if (strcmp(act_word(refusal->code), refused) == 0) return 0;
  return err_set(err, ERR_INVALID, "expected to be refused (%s), but it is refused (%s): %s", refused,
                 act_word(refusal->code), refusal->message);
}

static int feed_act(struct spec *spec, struct str event, struct err *err) {
  const struct feed feed = {.source = STR("test"), .received_ms = spec->now_ms, .is_system = true};
  struct feed_result result;
  engine_feed(spec->engine, event, &feed, &result);
  if (result.rejected) return err_set(err, ERR_INVALID, "the act is refused: %s", result.problems[0].reason);
  spec_desk_note(spec, event, true);
  return 0;
}

static int judge(struct spec *spec, struct json_ref root, struct identity_member lead, const char *refused,
                 struct err *err) {
  char id[32];
  struct act_refusal refusal;
  struct buf event;
  struct act_request request = {
      .time_ms = TIME_NEVER,
      .lead = {spec->known ? ID_USER : ID_ANONYMOUS, spec->known ? STR(SPEC_USER) : STR(SPEC_VISITOR)}};
  if (lead.id.len) request.lead = lead;
  snprintf(id, sizeof id, "test-%06u", spec->events++);
  request.message_id = str_of(id);
  if (act_read(root, &request, err)) return -1;
  buf_init(&event);
  int code = 0;
  bool fine = act_judge(spec->fold, &request, &spec->arena, &event, &refusal);
  if (!fine && spec->options->coverage) coverage_refused(spec->options->coverage, refusal.move, refusal.gate);
  if (!fine || refused)
    code = compare(&refusal, refused, err);
  else
    code = feed_act(spec, buf_str(&event), err);
  buf_release(&event);
  return code;
}

/* The test may say about whom, where it is not its own lead; the rest is the request. */
static struct identity_member take_lead(struct value *asked) {
  static const struct {
    const char *key;
    enum id_kind kind;
  } ids[] = {{"userId", ID_USER}, {"anonymousId", ID_ANONYMOUS}};
  struct identity_member lead = {ID_USER, STR("")};
  uint32_t kept = 0;
  struct pair *pairs = (struct pair *)asked->pairs;
  for (uint32_t i = 0; i < asked->len; i++) {
    bool is_id = false;
    for (size_t k = 0; k < sizeof ids / sizeof *ids; k++) {
      if (!str_eq(asked->pairs[i].key, str_of(ids[k].key))) continue;
      lead = (struct identity_member){ids[k].kind, value_text(asked->pairs[i].value)};
      is_id = true;
    }
    if (!is_id) pairs[kept++] = asked->pairs[i];
  }
  asked->len = kept;
  return lead;
}

static int fold_other(struct spec *spec, struct str id, struct err *err) {
  uint32_t lead = engine_find_lead(spec->engine, id);
  if (lead == IDENTITY_NONE)
    return err_set(err, ERR_NOT_FOUND, "no event of this test mentions '%.*s'", STR_ARG(id));
  engine_fold(spec->engine, lead, spec->now_ms, spec->fold);
  return 0;
}

int spec_act(struct spec *spec, struct value asked, const char *refused, struct err *err) {
  struct json_writer w;
  struct json_ref root;
  struct buf text;
  struct identity_member lead = take_lead(&asked);
  if (lead.id.len && fold_other(spec, lead.id, err)) return -1;
  struct json_reader *reader = json_reader_new();
  buf_init(&text);
  json_writer_init(&w, &text);
  json_put_value(&w, asked);
  int code = json_parse(reader, text.data, text.len, &root, err);
  if (!code) code = judge(spec, root, lead, refused, err);
  buf_release(&text);
  json_reader_free(reader);
  return code;
}
