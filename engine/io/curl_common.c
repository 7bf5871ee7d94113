#include "io/curl_common.h"

#include "base/err.h"
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start(void) {
  ASSERT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

void curl_common_start(void) {
  pthread_once(&once, start);
}

CURL *curl_common_easy(long connect_ms, long total_ms) {
  curl_common_start();
  CURL *curl = curl_easy_init();
  if (!curl) return NULL;
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, total_ms);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "embudo");
  return curl;
}
