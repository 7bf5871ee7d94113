#include "request.h"

#include "base/err.h"

enum { LEAD_DIGITS = 9, MESSAGE_DIGITS = 16, TIME_DIGITS = REQUEST_TIME_DIGITS, CYCLE = REQUEST_CYCLE };

static const char *kind_of(uint64_t n) {
  n %= CYCLE;
  return n == CYCLE - 1 ? "identify" : n % 5 < 3 ? "page" : "track";
}

static void add_payload(struct buf *text, uint64_t n, const struct request_plan *plan) {
  static const char *const tracks[] = {"Content Downloaded", "Email Opened", "Demo Requested",
                                       "Video Completed"};
  static const char *const paths[] = {"/", "/pricing", "/blog/what-a-lead-is", "/product/scoring",
                                      "/docs/api"};
  const char *kind = kind_of(n);
  if (*kind == 'i') {
    buf_add_text(text, "\"traits\":{\"title\":\"VP Marketing\",\"company\":{\"name\":\"Acme\",\"size\":120}");
  } else if (*kind == 'p') {
    const char *path = paths[n % (sizeof paths / sizeof *paths)];
    buf_printf(text,
               "\"name\":\"Page\",\"properties\":{\"path\":\"%s\",\"url\":\"https://www.example.com%s\"",
               path, path);
  } else {
    buf_printf(text, "\"event\":\"%s\",\"properties\":{\"plan\":\"team\",\"value\":%d",
               tracks[n % (sizeof tracks / sizeof *tracks)], (int)(n % 7) * 10);
  }
  if (plan->pad) {
    buf_add_text(text, ",\"pad\":\"");
    buf_add_repeat(text, 'x', plan->pad);
    buf_add_char(text, '"');
  }
  buf_add_char(text, '}');
}

/* The place of a text that is written later. */
static uint32_t add_gap(struct buf *text, size_t len) {
  size_t at = text->len;
  buf_add_repeat(text, '0', len);
  return (uint32_t)at;
}

static void add_event(struct buf *text, uint64_t n, const struct request_plan *plan, struct patch *patch) {
  buf_add_text(text, "{\"timestamp\":\"");
  patch->time = add_gap(text, TIME_DIGITS);
  buf_printf(text, "\",\"integrations\":{},\"type\":\"%s\",\"userId\":\"user-", kind_of(n));
  patch->lead = add_gap(text, LEAD_DIGITS);
  buf_printf(text, "\",\"messageId\":\"load-%s-", plan->run);
  patch->message = add_gap(text, MESSAGE_DIGITS);
  buf_add_text(text,
               "\",\"context\":{\"library\":{\"name\":\"@segment/analytics-node\",\"version\":\"3.1.0\"}},"
               "\"_metadata\":{\"nodeVersion\":\"20.20.2\",\"jsRuntime\":\"node\"},");
  add_payload(text, n, plan);
  buf_add_char(text, '}');
}

void request_init(struct request *request, uint64_t variant, const struct request_plan *plan) {
  struct buf body;
  uint64_t batch = plan->batch;
  buf_init(&body);
  buf_init(&request->text);
  request->patches = xcalloc(batch, sizeof *request->patches);
  request->sent_at = 0;
  if (batch > 1) buf_add_text(&body, "{\"batch\":[");
  for (uint64_t i = 0; i < batch; i++) {
    if (i) buf_add_char(&body, ',');
    add_event(&body, variant + i, plan, &request->patches[i]);
  }
  if (batch > 1) {
    buf_add_text(&body, "],\"sentAt\":\"");
    request->sent_at = add_gap(&body, TIME_DIGITS);
    buf_add_text(&body, "\"}");
  }
  buf_printf(&request->text,
             "POST /v1/%s HTTP/1.1\r\nHost: %s\r\nX-Write-Key: %s\r\nContent-Type: application/json\r\n"
             "User-Agent: embudo-loader\r\nContent-Length: %zu\r\n\r\n",
             batch > 1 ? "batch" : kind_of(variant), plan->host, plan->key, body.len);
  uint32_t head = (uint32_t)request->text.len;
  buf_add_str(&request->text, buf_str(&body));
  buf_release(&body);
  if (request->sent_at) request->sent_at += head;
  for (uint64_t i = 0; i < batch; i++) {
    request->patches[i].lead += head;
    request->patches[i].message += head;
    request->patches[i].time += head;
  }
}

void request_release(struct request *request) {
  buf_release(&request->text);
  free(request->patches);
}

static void put_decimal(char *out, uint64_t n, int digits) {
  while (digits--) out[digits] = (char)('0' + n % 10), n /= 10;
}

static void put_hex(char *out, uint64_t n) {
  for (int i = MESSAGE_DIGITS; i--; n >>= 4) out[i] = "0123456789abcdef"[n & 15];
}

static uint64_t mixed(uint64_t n) { /* SplitMix64's finaliser: people in no order, the same in every run */
  n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
  return n ^ n >> 31;
}

void request_patch(struct request *request, uint64_t first, const char *time,
                   const struct request_plan *plan) {
  char *text = request->text.data;
  for (uint64_t i = 0; i < plan->batch; i++) {
    const struct patch *patch = &request->patches[i];
    put_decimal(text + patch->lead, mixed(first + i) % plan->leads, LEAD_DIGITS);
    put_hex(text + patch->message, first + i);
    memcpy(text + patch->time, time, TIME_DIGITS);
  }
  if (request->sent_at) memcpy(text + request->sent_at, time, TIME_DIGITS);
}
