/* Who sends: a signature, of one kind or the other, or the secret itself. */
#include "core/handoff/hubspot.h"
#include "core/handoff/webhook.h"
#include "serve/inbound/inbound_private.h"

static struct str header_of(const struct http_request *request, const char *name) {
  struct str value = STR("");
  http_request_header(request, str_of(name), &value);
  return value;
}

static int find_secrets(const struct daemon *daemon, const struct inbound *inbound,
                        struct str secrets[HANDOFF_SECRETS_MAX], struct err *err) {
  for (uint32_t i = 0; i < inbound->secret_count; i++) {
    const char *value = config_secret(daemon->config, str_of(inbound->secrets[i]));
    if (!value) return err_set(err, ERR_NOT_FOUND, "the settings have no secret '%s'", inbound->secrets[i]);
    secrets[i] = str_of(value);
  }
  return 0;
}

static int check_standard(const struct daemon *daemon, const struct inbound *inbound,
                          const struct str *values, const struct http_request *request, struct err *err) {
  struct webhook_secret secrets[HANDOFF_SECRETS_MAX] = {{.len = 0}};
  const struct webhook_headers headers = {header_of(request, "webhook-id"),
                                          header_of(request, "webhook-timestamp"),
                                          header_of(request, "webhook-signature")};
  for (uint32_t i = 0; i < inbound->secret_count; i++)
    if (webhook_secret_parse(values[i], &secrets[i], err) != 0) return -1;
  return webhook_verify(secrets, inbound->secret_count, &headers, request->body, loop_clock_ms(daemon->loop),
                        err);
}

/* Signed is the address that the sender has called: behind a proxy only the settings know it. */
static int check_hubspot(const struct daemon *daemon, const struct inbound *inbound,
                         const struct str *secrets, const struct http_request *request, struct err *err) {
  struct buf uri;
  struct hubspot_request asked = {.method = request->method,
                                  .body = request->body,
                                  .timestamp = header_of(request, "x-hubspot-request-timestamp"),
                                  .signature = header_of(request, "x-hubspot-signature-v3")};
  buf_init(&uri);
  if (*daemon->config->public_url)
    buf_add_text(&uri, daemon->config->public_url);
  else
    buf_printf(&uri, "https://%.*s", STR_ARG(header_of(request, "host")));
  buf_add_str(&uri, request->target);
  asked.uri = buf_str(&uri);
  int code = hubspot_verify(secrets, inbound->secret_count, &asked, loop_clock_ms(daemon->loop), err);
  buf_release(&uri);
  return code;
}

/* Every secret is compared, so that the time it takes tells nothing. */
static int check_header(const struct inbound *inbound, const struct str *secrets,
                        const struct http_request *request, struct err *err) {
  struct str given = header_of(request, inbound->header);
  bool found = false;
  for (uint32_t i = 0; i < inbound->secret_count; i++) found |= digest_same(given, secrets[i]);
  return found ? 0 : err_set(err, ERR_INVALID, "the header %s is missing or wrong", inbound->header);
}

int inbound_trust(const struct daemon *daemon, const struct inbound *inbound,
                  const struct http_request *request, struct err *err) {
  struct str secrets[HANDOFF_SECRETS_MAX] = {{"", 0}};
  if (find_secrets(daemon, inbound, secrets, err) != 0) return -1;
  if (inbound->header) return check_header(inbound, secrets, request, err);
  if (inbound->hubspot) return check_hubspot(daemon, inbound, secrets, request, err);
  return check_standard(daemon, inbound, secrets, request, err);
}
