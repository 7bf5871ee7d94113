/* fuzz_config.c - whatever a file says, reading embudo.yaml ends with problems or with settings within their bounds; and
 * what the template writes of them reads back as the same. */
#include "base/timefmt.h"
#include "core/config/config.h"

enum { INPUT_MAX = 64 * 1024 };

/* Variables named A to M are set, some to odd things; secrets of files are not what is looked for. */
static char *fuzz_env(const char *name) {
  static char values[][16] = {"", "a", "8080", "${A}", "file:/dev/null", "\"", "[a, b]"};
  size_t index = (size_t)(unsigned char)name[0] - 'A';
  return index < sizeof values / sizeof *values ? values[index] : NULL;
}

static void check_bounds(const struct config *config) {
  ASSERT(*config->data && *config->listen);
  ASSERT(config->limits.body_bytes >= 512 << 10 && config->limits.body_bytes <= 64 << 20);
  ASSERT(config->limits.batch_events >= 1 && config->limits.batch_events <= 65536);
  ASSERT(config->limits.head_ms >= 1000 && config->commit.wait_ms >= 0 && config->shutdown_ms >= 0);
  ASSERT(config->retention.leads_ms >= TIME_MS_PER_DAY);
  ASSERT(config->source_count <= CONFIG_LIST_MAX && config->token_count <= CONFIG_LIST_MAX);
  for (size_t i = 0; i < config->source_count; i++)
    ASSERT(*config->sources[i].name && strlen(config->sources[i].sha256) == DIGEST_HEX_MAX - 1);
  for (size_t i = 0; i < config->token_count; i++)
    ASSERT(config->tokens[i].roles && strlen(config->tokens[i].sha256) == DIGEST_HEX_MAX - 1);
}

static void check_round_trip(const struct config *config) {
  struct config back;
  struct problems problems;
  struct buf once, twice;
  buf_init(&once);
  buf_init(&twice);
  config_init(&back);
  problems_init(&problems);
  config_template(config, &once);
  config_read(&back, "again", buf_str(&once), fuzz_env, &problems);
  ASSERT(problems.errors == 0);
  config_template(&back, &twice);
  ASSERT(str_eq(buf_str(&once), buf_str(&twice)));
  problems_release(&problems);
  config_release(&back);
  buf_release(&twice);
  buf_release(&once);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct config config;
  struct problems problems;
  if (size > INPUT_MAX) return 0;
  config_init(&config);
  problems_init(&problems);
  config_read(&config, "embudo.yaml", (struct str){(const char *)data, size}, fuzz_env, &problems);
  check_bounds(&config);
  check_round_trip(&config);
  problems_release(&problems);
  config_release(&config);
  return 0;
}
