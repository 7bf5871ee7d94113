#include "io/files/infile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum packing { UNKNOWN, PLAIN, GZIP, ZSTD };
enum { MAGIC_LEN = 4, GZIP_FORMAT_ONLY = 15 + 16 };

struct infile {
  int fd;
  const char *name;
  uint64_t consumed; /* bytes of the file before `next` */
  uint64_t total;
  enum packing packing;
  bool at_end; /* of the file */
  bool inside; /* of a gzip member or zstd frame: the end may not come here */
  z_stream gzip;
  ZSTD_DStream *zstd;
  unsigned char *raw; /* INFILE_WINDOW bytes of the file, of which [next, filled) are still to be used */
  size_t next, filled;
  char *out;
};

struct infile *infile_open(const char *path, struct err *err) {
  bool is_stdin = strcmp(path, "-") == 0;
  struct stat status;
  int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return err_system(err, "cannot open %s", path), NULL;
  struct infile *in = xcalloc(1, sizeof *in);
  in->fd = fd;
  in->name = is_stdin ? "standard input" : xstrdup(path);
  in->raw = xmalloc(INFILE_WINDOW);
  in->out = xmalloc(INFILE_WINDOW);
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) in->total = (uint64_t)status.st_size;
  return in;
}

void infile_close(struct infile *in) {
  if (!in) return;
  if (in->packing == GZIP) inflateEnd(&in->gzip);
  if (in->packing == ZSTD) ZSTD_freeDStream(in->zstd);
  if (in->fd != STDIN_FILENO) {
    close(in->fd);
    free((char *)in->name);
  }
  free(in->raw);
  free(in->out);
  free(in);
}

const char *infile_name(const struct infile *in) {
  return in->name;
}

void infile_progress(const struct infile *in, uint64_t *done_bytes, uint64_t *total_bytes) {
  *done_bytes = in->consumed;
  *total_bytes = in->total;
}

/* Adds to what is still to be used; sets at_end instead when there is no more. */
static int fill(struct infile *in, struct err *err) {
  if (in->next == in->filled) in->next = in->filled = 0;
  for (;;) {
    ssize_t got = read(in->fd, in->raw + in->filled, INFILE_WINDOW - in->filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return err_system(err, "cannot read %s", in->name);
    if (got == 0) in->at_end = true;
    in->filled += (size_t)got;
    return 0;
  }
}

static void use(struct infile *in, size_t count) {
  in->next += count;
  in->consumed += count;
}

static int damaged(const struct infile *in, const char *format, const char *what, struct err *err) {
  return err_set(err, ERR_SYNTAX,
                 "%s: the %s data is damaged at byte %llu (%s); what came before it was read", in->name,
                 format, (unsigned long long)in->consumed, what);
}

static int sniff(struct infile *in, struct err *err) {
  static const unsigned char gzip_magic[] = {0x1f, 0x8b}, zstd_magic[] = {0x28, 0xb5, 0x2f, 0xfd};
  while (in->filled < MAGIC_LEN && !in->at_end)
    if (fill(in, err) != 0) return -1;
  in->packing = PLAIN;
  if (in->filled >= sizeof gzip_magic && memcmp(in->raw, gzip_magic, sizeof gzip_magic) == 0) {
    if (inflateInit2(&in->gzip, GZIP_FORMAT_ONLY) != Z_OK)
      return err_set(err, ERR_MEMORY, "no memory for zlib");
    in->packing = GZIP;
    in->inside = true;
  } else if (in->filled >= sizeof zstd_magic && memcmp(in->raw, zstd_magic, sizeof zstd_magic) == 0) {
    in->zstd = ZSTD_createDStream();
    if (!in->zstd) return err_set(err, ERR_MEMORY, "no memory for zstd");
    in->packing = ZSTD;
    in->inside = true;
  }
  return 0;
}

/* After a member: zero bytes are padding, another header starts a member, anything else is damage. */
static int next_member(struct infile *in, struct err *err) {
  while (in->next < in->filled && in->raw[in->next] == 0) use(in, 1);
  if (in->next == in->filled) return 0;
  if (in->raw[in->next] != 0x1f) return damaged(in, "gzip", "other bytes follow it", err);
  inflateReset(&in->gzip);
  in->inside = true;
  return 0;
}

static int read_gzip(struct infile *in, struct str *bytes, struct err *err) {
  if (!in->inside && next_member(in, err) != 0) return -1;
  if (!in->inside) return 0;
  in->gzip.next_in = in->raw + in->next;
  in->gzip.avail_in = (uInt)(in->filled - in->next);
  in->gzip.next_out = (unsigned char *)in->out;
  in->gzip.avail_out = INFILE_WINDOW;
  int code = inflate(&in->gzip, Z_NO_FLUSH);
  use(in, in->filled - in->next - in->gzip.avail_in);
  *bytes = (struct str){in->out, INFILE_WINDOW - in->gzip.avail_out};
  if (code == Z_STREAM_END) in->inside = false;
  if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR || bytes->len) return 0;
  return damaged(in, "gzip", in->gzip.msg ? in->gzip.msg : "inflate failed", err);
}

static int read_zstd(struct infile *in, struct str *bytes, struct err *err) {
  if (!in->inside && in->next == in->filled) return 0; /* asking for more would open a frame */
  ZSTD_inBuffer from = {in->raw, in->filled, in->next};
  ZSTD_outBuffer to = {in->out, INFILE_WINDOW, 0};
  size_t code = ZSTD_decompressStream(in->zstd, &to, &from);
  use(in, from.pos - in->next);
  *bytes = (struct str){in->out, to.pos};
  if (ZSTD_isError(code)) return damaged(in, "zstd", ZSTD_getErrorName(code), err);
  in->inside = code != 0;
  return 0;
}

static void read_plain(struct infile *in, struct str *bytes) {
  *bytes = (struct str){(const char *)in->raw + in->next, in->filled - in->next};
  use(in, bytes->len);
}

/* One step of the decoder on what is in the window; *bytes may stay empty. */
static int decode(struct infile *in, struct str *bytes, struct err *err) {
  if (in->packing == GZIP) return read_gzip(in, bytes, err);
  if (in->packing == ZSTD) return read_zstd(in, bytes, err);
  read_plain(in, bytes);
  return 0;
}

int infile_read(struct infile *in, struct str *bytes, struct err *err) {
  *bytes = (struct str){NULL, 0};
  if (in->packing == UNKNOWN && sniff(in, err) != 0) return -1;
  while (bytes->len == 0) {
    bool dry = in->next == in->filled;
    if (dry && !in->at_end && fill(in, err) != 0) return -1;
    if (in->packing == PLAIN && in->next == in->filled) return 0;
    uint64_t before = in->consumed;
    if (decode(in, bytes, err) != 0) return -1;
    if (bytes->len || in->consumed > before || !in->at_end) continue;
    if (!in->inside) return 0;
    return damaged(in, in->packing == GZIP ? "gzip" : "zstd", "it ends too early", err);
  }
  return 1;
}
