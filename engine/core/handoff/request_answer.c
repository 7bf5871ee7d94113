/* What an answer to a message means: as its destination has it, or the function `accepts` of its renderer. */
#include "core/handoff/request.h"

static void write_answer(struct json_reader *reader, int status, struct str body, struct buf *out) {
  struct json_writer w;
  struct json_ref root;
  struct err err;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "status");
  json_put_int(&w, status);
  json_key(&w, "text");
  json_put_str(&w, body);
  if (body.len && json_parse(reader, body.p, body.len, &root, &err) == 0) {
    struct buf text;
    buf_init(&text);
    json_minify(root, &text);
    json_key(&w, "json");
    json_put_raw(&w, buf_str(&text));
    buf_release(&text);
  }
  json_close(&w, '}');
}

static enum request_answer not_accepted(struct err *err, struct str why, enum request_answer answer) {
  if (why.len == 0) why = STR("`accepts` returned a blank text; it should say why");
  err_set(err, ERR_INVALID, "not accepted: %.*s", why.len > 300 ? 300 : (int)why.len, why.p);
  return answer;
}

/* A function that forgets to answer would have the message sent again and again. */
static struct str returned_no_answer(struct json_ref said) {
  bool nothing = json_is_missing(said) || json_kind(said) == JSON_NULL;
  return nothing ? STR("`accepts` returned nothing: it must return true, or a text that says why not")
                 : STR("`accepts` must return true, a text that says why not, or { refused = text }");
}

/* true: yes. A text: why not. { refused = text }: why never. */
static enum request_answer judge(struct json_ref said, struct err *err) {
  struct str why = STR("");
  bool yes = false;
  if (json_bool(said, &yes) && yes) return REQUEST_ACCEPTED;
  if (json_string(said, &why)) return not_accepted(err, why, REQUEST_NOT_NOW);
  if (json_string(json_get(said, STR("refused")), &why)) return not_accepted(err, why, REQUEST_REFUSED);
  bool no = json_bool(said, &yes);
  return not_accepted(err,
                      no ? STR("`accepts` returned false; a text would say why") : returned_no_answer(said),
                      REQUEST_NOT_NOW);
}

static enum request_answer ask(struct generation *generation, int fn, int status, struct str body,
                               struct err *err) {
  enum request_answer answer = REQUEST_NOT_NOW;
  struct json_reader *reader = json_reader_new();
  struct json_ref root = {0};
  struct buf argument, said;
  buf_init(&argument);
  buf_init(&said);
  write_answer(reader, status, body, &argument);
  if (json_parse(reader, argument.data, argument.len, &root, err) == 0 &&
      script_ask(generation->script, fn, root, &said, err) == 0) {
    root = (struct json_ref){0};
    if (said.len && json_parse(reader, said.data, said.len, &root, err) != 0) root = (struct json_ref){0};
    answer = judge(root, err);
  }
  buf_release(&said);
  buf_release(&argument);
  json_reader_free(reader);
  return answer;
}

static bool refuses(const struct refusals *refusals, int status) {
  for (uint32_t i = 0; i < refusals->count; i++)
    if (refusals->statuses[i] == status) return true;
  return false;
}

enum request_answer request_judge(struct generation *generation, const struct destination *destination,
                                  int status, struct str body, struct err *err) {
  const struct renderer *renderer = request_renderer(generation->rules, destination);
  int fn = renderer ? renderer->accepts_fn : destination->accepts_fn;
  *err = (struct err){.code = ERR_NONE};
  if (status >= 200 && status < 300)
    return fn == FN_NONE ? REQUEST_ACCEPTED : ask(generation, fn, status, body, err);
  bool never = refuses(&destination->refusals, status) || (renderer && refuses(&renderer->refusals, status));
  return never ? REQUEST_REFUSED : REQUEST_NOT_NOW;
}
