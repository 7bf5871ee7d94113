/* curl_common.h - what every use of libcurl has in common: started once in a process, HTTP and HTTPS only, TLS verified, no
 * redirects followed, no signals. For the files of this floor that speak HTTP as a client. */
#ifndef EMBUDO_IO_CURL_COMMON_H
#define EMBUDO_IO_CURL_COMMON_H

#include <curl/curl.h>

void curl_common_start(void); /* any thread, any number of times */

/* A handle with the common options and these limits of time; NULL: no memory. */
CURL *curl_common_easy(long connect_ms, long total_ms);

#endif
