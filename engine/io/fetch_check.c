#include "io/fetch_private.h"
#include "io/http/http_request.h"

static bool is_field_value(struct str text) {
  for (size_t i = 0; i < text.len; i++)
    if (!http_is_text_char(text.p[i])) return false;
  return true;
}

bool fetch_check_method(const char *method) {
  size_t len = strlen(method);
  return len > 0 && len <= 16 && strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == len;
}

static bool has_part(CURLU *url, CURLUPart part) {
  char *text = NULL;
  CURLUcode code = curl_url_get(url, part, &text, 0);
  curl_free(text);
  return code == CURLUE_OK;
}

static char *host_of(CURLU *url) {
  char *host = NULL;
  if (curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK) return NULL;
  struct str text = str_of(host);
  if (text.len >= 2 && text.p[0] == '[') text = (struct str){text.p + 1, text.len - 2};
  char *copy = strndup(text.p, text.len);
  curl_free(host);
  return copy;
}

static char *check_parsed(const struct fetcher *fetcher, CURLU *url, struct err *err) {
  char *scheme = NULL;
  bool web = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
             (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
  curl_free(scheme);
  if (!web) {
    err_set(err, ERR_INVALID, "only http:// and https:// can be asked");
    return NULL;
  }
  if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD)) {
    err_set(err, ERR_INVALID, "a URL must not hold credentials: send them as a header, from a secret");
    return NULL;
  }
  char *host = host_of(url);
  if (host && egress_host(&fetcher->options.egress, str_of(host))) return host;
  err_set(err, ERR_INVALID, "the host '%.253s' may not be asked: outbound.hosts does not list it",
          host ? host : "");
  free(host);
  return NULL;
}

char *fetch_check_url(const struct fetcher *fetcher, const char *text, struct err *err) {
  char *host = NULL;
  size_t len = strlen(text);
  if (len > FETCH_URL_MAX) {
    err_set(err, ERR_INVALID, "the URL has %zu bytes: at most %d can be asked for", len, FETCH_URL_MAX);
    return NULL;
  }
  CURLU *url = curl_url();
  ASSERT(url);
  CURLUcode code = is_field_value((struct str){text, len})
                       ? curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME)
                       : CURLUE_MALFORMED_INPUT;
  if (code == CURLUE_OK)
    host = check_parsed(fetcher, url, err);
  else
    err_set(err, ERR_INVALID, "is not a URL as http://host/path: %s", curl_url_strerror(code));
  curl_url_cleanup(url);
  return host;
}

static int add_header(const struct fetch_header *header, struct curl_slist **lines, struct err *err) {
  struct buf line;
  if (!http_is_token(header->name))
    return err_set(err, ERR_INVALID, "'%.*s' is not the name of a header",
                   header->name.len > 100 ? 100 : (int)header->name.len,
                   header->name.p ? header->name.p : "");
  if (!is_field_value(header->value) || header->name.len + header->value.len > FETCH_HEADER_MAX)
    return err_set(err, ERR_INVALID, "the value of the header %.*s has a line break or is too long",
                   STR_ARG(header->name));
  buf_init(&line);
  /* "Name;" is how libcurl wants an empty value: "Name:" would remove the header. */
  buf_printf(&line, header->value.len ? "%.*s: %.*s" : "%.*s;", STR_ARG(header->name),
             STR_ARG(header->value));
  struct curl_slist *longer = curl_slist_append(*lines, line.data);
  buf_release(&line);
  ASSERT(longer);
  *lines = longer;
  return 0;
}

int fetch_check_headers(const struct fetch_request *request, struct curl_slist **lines, struct err *err) {
  static const struct fetch_header accept = {STR("Accept-Encoding"), STR("gzip")};
  bool has_encoding = false;
  *lines = curl_slist_append(NULL, "Expect:"); /* bodies are small: no question beforehand */
  ASSERT(*lines);
  if (request->header_count > FETCH_HEADERS_MAX)
    return err_set(err, ERR_INVALID, "more than %d headers", FETCH_HEADERS_MAX);
  for (size_t i = 0; i < request->header_count; i++) {
    if (add_header(&request->headers[i], lines, err) != 0) return -1;
    has_encoding |= http_word_equal(request->headers[i].name, accept.name);
  }
  return has_encoding ? 0 : add_header(&accept, lines, err);
}
