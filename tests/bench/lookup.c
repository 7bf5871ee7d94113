/* lookup.c - what a large table costs an enricher: time to load, memory, time to find a row.
 *
 *   lookup [ROWS]       (1000000; a domain, a name, a size: 41 bytes a row) */
#include "base/buf.h"
#include "core/lookup/lookup_csv.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROWS = 1000000, FINDS = 2000000 };

static int64_t clock_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* others may be busy, too */
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static size_t in_use(void) {
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

int main(int argc, char **argv) {
  unsigned long rows = argc > 1 ? strtoul(argv[1], NULL, 10) : ROWS;
  struct buf text;
  struct arena arena;
  struct err err;
  char key[64];
  uint64_t random = 1, found = 0;
  buf_init(&text);
  buf_add_text(&text, "domain,name,employees\n");
  for (unsigned long i = 0; i < rows; i++)
    buf_printf(&text, "company-%lu.example,\"Company %lu, Inc.\",%lu\n", i, i, i % 5000);
  size_t before = in_use();
  int64_t began_us = clock_us();
  struct lookup_csv *csv = lookup_csv_new(buf_str(&text), &err);
  int64_t loaded_us = clock_us() - began_us;
  if (!csv) {
    fprintf(stderr, "lookup: %s\n", err.text);
    return 1;
  }
  size_t bytes = in_use() - before;
  arena_init(&arena, 4096);
  began_us = clock_us();
  for (int i = 0; i < FINDS; i++) {
    random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
    int len = snprintf(key, sizeof key, "company-%lu.example", (unsigned long)(random >> 33) % (rows * 2));
    found += lookup_csv_find(csv, (struct str){key, (size_t)len}, &arena).kind == VALUE_MAP;
    arena_clear(&arena);
  }
  int64_t took_us = clock_us() - began_us;
  printf("%lu rows, %zu bytes of text: loaded in %.2f s, %zu bytes a row beside the text, %.0f ns a look-up "
         "(%.0f %% found)\n",
         rows, text.len, (double)loaded_us / 1e6, bytes / rows, (double)took_us * 1e3 / FINDS,
         100.0 * (double)found / FINDS);
  arena_release(&arena);
  lookup_csv_free(csv);
  buf_release(&text);
  return 0;
}
