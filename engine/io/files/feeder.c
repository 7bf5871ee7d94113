#include "io/files/feeder.h"

struct feeding {
  struct engine *engine;
  const struct feeder_options *options;
  struct feed feed;
  struct feed_result result;
};

static void tell(const struct feeding *feeding, const struct feeder_problem *problem) {
  const struct feeder_options *options = feeding->options;
  if (options->problem) options->problem(options->context, problem);
}

static void refuse(const struct feeding *feeding, const struct piece *piece) {
  engine_count_reject(feeding->engine, piece->code);
  tell(feeding, &(struct feeder_problem){
                    .file = piece->file, .line = piece->line, .code = piece->code, .reason = piece->reason});
}

static void feed_piece(struct feeding *feeding, const struct piece *piece) {
  const struct feed_result *result = &feeding->result;
  engine_feed(feeding->engine, piece->json, &feeding->feed, &feeding->result);
  for (uint32_t i = 0; i < result->problem_count; i++) {
    const struct feed_problem *problem = &result->problems[i];
    tell(feeding, &(struct feeder_problem){.file = piece->file,
                                           .line = piece->line,
                                           .in_batch = result->is_batch,
                                           .item = problem->item,
                                           .code = problem->code,
                                           .reason = problem->reason});
  }
}

static bool take(void *context, const struct piece *piece) {
  if (piece->code == REJECT_NONE)
    feed_piece(context, piece);
  else
    refuse(context, piece);
  return true;
}

static void show_progress(void *context, const char *file, uint64_t done, uint64_t total) {
  const struct feeding *feeding = context;
  if (feeding->options->progress) feeding->options->progress(feeding->options->context, file, done, total);
}

int feeder_file(struct engine *engine, const char *path, const struct feeder_options *options,
                struct err *err) {
  struct feeding feeding = {.engine = engine, .options = options};
  struct pieces_options pieces = options->pieces;
  feeding.feed.source = options->source.len ? options->source : STR("file");
  pieces.context = &feeding;
  pieces.take = take;
  pieces.progress = show_progress;
  return pieces_read(path, &pieces, err);
}
