#include "serve/ingest/upload.h"

static void on_chunk(struct http_exchange *exchange, struct str bytes) {
  struct upload *upload = http_exchange_user(exchange);
  upload->chunk(upload, bytes);
}

static void on_ended(struct http_exchange *exchange, const struct http_failure *failure) {
  struct upload *upload = http_exchange_user(exchange);
  upload->ended(upload, failure);
}

static void on_gone(struct http_exchange *exchange) {
  struct upload *upload = http_exchange_user(exchange);
  struct http_failure failure;
  if (!upload) return;
  http_failure_set(&failure, 400, HTTP_INVALID, "the client has gone");
  upload->ended(upload, &failure);
}

static const struct http_reader reader = {on_chunk, on_ended};

static void enlist(struct upload *upload) {
  struct upload **first = &upload->daemon->uploads;
  upload->next = *first;
  upload->at = first;
  if (upload->next) upload->next->at = &upload->next;
  *first = upload;
}

static void delist(struct upload *upload) {
  *upload->at = upload->next;
  if (upload->next) upload->next->at = upload->at;
}

void uploads_stop(struct daemon *daemon) {
  struct upload *next;
  for (struct upload *upload = daemon->uploads; upload; upload = next) {
    next = upload->next;
    if (upload->stopping) upload->stopping(upload); /* it may be gone now */
  }
}

void upload_read(struct upload *upload) {
  enlist(upload);
  http_exchange_set_user(upload->exchange, upload);
  http_exchange_on_gone(upload->exchange, on_gone);
  http_exchange_read(upload->exchange, &reader);
}

void upload_hand_over(struct upload *upload, struct upload *next) {
  ASSERT(upload->exchange == next->exchange);
  upload_release(upload);
  enlist(next);
  http_exchange_set_user(next->exchange, next);
}

void upload_release(struct upload *upload) {
  upload_hold(upload, 0);
  delist(upload);
  http_exchange_set_user(upload->exchange, NULL);
}

bool upload_hold(struct upload *upload, size_t bytes) {
  size_t *held = &upload->daemon->held_bytes;
  bool grows = bytes > upload->held_bytes;
  *held += bytes - upload->held_bytes;
  upload->held_bytes = bytes;
  return !grows || *held <= UPLOAD_HELD_MAX;
}

void upload_crowded(struct http_failure *failure) {
  http_failure_set(failure, 503, HTTP_OVERLOADED, "too much is being uploaded at once; try again soon");
  failure->retry_after_s = 1;
}
