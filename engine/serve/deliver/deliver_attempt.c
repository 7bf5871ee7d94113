/* deliver_attempt.c - one attempt: the request put together and signed, sent, and its answer judged. */
#include "base/version.h"
#include "core/handoff/webhook.h"
#include "core/journal/journal.h"
#include "serve/deliver/deliver_private.h"
#include <errno.h>
#include <sys/stat.h>

static const struct destination *destination_of(const struct attempt *attempt) {
  const struct ruleset *rules = pipeline_generation(service_pipeline(attempt->deliverer->service))->rules;
  int number = ruleset_destination(rules, str_of(attempt->destination));
  return number == NONE ? NULL : &rules->destinations[number];
}

/* Nothing was sent: this is why. */
static void fail(struct attempt *attempt, const char *error) {
  const struct retry_answer answer = {.status = 0};
  deliver_ended(attempt, &answer, STR(""), error);
}

/* --- signing ---------------------------------------------------------------------------------------------------------- */

static int find_secrets(const struct deliverer *d, const struct destination *destination,
                        struct webhook_secret secrets[HANDOFF_SECRETS_MAX], struct err *err) {
  struct err why;
  for (uint32_t i = 0; i < destination->secret_count; i++) {
    const char *value = config_secret(d->config, str_of(destination->secrets[i]));
    if (!value)
      return err_set(err, ERR_NOT_FOUND, "the settings have no secret '%s'", destination->secrets[i]);
    if (webhook_secret_parse(str_of(value), &secrets[i], &why) != 0)
      return err_set(err, ERR_INVALID, "secret '%s': %s", destination->secrets[i], why.text);
  }
  return 0;
}

struct envelope { /* what stands in every request */
  char id[OUTBOX_ID_TEXT], time[24], agent[48];
  struct buf signature;
  struct fetch_header headers[REQUEST_HEADERS_MAX + 8];
  size_t count;
};

static void add_header(struct envelope *envelope, const char *name, struct str value) {
  envelope->headers[envelope->count++] = (struct fetch_header){str_of(name), value};
}

static int fill_envelope(struct envelope *envelope, const struct attempt *attempt,
                         const struct destination *destination, const struct request *request,
                         struct err *err) {
  struct webhook_secret secrets[HANDOFF_SECRETS_MAX];
  int64_t now_s = loop_clock_ms(attempt->deliverer->loop) / 1000;
  buf_init(&envelope->signature);
  envelope->count = 0;
  if (find_secrets(attempt->deliverer, destination, secrets, err) != 0) return -1;
  outbox_id_text(attempt->id, envelope->id);
  snprintf(envelope->time, sizeof envelope->time, "%lld", (long long)now_s);
  snprintf(envelope->agent, sizeof envelope->agent, "embudo/%s", version_text);
  webhook_sign(secrets, destination->secret_count, str_of(envelope->id), now_s, request->body,
               &envelope->signature);
  for (size_t i = 0; i < request->header_count; i++)
    envelope->headers[envelope->count++] =
        (struct fetch_header){request->headers[i].name, request->headers[i].value};
  add_header(envelope, "user-agent", str_of(envelope->agent));
  add_header(envelope, "webhook-id", str_of(envelope->id));
  add_header(envelope, "webhook-timestamp", str_of(envelope->time));
  if (destination->secret_count) add_header(envelope, "webhook-signature", buf_str(&envelope->signature));
  return 0;
}

/* --- answers ------------------------------------------------------------------------------------------------------------ */

/* What came back, judged as the destination has it: why it counts as a failure, "" if it does not. */
static void judge(struct attempt *attempt, const struct fetch_answer *answer, struct retry_answer *judged,
                  char error[ERR_TEXT_MAX + 64]) {
  struct generation *generation = pipeline_generation(service_pipeline(attempt->deliverer->service));
  const struct destination *destination = destination_of(attempt);
  bool success = answer->status >= 200 && answer->status < 300;
  struct err err = {.code = ERR_NONE};
  enum request_answer said = success ? REQUEST_ACCEPTED : REQUEST_NOT_NOW;
  *error = '\0';
  if (!answer->status) {
    snprintf(error, ERR_TEXT_MAX + 64, "%s: %s", fetch_end_word(answer->end), answer->error);
    return;
  }
  if (destination) said = request_judge(generation, destination, answer->status, answer->body, &err);
  judged->refused = success && said != REQUEST_ACCEPTED;
  judged->aborts = judged->aborts || said == REQUEST_REFUSED;
  if (err.code != ERR_NONE)
    snprintf(error, ERR_TEXT_MAX + 64, "%s", err.text);
  else if (!success)
    snprintf(error, ERR_TEXT_MAX + 64, "answered %d%s%s", answer->status,
             answer->status >= 300 && answer->status < 400 ? ": redirections are not followed" : "",
             said == REQUEST_REFUSED ? ": it never will be taken" : "");
}

static void on_answer(void *arg, const struct fetch_answer *answer) {
  struct attempt *attempt = arg;
  struct retry_answer judged = {.status = answer->status};
  struct str delivery;
  char error[ERR_TEXT_MAX + 64];
  attempt->fetch = NULL;
  fetch_answer_header(answer, STR("retry-after"), &judged.retry_after);
  judged.aborts = fetch_answer_header(answer, STR("webhook-delivery"), &delivery) &&
                  str_eq(delivery, STR("abort-message"));
  judge(attempt, answer, &judged, error);
  deliver_ended(attempt, &judged, answer->body, error);
}

static void on_line(struct attempt *attempt, const char *error) {
  const struct retry_answer answer = {.status = error ? 0 : 200};
  deliver_ended(attempt, &answer, STR(""), error ? error : "");
}

/* --- sending ------------------------------------------------------------------------------------------------------------- */

/* A message has no id of its own: the line gets it in front. What is no object becomes a text of one. */
static void write_line(const char *id, struct str body, struct buf *out) {
  struct json_reader *reader = json_reader_new();
  struct json_writer w;
  struct json_ref root;
  struct json_iter it;
  struct err err;
  bool object = json_parse(reader, body.p, body.len, &root, &err) == 0 && json_kind(root) == JSON_OBJECT;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "id");
  json_put_text(&w, id);
  if (!object) {
    json_key(&w, "text");
    json_put_str(&w, body);
  }
  struct buf part;
  buf_init(&part);
  if (object)
    for (json_iter_init(&it, root); json_next(&it);) {
      if (str_eq(it.key, STR("id"))) continue;
      buf_clear(&part);
      json_minify(it.value, &part);
      json_key_str(&w, it.key);
      json_put_raw(&w, buf_str(&part));
    }
  json_close(&w, '}');
  buf_add_char(out, '\n');
  buf_release(&part);
  json_reader_free(reader);
}

static void send_line(struct attempt *attempt, const struct destination *destination,
                      const struct request *request) {
  struct deliverer *d = attempt->deliverer;
  char id[OUTBOX_ID_TEXT];
  struct buf line, path;
  int failed = 0;
  buf_init(&line);
  buf_init(&path);
  buf_printf(&path, "%s/outbox", d->config->data);
  if (mkdir(path.data, 0700) != 0 && errno != EEXIST) failed = -1;
  buf_printf(&path, "/%s", destination->file);
  write_line(outbox_id_text(attempt->id, id), request->body, &line);
  if (!failed) failed = deliver_write_line(attempt, path.data, buf_str(&line), on_line);
  buf_release(&path);
  buf_release(&line);
  if (failed) fail(attempt, "the line cannot be written now");
}

static void send_request(struct attempt *attempt, const struct destination *destination,
                         const struct request *request) {
  struct envelope envelope;
  struct err err;
  int filled = fill_envelope(&envelope, attempt, destination, request, &err);
  const struct fetch_request fetch = {.method = request->method,
                                      .url = request->url,
                                      .headers = envelope.headers,
                                      .header_count = envelope.count,
                                      .body = request->body,
                                      .connect_ms = DELIVER_CONNECT_MS,
                                      .total_ms = destination->timeout_ms,
                                      .answer_max = DELIVER_ANSWER_MAX,
                                      .done = on_answer,
                                      .arg = attempt};
  if (filled == 0) attempt->fetch = fetch_start(attempt->deliverer->fetcher, &fetch, &err);
  buf_release(&envelope.signature);
  if (!attempt->fetch) fail(attempt, err.text);
}

/* Where the frozen request stands in the record. */
static struct json_ref request_in(struct json_ref root) {
  return json_get(root, STR("request"));
}

static void forget(struct attempt *attempt) {
  struct outbox *outbox = deliver_outbox(attempt->deliverer);
  uint32_t number = outbox_find(outbox, attempt->id);
  if (number != OUTBOX_NONE) outbox_give_up(outbox, number);
  deliver_end_attempt(attempt);
}

/* Bytes that are gone were erased, and with them the row. */
void deliver_begin(struct attempt *attempt) {
  struct deliverer *d = attempt->deliverer;
  const struct destination *destination = destination_of(attempt);
  struct outbox *outbox = deliver_outbox(d);
  uint32_t number = outbox_find(outbox, attempt->id);
  if (d->draining || !destination || number == OUTBOX_NONE ||
      outbox_row(outbox, number)->state != OUTBOX_WAITING) {
    forget(attempt);
    return;
  }
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct request request;
  struct err err;
  attempt->state = ATTEMPT_SENDING;
  attempt->began_ms = loop_now_ms(d->loop);
  if (attempt->bytes.len == 0 ||
      json_parse(reader, attempt->bytes.data, attempt->bytes.len, &root, &err) != 0) {
    fail(attempt, "the message cannot be read from the journal");
  } else {
    const struct ruleset *rules = pipeline_generation(service_pipeline(d->service))->rules;
    if (request_open(&request, request_in(root), rules, destination, d->config, &err) != 0)
      fail(attempt, err.text);
    else if (destination->file)
      send_line(attempt, destination, &request);
    else
      send_request(attempt, destination, &request);
    request_release(&request);
  }
  json_reader_free(reader);
}
