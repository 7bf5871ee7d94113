#include "io/ticker.h"

#include <uv.h>

struct ticker {
  uv_timer_t timer;
  void (*tick)(void *arg);
  void *arg;
};

static void on_timer(uv_timer_t *timer) {
  const struct ticker *ticker = timer->data;
  ticker->tick(ticker->arg);
}

struct ticker *ticker_new(struct loop *loop, int64_t every_ms, void (*tick)(void *arg), void *arg) {
  struct ticker *ticker = xcalloc(1, sizeof *ticker);
  ASSERT(every_ms > 0 && uv_timer_init(loop_uv(loop), &ticker->timer) == 0);
  ticker->timer.data = ticker;
  ticker->tick = tick;
  ticker->arg = arg;
  uv_timer_start(&ticker->timer, on_timer, (uint64_t)every_ms, (uint64_t)every_ms);
  return ticker;
}

static void on_closed(uv_handle_t *handle) {
  free(handle->data);
}

void ticker_free(struct ticker *ticker) {
  if (ticker) uv_close((uv_handle_t *)&ticker->timer, on_closed);
}
