/* fuzz_cloudevent.c - whatever a client sends as a CloudEvent is refused with a reason, or becomes JSON that the engine
 * can read.
 *
 * The input is a request without its first line: headers, an empty line, the body. Content-Type is one of the headers. */
#include "core/intake/cloudevent.h"
#include "core/intake/normalise.h"

enum { HEADERS_MAX = 100 };

struct request {
  struct cloudevent_header headers[HEADERS_MAX];
  size_t count;
  struct str content_type, body;
};

static bool take_line(struct str *rest, struct str *line) {
  const char *end = rest->len ? memchr(rest->p, '\n', rest->len) : NULL;
  if (!end) return false;
  *line = (struct str){rest->p, (size_t)(end - rest->p)};
  *rest = (struct str){end + 1, rest->len - line->len - 1};
  return line->len > 0;
}

static struct request read_request(struct str input) {
  struct request request = {.body = input};
  struct str line;
  while (request.count < HEADERS_MAX && take_line(&request.body, &line)) {
    const char *colon = memchr(line.p, ':', line.len);
    if (!colon) continue;
    struct cloudevent_header *header = &request.headers[request.count++];
    header->name = (struct str){line.p, (size_t)(colon - line.p)};
    header->value = (struct str){colon + 1, line.len - header->name.len - 1};
    if (str_eq(header->name, STR("Content-Type"))) request.content_type = header->value;
  }
  return request;
}

static void check_written(struct json_reader *reader, const struct buf *out) {
  struct json_ref root;
  struct err err;
  struct normalised normal;
  struct normalise_context context = {.source = STR("fuzz"), .received_ms = 1, .batch_sent_ms = TIME_NEVER};
  if (json_parse(reader, out->data, out->len, &root, &err) != 0) {
    ASSERT(err.code == ERR_LIMIT || strstr(err.text, "deep")); /* one level deeper than the data was */
    return;
  }
  if (normalise_event(root, &context, &normal) == REJECT_NONE) ASSERT(normal.has_message_id);
}

static void check_one(int result, struct json_reader *reader, struct buf *out, const struct err *err) {
  if (result == 0)
    check_written(reader, out);
  else
    ASSERT(result == -1 && err->text[0] && !out->len);
  buf_clear(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct json_reader *document, *scratch, *result;
  struct request request = read_request((struct str){(const char *)data, size});
  struct json_ref root;
  struct json_iter item;
  struct err err = {0};
  struct buf out;
  if (!document) document = json_reader_new(), scratch = json_reader_new(), result = json_reader_new();
  buf_init(&out);
  enum cloudevent_mode mode = cloudevent_mode(request.content_type, request.headers, request.count);
  if (mode == CLOUDEVENT_BINARY) {
    check_one(cloudevent_from_headers(request.headers, request.count, request.content_type, request.body,
                                      scratch, &out, &err),
              result, &out, &err);
  } else if (json_parse(document, request.body.p, request.body.len, &root, &err) == 0) {
    check_one(cloudevent_from_json(root, scratch, &out, &err), result, &out, &err);
    for (json_iter_init(&item, root); json_next(&item);)
      check_one(cloudevent_from_json(item.value, scratch, &out, &err), result, &out, &err);
  }
  buf_release(&out);
  return 0;
}
