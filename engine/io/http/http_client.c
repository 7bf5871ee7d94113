#include "io/http/http_client.h"

#include "base/url.h"

#include "io/curl_common.h"

struct http_client {
  CURL *curl;
  char *base;
  struct curl_slist *headers; /* of every request */
  struct buf url, answer;
};

static size_t on_bytes(char *bytes, size_t size, size_t count, void *context) {
  struct http_client *client = context;
  size_t len = size * count;
  if (client->answer.len + len > HTTP_CLIENT_ANSWER_MAX) return 0; /* ends the transfer with an error */
  buf_add(&client->answer, bytes, len);
  return len;
}

static void set_options(struct http_client *client) {
  curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, on_bytes);
  curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, client);
}

struct http_client *http_client_new(const char *base, struct err *err) {
  struct http_client *client = xcalloc(1, sizeof *client);
  struct str trimmed = str_of(base);
  while (trimmed.len && trimmed.p[trimmed.len - 1] == '/') trimmed.len--;
  client->base = strndup(trimmed.p, trimmed.len);
  client->curl = curl_common_easy(HTTP_CLIENT_CONNECT_MS, HTTP_CLIENT_TOTAL_MS);
  buf_init(&client->url);
  buf_init(&client->answer);
  client->headers = curl_slist_append(NULL, "Expect:"); /* bodies are small: no question beforehand */
  if (client->base && client->curl) {
    set_options(client);
    return client;
  }
  http_client_free(client);
  err_set(err, ERR_MEMORY, "no memory for an HTTP client");
  return NULL;
}

void http_client_free(struct http_client *client) {
  if (!client) return;
  if (client->curl) curl_easy_cleanup(client->curl);
  free(client->base);
  curl_slist_free_all(client->headers);
  buf_release(&client->url);
  buf_release(&client->answer);
  free(client);
}

void http_client_header(struct http_client *client, const char *name, const char *value) {
  struct buf line;
  buf_init(&line);
  buf_printf(&line, "%s: %s", name, value);
  client->headers = curl_slist_append(client->headers, line.data);
  buf_release(&line);
}

static void set_request(struct http_client *client, struct str body) {
  curl_easy_setopt(client->curl, CURLOPT_URL, client->url.data);
  curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, client->headers);
  if (body.p) {
    curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
    curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, body.p);
  } else
    curl_easy_setopt(client->curl, CURLOPT_HTTPGET, 1L);
}

static int fail(const struct http_client *client, CURLcode code, struct err *err) {
  struct buf url;
  buf_init(&url);
  url_add_shown(&url, buf_str(&client->url));
  err_set(err, ERR_SYSTEM, "%s: %s", url.data, curl_easy_strerror(code));
  buf_release(&url);
  return -1;
}

int http_client_ask(struct http_client *client, const char *path, struct str body, struct http_reply *reply,
                    struct err *err) {
  long status = 0;
  curl_off_t wait = 0;
  buf_clear(&client->url);
  buf_clear(&client->answer);
  buf_printf(&client->url, "%s%s", client->base, path);
  set_request(client, body);
  CURLcode code = curl_easy_perform(client->curl);
  if (code != CURLE_OK) return fail(client, code, err);
  curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(client->curl, CURLINFO_RETRY_AFTER, &wait);
  *reply = (struct http_reply){(int)status, buf_str(&client->answer), (int)wait};
  return 0;
}

int http_client_delete(struct http_client *client, const char *path, struct http_reply *reply,
                       struct err *err) {
  curl_easy_setopt(client->curl, CURLOPT_CUSTOMREQUEST, "DELETE");
  int failed = http_client_ask(client, path, (struct str){NULL, 0}, reply, err);
  curl_easy_setopt(client->curl, CURLOPT_CUSTOMREQUEST, NULL);
  return failed;
}
