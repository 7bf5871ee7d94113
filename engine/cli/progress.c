#include "cli/progress.h"
#include "base/timefmt.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 24, DRAW_EVERY_MS = 100 };

static int64_t monotonic_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_start(struct progress *progress, const char *noun, bool quiet) {
  int64_t now = monotonic_ms();
  *progress = (struct progress){!quiet && isatty(STDERR_FILENO), now, now, noun};
}

double progress_seconds(const struct progress *progress) {
  return (double)(monotonic_ms() - progress->started_ms) / 1000.0;
}

static void draw_bar(uint64_t done, uint64_t total, int64_t elapsed_ms) {
  char bar[BAR_WIDTH + 1], left[TIME_TEXT_MAX];
  int filled = (int)(done * BAR_WIDTH / total);
  for (int i = 0; i < BAR_WIDTH; i++) bar[i] = i < filled ? '#' : '.';
  bar[BAR_WIDTH] = 0;
  int64_t left_ms = done ? (int64_t)((double)elapsed_ms * (double)(total - done) / (double)done) : 0;
  fprintf(stderr, "\r[%s] %3d %%, %s left", bar, (int)(done * 100 / total), duration_about(left_ms, left));
}

void progress_step(struct progress *progress, uint64_t count, uint64_t done_bytes, uint64_t total_bytes) {
  if (!progress->shown) return;
  int64_t now = monotonic_ms();
  if (now - progress->drawn_ms < DRAW_EVERY_MS) return;
  progress->drawn_ms = now;
  int64_t elapsed_ms = now - progress->started_ms;
  if (total_bytes && done_bytes <= total_bytes)
    draw_bar(done_bytes, total_bytes, elapsed_ms);
  else
    fputc('\r', stderr);
  fprintf(stderr, "  %llu %s, %.0f/s\033[K", (unsigned long long)count, progress->noun,
          elapsed_ms ? (double)count * 1000.0 / (double)elapsed_ms : 0.0);
  fflush(stderr);
}

void progress_clear(const struct progress *progress) {
  if (progress->shown) fputs("\r\033[K", stderr);
}

void progress_end(struct progress *progress) {
  progress_clear(progress);
  progress->shown = false;
}
