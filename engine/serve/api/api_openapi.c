/* GET /v1/openapi.json: what all paths take and answer, for tools and for people. */
#include "serve/api/api.h"
#include "base/embedded.h"
#include "base/version.h"

extern const struct embedded_file embudo_openapi[];

#define PLACEHOLDER "@VERSION@"

void api_openapi(struct http_exchange *exchange, void *app) {
  (void)app;
  const struct embedded_file *file = &embudo_openapi[0];
  const char *place = strstr(file->text, PLACEHOLDER);
  struct buf body;
  ASSERT(place);
  size_t before = (size_t)(place - file->text);
  buf_init(&body);
  buf_add(&body, file->text, before);
  buf_add_text(&body, version_text);
  place += strlen(PLACEHOLDER);
  buf_add(&body, place, file->size - (size_t)(place - file->text));
  http_exchange_answer(exchange, 200, HTTP_JSON, buf_str(&body));
  buf_release(&body);
}
