#include "io/fetch.h"

#include "base/timefmt.h"
#include "io/fetch_private.h"
#include "io/http/http_request.h"
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

const char *fetch_end_word(enum fetch_end end) {
  static const char *const words[] = {
#define X(code, word, meaning) word,
      FETCH_ENDS(X)
#undef X
  };
  return words[end];
}

/* --- while it runs: libcurl calls --- */

/* The one place through which every connection must go, after all names are resolved. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *where) {
  struct fetch *fetch = context;
  struct netaddr addr = {{[10] = 0xff, [11] = 0xff}};
  (void)purpose;
  if (where->family == AF_INET)
    memcpy(addr.bytes + 12, &((const struct sockaddr_in *)&where->addr)->sin_addr, 4);
  else if (where->family == AF_INET6)
    memcpy(addr.bytes, &((const struct sockaddr_in6 *)&where->addr)->sin6_addr, 16);
  bool internet = where->family == AF_INET || where->family == AF_INET6;
  if (!internet || !egress_address(&fetch->fetcher->options.egress, str_of(fetch->host), &addr)) {
    fetch->denied = true;
    return CURL_SOCKET_BAD;
  }
  return socket(where->family, where->socktype | SOCK_CLOEXEC, where->protocol);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
  struct str piece = {bytes, size * count};
  return fetch_body_take(context, piece) ? piece.len : 0; /* 0 ends the transfer */
}

/* A new status line begins a new answer: what an interim one (100, 103) said is dropped. */
static size_t on_head(char *bytes, size_t size, size_t count, void *context) {
  struct fetch *fetch = context;
  size_t len = size * count;
  fetch->head_bytes += len;
  fetch->too_large = fetch->head_bytes > FETCH_ANSWER_HEADERS_MAX;
  if (fetch->too_large) return 0; /* ends the transfer */
  if (str_starts((struct str){bytes, len}, STR("HTTP/"))) {
    buf_clear(&fetch->head);
    fetch_body_restart(fetch);
    return len;
  }
  fetch_body_header(fetch, (struct str){bytes, len});
  if (fetch->head.len + len <= FETCH_ANSWER_HEAD_MAX) buf_add(&fetch->head, bytes, len);
  return len;
}

bool fetch_line_is(struct str line, struct str name, struct str *value) {
  const char *colon = memchr(line.p, ':', line.len);
  size_t name_len = colon ? (size_t)(colon - line.p) : 0;
  if (!colon || !http_word_equal((struct str){line.p, name_len}, name)) return false;
  *value = str_trim((struct str){colon + 1, line.len - name_len - 1});
  return true;
}

bool fetch_answer_header(const struct fetch_answer *answer, struct str name, struct str *value) {
  for (struct str rest = answer->head; rest.len;) {
    const char *end = memchr(rest.p, '\n', rest.len);
    size_t len = end ? (size_t)(end - rest.p) : rest.len;
    if (fetch_line_is((struct str){rest.p, len}, name, value)) return true;
    rest = end ? (struct str){end + 1, rest.len - len - 1} : (struct str){rest.p, 0};
  }
  *value = (struct str){"", 0};
  return false;
}

/* --- its end --- */

static enum fetch_end end_of(const struct fetch *fetch, CURLcode code) {
  if (fetch->damage.status) return fetch->is_cut ? FETCH_RESET : FETCH_MALFORMED;
  if (code == CURLE_OK) return FETCH_ANSWERED;
  if (fetch->too_large) return FETCH_TOO_LARGE;
  if (fetch->denied) return FETCH_DENIED;
  switch (code) {
  case CURLE_URL_MALFORMAT: /* a name that cannot be one, found when it is made ASCII */
  case CURLE_COULDNT_RESOLVE_HOST: return FETCH_UNRESOLVED;
  case CURLE_OPERATION_TIMEDOUT: return FETCH_TIMEOUT;
  case CURLE_OUT_OF_MEMORY: /* what libcurl says of a header line that is longer than it takes */
  case CURLE_FILESIZE_EXCEEDED: return FETCH_TOO_LARGE;
  case CURLE_COULDNT_CONNECT: return FETCH_UNREACHABLE;
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CIPHER: return FETCH_TLS;
  case CURLE_UNSUPPORTED_PROTOCOL:
  case CURLE_WEIRD_SERVER_REPLY:
  case CURLE_BAD_CONTENT_ENCODING: return FETCH_MALFORMED;
  default: return FETCH_RESET;
  }
}

static void take_out(struct fetch *fetch) {
  struct fetcher *fetcher = fetch->fetcher;
  curl_multi_remove_handle(fetcher->multi, fetch->curl);
  if (fetch->prev)
    fetch->prev->next = fetch->next;
  else
    fetcher->first = fetch->next;
  if (fetch->next) fetch->next->prev = fetch->prev;
  fetcher->stats.open--;
}

static void free_fetch(struct fetch *fetch) {
  curl_easy_cleanup(fetch->curl);
  curl_slist_free_all(fetch->headers);
  http_inflate_free(fetch->inflate);
  buf_release(&fetch->sent);
  buf_release(&fetch->body);
  buf_release(&fetch->head);
  free(fetch->host);
  free(fetch);
}

static void fill_answer(const struct fetch *fetch, CURLcode code, struct fetch_answer *answer) {
  long status = 0;
  curl_off_t wait_s = 0, took_us = 0, connect_us = 0;
  curl_easy_getinfo(fetch->curl, CURLINFO_TOTAL_TIME_T, &took_us);
  curl_easy_getinfo(fetch->curl, CURLINFO_CONNECT_TIME_T, &connect_us);
  *answer = (struct fetch_answer){
      .end = end_of(fetch, code), .took_ms = took_us / 1000, .connect_ms = connect_us / 1000, .error = ""};
  if (answer->end != FETCH_ANSWERED) {
    answer->error =
        answer->end == FETCH_DENIED
            ? "its address is not a public one, and outbound.allow in the settings does not name it"
        : answer->end == FETCH_TOO_LARGE ? "the answer is larger than allowed"
        : fetch->damage.status           ? fetch->damage.message
        : *fetch->error                  ? fetch->error
                                         : curl_easy_strerror(code);
    if (answer->end != FETCH_TOO_LARGE && !fetch->damage.status) return;
  }
  curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(fetch->curl, CURLINFO_RETRY_AFTER, &wait_s);
  answer->status = (int)status;
  answer->retry_after_ms = wait_s > INT32_MAX ? INT32_MAX * INT64_C(1000) : wait_s * TIME_MS_PER_SECOND;
  answer->body = fetch->damage.status ? STR("") : buf_str(&fetch->body);
  answer->head = buf_str(&fetch->head);
}

/* The fetch leaves before `done` is called, its bytes stay until it returned: `done` may start others and cancel them. */
void fetch_ended(struct fetch *fetch, CURLcode code) {
  struct fetcher *fetcher = fetch->fetcher;
  struct fetch_answer answer;
  if (code == CURLE_OK) fetch_body_end(fetch);
  fill_answer(fetch, code, &answer);
  fetcher->stats.ended[answer.end]++;
  fetcher->stats.sent_bytes += fetch->sent.len;
  fetcher->stats.received_bytes += fetch->body.len;
  take_out(fetch);
  fetch->done(fetch->arg, &answer);
  free_fetch(fetch);
}

/* --- its beginning --- */

static void set_bounds(const struct fetch *fetch) {
  CURL *curl = fetch->curl;
  curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)fetch->answer_max);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, fetch);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* a name that is being looked up does not hold the loop */
  curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
  if (fetch->fetcher->options.ca_file)
    curl_easy_setopt(curl, CURLOPT_CAINFO, fetch->fetcher->options.ca_file);
}

static void set_receivers(struct fetch *fetch) {
  CURL *curl = fetch->curl;
  curl_easy_setopt(curl, CURLOPT_PRIVATE, fetch);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fetch->error);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_head);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, fetch);
  curl_easy_setopt(curl, CURLOPT_HTTP_CONTENT_DECODING, 0L); /* fetch_body.c does it */
}

static void set_request(struct fetch *fetch, const struct fetch_request *request) {
  CURL *curl = fetch->curl;
  curl_easy_setopt(curl, CURLOPT_URL, request->url);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fetch->headers);
  if (strcmp(request->method, "HEAD") == 0) curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  if (request->body.p) {
    buf_add_str(&fetch->sent, request->body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)fetch->sent.len);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, fetch->sent.data);
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  /* Many calls at once share one connection of HTTP/2 rather than opening as many. */
  if (str_starts(str_of(request->url), STR("https:"))) curl_easy_setopt(curl, CURLOPT_PIPEWAIT, 1L);
}

static struct fetch *make(struct fetcher *fetcher, const struct fetch_request *request, char *host,
                          struct curl_slist *headers) {
  struct fetch *fetch = xcalloc(1, sizeof *fetch);
  fetch->fetcher = fetcher;
  fetch->host = host;
  fetch->headers = headers;
  fetch->answer_max = request->answer_max ? request->answer_max : FETCH_ANSWER_MAX;
  fetch->done = request->done;
  fetch->arg = request->arg;
  buf_init(&fetch->sent);
  buf_init(&fetch->body);
  buf_init(&fetch->head);
  fetch->curl = curl_common_easy((long)(request->connect_ms ? request->connect_ms : FETCH_CONNECT_MS),
                                 (long)(request->total_ms ? request->total_ms : FETCH_TOTAL_MS));
  ASSERT(fetch->curl);
  set_bounds(fetch);
  set_receivers(fetch);
  set_request(fetch, request);
  return fetch;
}

struct fetch *fetch_start(struct fetcher *fetcher, const struct fetch_request *request, struct err *err) {
  struct curl_slist *headers;
  ASSERT(fetch_check_method(request->method));
  if (fetcher->stats.open >= FETCHES_MAX) {
    err_set(err, ERR_LIMIT, "%d calls are under way already", FETCHES_MAX);
    return NULL;
  }
  char *host = fetch_check_url(fetcher, request->url, err);
  if (!host) return NULL;
  if (fetch_check_headers(request, &headers, err) != 0) {
    curl_slist_free_all(headers);
    free(host);
    return NULL;
  }
  struct fetch *fetch = make(fetcher, request, host, headers);
  fetch->next = fetcher->first;
  if (fetcher->first) fetcher->first->prev = fetch;
  fetcher->first = fetch;
  fetcher->stats.open++;
  ASSERT(curl_multi_add_handle(fetcher->multi, fetch->curl) == CURLM_OK);
  return fetch;
}

void fetch_cancel(struct fetch *fetch) {
  fetch->fetcher->stats.cancelled++;
  take_out(fetch);
  free_fetch(fetch);
}

/* --- the fetcher --- */

struct fetcher *fetcher_new(struct loop *loop, const struct fetcher_options *options) {
  struct fetcher *fetcher = xcalloc(1, sizeof *fetcher);
  fetcher->loop = loop;
  fetcher->options = *options;
  fetch_multi_open(fetcher);
  return fetcher;
}

void fetcher_free(struct fetcher *fetcher) {
  if (!fetcher) return;
  for (struct fetch *fetch = fetcher->first, *next; fetch; fetch = next) {
    next = fetch->next;
    fetch_cancel(fetch);
  }
  fetch_multi_close(fetcher);
  free(fetcher);
}

const struct fetcher_stats *fetcher_stats(const struct fetcher *fetcher) {
  return &fetcher->stats;
}
