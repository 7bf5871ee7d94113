#include "io/fetch_private.h"

#include <uv.h>

struct fetch_socket {
  uv_poll_t handle;
  struct fetcher *fetcher;
  curl_socket_t fd;
};

/* --- from the loop to libcurl --- */

static void tell_ended(struct fetcher *fetcher) {
  int left;
  for (CURLMsg *message; (message = curl_multi_info_read(fetcher->multi, &left));) {
    struct fetch *fetch = NULL;
    if (message->msg != CURLMSG_DONE) continue;
    CURLcode code = message->data.result; /* the message is gone with its handle */
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&fetch);
    fetch_ended(fetch, code);
  }
}

static void act(struct fetcher *fetcher, curl_socket_t fd, int events) {
  int running;
  curl_multi_socket_action(fetcher->multi, fd, events, &running);
  tell_ended(fetcher);
}

static void on_time(void *arg) {
  act(arg, CURL_SOCKET_TIMEOUT, 0);
}

/* A reset comes as a status. libcurl shall find it by reading: told of it, it would neither read what came before, nor
 * replace a connection that was kept open and died, as it does when the peer closes it in order. */
static void on_socket(uv_poll_t *handle, int status, int events) {
  const struct fetch_socket *socket = handle->data;
  int flags = status < 0 ? CURL_CSELECT_IN | CURL_CSELECT_OUT : 0;
  if (events & UV_READABLE) flags |= CURL_CSELECT_IN;
  if (events & UV_WRITABLE) flags |= CURL_CSELECT_OUT;
  act(socket->fetcher, socket->fd, flags);
}

/* --- from libcurl to the loop --- */

static void free_socket(uv_handle_t *handle) {
  free(handle->data);
}

/* libcurl closes the descriptor when this returns: polling must have stopped by then, the memory may go later. */
static void forget_socket(struct fetcher *fetcher, struct fetch_socket *socket) {
  if (!socket) return;
  curl_multi_assign(fetcher->multi, socket->fd, NULL);
  uv_poll_stop(&socket->handle);
  uv_close((uv_handle_t *)&socket->handle, free_socket);
}

static struct fetch_socket *watch_socket(struct fetcher *fetcher, curl_socket_t fd) {
  struct fetch_socket *socket = xcalloc(1, sizeof *socket);
  socket->fetcher = fetcher;
  socket->fd = fd;
  ASSERT(uv_poll_init_socket(loop_uv(fetcher->loop), &socket->handle, fd) == 0);
  socket->handle.data = socket;
  curl_multi_assign(fetcher->multi, fd, socket);
  return socket;
}

static int want_socket(CURL *curl, curl_socket_t fd, int what, void *context, void *known) {
  (void)curl;
  struct fetcher *fetcher = context;
  struct fetch_socket *socket = known;
  if (what == CURL_POLL_REMOVE) {
    forget_socket(fetcher, socket);
    return 0;
  }
  if (!socket) socket = watch_socket(fetcher, fd);
  int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
  ASSERT(uv_poll_start(&socket->handle, events, on_socket) == 0);
  return 0;
}

static int want_time(CURLM *multi, long after_ms, void *context) {
  (void)multi;
  const struct fetcher *fetcher = context;
  if (after_ms < 0)
    loop_timer_stop(fetcher->timer);
  else
    loop_timer_after(fetcher->timer, after_ms);
  return 0;
}

/* --- life --- */

void fetch_multi_open(struct fetcher *fetcher) {
  curl_common_start();
  fetcher->multi = curl_multi_init();
  ASSERT(fetcher->multi);
  fetcher->timer = loop_timer_new(fetcher->loop, on_time, fetcher);
  curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
  curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETDATA, fetcher);
  curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERFUNCTION, want_time);
  curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERDATA, fetcher);
  curl_multi_setopt(fetcher->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
  curl_multi_setopt(fetcher->multi, CURLMOPT_MAXCONNECTS, (long)FETCHES_MAX);
}

void fetch_multi_close(struct fetcher *fetcher) {
  curl_multi_cleanup(fetcher->multi); /* closes idle connections, and so forgets their sockets */
  loop_timer_free(fetcher->timer);
}
