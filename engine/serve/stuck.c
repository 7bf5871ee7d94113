#include "serve/stuck.h"

#include "base/file.h"
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#define FILE_NAME "stuck.txt"

enum { MODE = 0600 };

static void make_path(const char *dir, char path[PATH_MAX]) {
  snprintf(path, PATH_MAX, "%s/%s", dir, FILE_NAME);
}

/* The next line, taken off *rest. */
static struct str take_line(struct str *rest) {
  const char *end = rest->len ? memchr(rest->p, '\n', rest->len) : NULL;
  struct str line = {rest->p, end ? (size_t)(end - rest->p) : rest->len};
  size_t used = end ? line.len + 1 : line.len;
  *rest = (struct str){rest->p + used, rest->len - used};
  return line;
}

static int times_noted(struct str notes, struct str owner) {
  int count = 0;
  while (notes.len) count += str_eq(take_line(&notes), owner);
  return count;
}

static void stop_what_was_noted(struct str notes, struct script *script,
                                void (*found)(void *context, const char *owner), void *context) {
  uint32_t count = script_function_count(script);
  for (uint32_t i = 0; i < count; i++) {
    const char *owner = script_function(script, (int)i)->owner;
    if (script_stopped(script, (int)i) || times_noted(notes, str_of(owner)) < STUCK_TIMES) continue;
    script_stop(script, owner);
    found(context, owner);
  }
}

static void begin_file(const char *path, const char *ruleset) {
  struct buf text;
  struct err err;
  buf_init(&text);
  buf_printf(&text, "%s\n", ruleset);
  file_write(path, MODE, buf_str(&text), &err);
  buf_release(&text);
}

void stuck_begin(const char *dir, const char *ruleset, struct script *script,
                 void (*found)(void *context, const char *owner), void *context) {
  char path[PATH_MAX];
  struct buf text;
  struct err err;
  make_path(dir, path);
  buf_init(&text);
  if (file_read(path, STUCK_FILE_MAX, &text, &err) != 0) buf_clear(&text);
  struct str notes = buf_str(&text);
  if (!str_eq(take_line(&notes), str_of(ruleset)))
    begin_file(path, ruleset);
  else
    stop_what_was_noted(notes, script, found, context);
  buf_release(&text);
}

void stuck_forget(const char *dir, struct str owner) {
  char path[PATH_MAX];
  struct buf text, rest;
  struct err err;
  make_path(dir, path);
  buf_init(&text);
  buf_init(&rest);
  if (file_read(path, STUCK_FILE_MAX, &text, &err) == 0) {
    struct str notes = buf_str(&text), ruleset = take_line(&notes);
    buf_printf(&rest, "%.*s\n", STR_ARG(ruleset));
    while (owner.len && notes.len) {
      struct str line = take_line(&notes);
      if (!str_eq(line, owner)) buf_printf(&rest, "%.*s\n", STR_ARG(line));
    }
    file_write(path, MODE, buf_str(&rest), &err);
  }
  buf_release(&text);
  buf_release(&rest);
}

void stuck_note(const char *dir, const char *owner) {
  char path[PATH_MAX], line[256];
  make_path(dir, path);
  int len = snprintf(line, sizeof line, "%s\n", owner);
  int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0) return;
  if (len > 0 && (size_t)len < sizeof line && write(fd, line, (size_t)len) == len) fsync(fd);
  close(fd);
}
