/* infile.h - a file's bytes, decompressed: plain, gzip (also of several members) or zstd (also of several frames), told
 * apart by their first bytes, from a path or from standard input.
 *
 * Memory is bounded whatever the file holds: a window of compressed and one of decompressed bytes. Damaged data is an
 * error with the file and the offset in it; what came before the damage has been given out. One thread.
 */
#ifndef EMBUDO_IO_INFILE_H
#define EMBUDO_IO_INFILE_H

#include "base/err.h"
#include "base/str.h"

enum { INFILE_WINDOW = 256 * 1024 /* bytes, each way */ };

struct infile;

struct infile *infile_open(const char *path,
                           struct err *err); /* "-": standard input; NULL and *err on failure */
void infile_close(struct infile *in);        /* NULL is fine */

/* The next run of bytes, never empty, valid until the next call: 1; 0 at the end; -1 and *err. */
int infile_read(struct infile *in, struct str *bytes, struct err *err);

const char *infile_name(const struct infile *in); /* the path, or "standard input" */

/* How far the file itself (compressed) has been read, for progress bars. Total 0: unknown (a pipe). */
void infile_progress(const struct infile *in, uint64_t *done_bytes, uint64_t *total_bytes);

#endif
