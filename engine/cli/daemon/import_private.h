/* import_private.h - the layout of an import, shared by import*.c alone.
 *
 * import.c          the command: where to, which files
 * import_deliver.c  a chunk of lines into the directory, itself or through a daemon
 */
#ifndef EMBUDO_CLI_IMPORT_PRIVATE_H
#define EMBUDO_CLI_IMPORT_PRIVATE_H

#include "cli/daemon/headless.h"
#include "core/intake/gather.h"
#include "io/http/http_client.h"

enum {
  IMPORT_CHUNK_LINES = 1000,
  IMPORT_CHUNK_BYTES = 512 * 1024,
  IMPORT_REJECTS_TOLD = 20 /* one by one; all are counted */
};

struct import_options {
  struct stored_options stored;
  const char *to, *token, *source, *csv_map;
};

struct import {
  const struct command *command;
  const struct import_options *options;
  struct headless headless; /* itself */
  struct gather gather;
  struct http_client *client; /* or through a daemon; NULL: itself */
  struct buf target;          /* its address */
  struct buf path;            /* of requests */
  struct json_reader *answers;
  struct buf chunk;                    /* NDJSON */
  uint64_t places[IMPORT_CHUNK_LINES]; /* the file's line for each of the chunk's */
  uint32_t lines;
  const char *file;
  uint64_t accepted, duplicates, conflicts, rejected, told;
  struct progress progress;
  bool failed;  /* something went wrong */
  bool stopped; /* nothing more can be delivered */
};

/* The import goes wrong: told. -1. */
int import_fail(struct import *m, const char *text);

void import_tell_reject(struct import *m, uint64_t line, struct str reason);

/* Takes the chunk, which has lines, into the journal and counts what became of them. -1 after a message: nothing more can be
 * delivered. */
int import_deliver(struct import *m);

#endif
