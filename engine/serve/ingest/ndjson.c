#include "serve/ingest/ndjson.h"

#include "core/intake/gather.h"
#include "io/files/lines.h"
#include "serve/access/guard.h"
#include "serve/ingest/ingest.h"

struct ndjson {
  struct upload upload;
  struct ndjson_options options;
  struct lines lines;
  struct gather gather;
  char teller[STORE_SOURCE_MAX];
  struct ingest_totals totals;
  uint64_t durable; /* so many of the first lines are done with */
  uint32_t in_flight;
  bool paused;
  bool waiting;    /* for the timer, before the record may go */
  bool is_paid;    /* the record has been counted against the source's rate */
  bool is_shorter; /* a record failed: `durable` stays */
  bool complete;   /* nothing more comes */
  bool failed;
  struct http_failure failure;
  struct loop_timer *timer; /* NULL until it is needed */
};

struct shipment { /* a record on its way */
  struct ndjson *ndjson;
  uint64_t last_line;
  int64_t since_us;
};

static void pump(struct ndjson *ndjson);

/* --- life ------------------------------------------------------------------------------------------------------------ */

static void ndjson_free(struct ndjson *ndjson) {
  loop_timer_free(ndjson->timer);
  lines_release(&ndjson->lines);
  gather_release(&ndjson->gather);
  free(ndjson);
}

static void answer(struct ndjson *ndjson) {
  struct http_exchange *exchange = ndjson->upload.exchange;
  upload_release(&ndjson->upload);
  if (ndjson->failed)
    ingest_refuse_rest(exchange, &ndjson->failure, &ndjson->totals, ndjson->durable);
  else
    ingest_answer(exchange, &ndjson->totals);
  ndjson_free(ndjson);
}

static void fail(struct ndjson *ndjson, const struct http_failure *failure) {
  if (!ndjson->failed) ndjson->failure = *failure;
  ndjson->failed = true;
}

static void fail_for(struct ndjson *ndjson, enum service_answer why) {
  struct http_failure failure;
  ingest_failure(why, &failure);
  fail(ndjson, &failure);
}

static void fail_when_stopping(struct ndjson *ndjson) {
  struct http_failure failure;
  if (ndjson->complete || ndjson->upload.daemon->state != DAEMON_DRAINING) return;
  ingest_stopping(&failure);
  fail(ndjson, &failure);
}

/* --- records into the journal ----------------------------------------------------------------------------------------- */

static void on_stored(void *arg, const struct service_result *result) {
  struct shipment *shipment = arg;
  struct ndjson *ndjson = shipment->ndjson;
  ndjson->in_flight--;
  ingest_stored(ndjson->upload.daemon, ndjson->options.source, shipment->since_us, result, &ndjson->totals);
  if (result->answer != SERVICE_COMMITTED) {
    ndjson->is_shorter = true;
    fail_for(ndjson, result->answer);
  } else if (!ndjson->is_shorter)
    ndjson->durable = shipment->last_line;
  free(shipment);
  pump(ndjson);
}

static void on_timer(void *arg) {
  struct ndjson *ndjson = arg;
  ndjson->waiting = false;
  pump(ndjson);
}

static void wait_for(struct ndjson *ndjson, int64_t wait_ms) {
  ndjson->waiting = true;
  if (!ndjson->timer) ndjson->timer = loop_timer_new(ndjson->upload.daemon->loop, on_timer, ndjson);
  loop_timer_after(ndjson->timer, wait_ms);
}

/* Whether the source's rate lets the record go now. */
static bool pay(struct ndjson *ndjson) {
  struct guard *guard = ndjson->upload.daemon->guard;
  int64_t wait_ms = 0;
  if (!ndjson->is_paid && !ndjson->options.quiet)
    wait_ms = guard_wait_ms(guard, ndjson->options.source, ndjson->gather.events);
  ndjson->is_paid = wait_ms == 0;
  if (wait_ms) wait_for(ndjson, wait_ms);
  return ndjson->is_paid;
}

static void begin_record(struct ndjson *ndjson) {
  gather_begin(&ndjson->gather, service_now_ms(ndjson->upload.daemon->service));
  ndjson->is_paid = false;
}

static void refused(struct ndjson *ndjson, enum service_answer why) {
  const struct service_result result = {.answer = why};
  ingest_stored(ndjson->upload.daemon, ndjson->options.source, 0, &result, &ndjson->totals);
  fail_for(ndjson, why);
}

/* Sends the record off, or waits, or fails. */
static void ship(struct ndjson *ndjson) {
  struct daemon *daemon = ndjson->upload.daemon;
  struct shipment *shipment;
  if (!pay(ndjson)) return;
  shipment = xmalloc(sizeof *shipment);
  *shipment = (struct shipment){ndjson, ndjson->lines.number, ingest_now_us()};
  enum service_answer got =
      service_submit(daemon->service, gather_record(&ndjson->gather), ndjson->gather.feed.source,
                     ndjson->gather.feed.received_ms, ndjson->options.quiet, on_stored, shipment);
  if (got == SERVICE_COMMITTED) {
    ndjson->in_flight++;
    begin_record(ndjson);
    return;
  }
  free(shipment);
  if (got == SERVICE_BUSY)
    wait_for(ndjson, NDJSON_RETRY_MS);
  else
    refused(ndjson, got);
}

static bool is_full(const struct ndjson *ndjson) {
  return ndjson->gather.events >= NDJSON_RECORD_EVENTS ||
         gather_bytes(&ndjson->gather) >= NDJSON_RECORD_BYTES;
}

static bool may_ship(const struct ndjson *ndjson) {
  if (ndjson->failed || ndjson->waiting || ndjson->gather.events == 0) return false;
  if (ndjson->in_flight == 0 || ndjson->complete) return true;
  return is_full(ndjson) && ndjson->in_flight < NDJSON_IN_FLIGHT;
}

/* Ships what can be shipped; then answers, or says whether more is wanted. The body may be gone after it. */
static void pump(struct ndjson *ndjson) {
  fail_when_stopping(ndjson);
  while (may_ship(ndjson)) ship(ndjson);
  bool done = ndjson->failed || (ndjson->complete && ndjson->gather.events == 0);
  bool wants = !done && !ndjson->complete && !is_full(ndjson), was_paused = ndjson->paused;
  ndjson->paused = !wants;
  if (done && ndjson->in_flight == 0)
    answer(ndjson);
  else if (!wants && !was_paused)
    http_exchange_pause(ndjson->upload.exchange);
  else if (wants && was_paused)
    http_exchange_resume(ndjson->upload.exchange);
}

/* --- lines ------------------------------------------------------------------------------------------------------------ */

static void take_line(struct ndjson *ndjson, const struct line *line) {
  struct received received;
  if (line->too_long)
    gather_refuse(&received, REJECT_LINE_TOO_LONG, "the line is longer than %zu bytes",
                  ndjson->lines.line_max);
  else
    gather_take(&ndjson->gather, service_receiver(ndjson->upload.daemon->service), line->text, &received);
  for (uint32_t i = 0; i < received.problem_count; i++) received.problems[i].item = (uint32_t)line->number;
  ingest_count(ndjson->upload.daemon, ndjson->options.source, &received, &ndjson->totals);
}

static void take_chunk(struct upload *upload, struct str bytes) {
  struct ndjson *ndjson = (struct ndjson *)upload;
  struct http_failure failure;
  struct line line;
  if (ndjson->gather.events == 0) begin_record(ndjson);
  while (!ndjson->failed && lines_next(&ndjson->lines, &bytes, &line)) {
    take_line(ndjson, &line);
    if (is_full(ndjson) && may_ship(ndjson)) ship(ndjson);
  }
  if (!upload_hold(upload, ndjson->lines.partial.len + gather_bytes(&ndjson->gather))) {
    upload_crowded(&failure);
    fail(ndjson, &failure);
  }
  pump(ndjson);
}

static void take_end(struct upload *upload, const struct http_failure *failure) {
  struct ndjson *ndjson = (struct ndjson *)upload;
  struct line line;
  ndjson->complete = true;
  if (failure)
    fail(ndjson, failure);
  else if (lines_last(&ndjson->lines, &line))
    take_line(ndjson, &line);
  pump(ndjson);
}

static void take_stop(struct upload *upload) {
  pump((struct ndjson *)upload);
}

/* --- beginning -------------------------------------------------------------------------------------------------------- */

static struct str source_of(struct ndjson *ndjson) {
  struct str teller = ndjson->options.teller;
  if (!ndjson->options.quiet || teller.len == 0) return ndjson->options.source;
  ASSERT(teller.len <= sizeof ndjson->teller);
  memcpy(ndjson->teller, teller.p, teller.len);
  return (struct str){ndjson->teller, teller.len};
}

static struct ndjson *ndjson_new(struct http_exchange *exchange, struct daemon *daemon,
                                 const struct ndjson_options *options) {
  struct ndjson *ndjson = xcalloc(1, sizeof *ndjson);
  size_t line_max = 2 * (size_t)daemon->config->limits.event_bytes;
  ndjson->upload = (struct upload){
      .daemon = daemon, .exchange = exchange, .chunk = take_chunk, .ended = take_end, .stopping = take_stop};
  ndjson->options = *options;
  ndjson->totals.item_word = "line";
  lines_init(&ndjson->lines, line_max > NDJSON_LINE_BYTES ? line_max : NDJSON_LINE_BYTES);
  gather_init(&ndjson->gather, source_of(ndjson));
  ndjson->gather.feed.is_history = options->quiet;
  begin_record(ndjson);
  return ndjson;
}

void ndjson_read(struct http_exchange *exchange, struct daemon *daemon,
                 const struct ndjson_options *options) {
  upload_read(&ndjson_new(exchange, daemon, options)->upload);
}

void ndjson_hand_over(struct upload *upload, const struct ndjson_options *options, struct str bytes) {
  struct ndjson *ndjson = ndjson_new(upload->exchange, upload->daemon, options);
  upload_hand_over(upload, &ndjson->upload);
  take_chunk(&ndjson->upload, bytes);
}
