#include "unit.h"

#include "base/log.h"
#include "base/timefmt.h"
#include "core/config/config.h"
#include "core/config/roles.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct fixture {
  struct config config;
  struct problems problems;
};

static char *no_env(const char *name) {
  (void)name;
  return NULL;
}

static char *some_env(const char *name) {
  static char port[] = "9000", empty[] = "", key[] = "key-from-the-environment", brace[] = "${PORT}";
  if (strcmp(name, "PORT") == 0) return port;
  if (strcmp(name, "EMPTY") == 0) return empty;
  if (strcmp(name, "KEY") == 0) return key;
  return strcmp(name, "BRACE") == 0 ? brace : NULL;
}

static void read_yaml(struct fixture *fixture, const char *yaml) {
  config_init(&fixture->config);
  problems_init(&fixture->problems);
  config_read(&fixture->config, "embudo.yaml", str_of(yaml), some_env, &fixture->problems);
}

static void release(struct fixture *fixture) {
  config_release(&fixture->config);
  problems_release(&fixture->problems);
}

static void assert_fine(const struct fixture *fixture) {
  struct buf out;
  buf_init(&out);
  problems_print(&fixture->problems, NULL, &out);
  assert_str(buf_str(&out), "");
  buf_release(&out);
}

static void has_defaults(void **state) {
  (void)state;
  struct config c;
  config_init(&c);
  assert_string_equal(c.listen, "127.0.0.1:8080");
  assert_string_equal(c.data, "./embudo-data");
  assert_string_equal(c.rules, "");
  assert_string_equal(c.plugins, "");
  assert_int_equal(c.log.level, LOG_LEVEL_INFO);
  assert_int_equal(c.log.format, LOG_FORMAT_LOGFMT);
  assert_false(c.log.requests);
  assert_int_equal(c.limits.body_bytes, 4 << 20);
  assert_int_equal(c.limits.event_bytes, 32 << 10);
  assert_int_equal(c.limits.batch_events, 2500);
  assert_int_equal(c.limits.connections, 1024);
  assert_int_equal(c.limits.connections_per_ip, 256);
  assert_int_equal(c.limits.head_ms, 10000);
  assert_int_equal(c.limits.body_ms, 30000);
  assert_int_equal(c.limits.idle_ms, 30000);
  assert_int_equal(c.limits.queue_requests, 4096);
  assert_int_equal(c.limits.queue_bytes, 64 << 20);
  assert_int_equal(c.limits.dedupe_ids, 50000000);
  assert_int_equal(c.limits.failures_before_quarantine, 5);
  assert_int_equal(c.limits.events_per_second, 0);
  assert_int_equal(c.commit.wait_ms, 2);
  assert_int_equal(c.proxy_count, 0);
  assert_null(c.cors.origins);
  assert_int_equal(c.shutdown_ms, 10000);
  assert_int_equal(c.retention.leads_ms, TIME_NEVER);
  assert_int_equal(c.source_count + c.token_count, 0);
  config_release(&c);
}

static void reads_every_type(void **state) {
  (void)state;
  struct fixture f;
  read_yaml(&f, "listen: \"[::1]:80\"\n"
                "data: '/var/lib/x y'\n"
                "log: { level: debug, format: json, requests: true }\n"
                "limits:\n"
                "  body_bytes: 1000000\n"
                "  event_bytes: 16KiB\n"
                "  dedupe_ids: 2M\n"
                "  idle_time: 1m30s\n"
                "commit:\n"
                "  wait: 0s\n"
                "proxies: [10.0.0.0/8, \"2001:db8::/32\"]\n"
                "cors:\n"
                "  ingest_origins:\n"
                "    - https://www.example.com\n"
                "    - http://localhost:3000\n"
                "retention: { leads: 90d }\n");
  assert_fine(&f);
  const struct config *c = &f.config;
  assert_string_equal(c->listen, "[::1]:80");
  assert_string_equal(c->data, "/var/lib/x y");
  assert_int_equal(c->log.level, LOG_LEVEL_DEBUG);
  assert_int_equal(c->log.format, LOG_FORMAT_JSON);
  assert_true(c->log.requests);
  assert_int_equal(c->limits.body_bytes, 1000000);
  assert_int_equal(c->limits.event_bytes, 16384);
  assert_int_equal(c->limits.dedupe_ids, 2000000);
  assert_int_equal(c->limits.idle_ms, 90000);
  assert_int_equal(c->commit.wait_ms, 0);
  assert_int_equal(c->proxy_count, 2);
  assert_int_equal(c->proxies[0].bits, 104);
  assert_int_equal(c->cors.origin_count, 2);
  assert_str(c->cors.origins[1], "http://localhost:3000");
  assert_int_equal(c->retention.leads_ms, 90 * TIME_MS_PER_DAY);
  release(&f);
}

static void keeps_secrets_to_itself(void **state) {
  (void)state;
  struct fixture f;
  read_yaml(&f, "secrets:\n"
                "  - name: CRM_HOOK\n"
                "    value: ${KEY}\n"
                "destinations:\n"
                "  - { name: crm, url: \"https://crm.example\" }\n"
                "public_url: https://embudo.example\n");
  assert_fine(&f);
  assert_string_equal(config_secret(&f.config, STR("CRM_HOOK")), "key-from-the-environment");
  assert_null(config_secret(&f.config, STR("CRM")));
  assert_string_equal(config_destination(&f.config, STR("crm"))->url, "https://crm.example");
  assert_null(config_destination(&f.config, STR("other")));
  struct buf out;
  buf_init(&out);
  config_template(&f.config, &out);
  assert_non_null(strstr(out.data, "https://embudo.example"));
  assert_null(strstr(out.data, "key-from-the-environment"));
  buf_release(&out);
  release(&f);
}

static void never_quotes_a_bad_secret(void **state) {
  (void)state;
  struct fixture f;
  struct buf out;
  read_yaml(&f, "secrets:\n  - { name: A, value: \"hush\\x01hush\" }\n  - { name: B }\n");
  assert_int_equal(f.problems.errors, 2);
  assert_int_equal(f.config.secret_count, 0);
  buf_init(&out);
  problems_print(&f.problems, NULL, &out);
  assert_null(strstr(out.data, "hush"));
  buf_release(&out);
  release(&f);
}

static void an_empty_file_or_section_changes_nothing(void **state) {
  (void)state;
  static const char *const cases[] = {"",           "# nothing\n", "limits:\nlog:\n", "limits: {}\n",
                                      "sources:\n", "tokens: []\n"};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct fixture f;
    read_yaml(&f, cases[i]);
    assert_fine(&f);
    assert_int_equal(f.config.limits.batch_events, 2500);
    release(&f);
  }
}

static void an_empty_list_of_origins_is_nobody(void **state) {
  (void)state;
  struct fixture f;
  read_yaml(&f, "cors: { ingest_origins: [] }\n");
  assert_fine(&f);
  assert_non_null(f.config.cors.origins);
  assert_int_equal(f.config.cors.origin_count, 0);
  release(&f);
}

static void replaces_variables(void **state) {
  (void)state;
  static const struct {
    const char *yaml, *data;
  } cases[] = {
      {"data: ${PORT}\n", "9000"},
      {"data: a/${PORT}/b${PORT}\n", "a/9000/b9000"},
      {"data: ${PORT:-1}\n", "9000"},
      {"data: ${MISSING:-fall/back}\n", "fall/back"},
      {"data: ${EMPTY:-other}\n", "other"},
      {"data: x${EMPTY}\n", "x"},
      {"data: x${MISSING:-}\n", "x"},
      {"data: \"$${PORT}\"\n", "${PORT}"},
      {"data: a$b$\n", "a$b$"},
      {"data: ${BRACE}\n", "${PORT}"}, /* once only */
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct fixture f;
    read_yaml(&f, cases[i].yaml);
    assert_fine(&f);
    assert_string_equal(f.config.data, cases[i].data);
    release(&f);
  }
}

static void keys_are_kept_as_digests(void **state) {
  (void)state;
  char path[] = "/tmp/embudo_test_XXXXXX", yaml[512], expected[DIGEST_HEX_MAX];
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, "token-of-the-crm \nsecond line\n", 30), 30);
  close(fd);
  snprintf(yaml, sizeof yaml,
           "sources:\n"
           "  - { name: web, write_key: \"${KEY}\" }\n"
           "  - { name: web, write_key_sha256: "
           "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD }\n"
           "tokens:\n"
           "  - name: crm\n"
           "    token: file:%s\n"
           "    roles: [sales, ingest]\n"
           "  - { name: me, token: 01234567890123456789, roles: admin }\n",
           path);
  struct fixture f;
  read_yaml(&f, yaml);
  unlink(path);
  assert_fine(&f);
  const struct config *c = &f.config;
  assert_int_equal(c->source_count, 2);
  assert_string_equal(c->sources[0].name, "web");
  digest_hex(STR("key-from-the-environment"), expected);
  assert_string_equal(c->sources[0].sha256, expected);
  assert_string_equal(c->sources[1].sha256,
                      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert_int_equal(c->token_count, 2);
  digest_hex(STR("token-of-the-crm"), expected);
  assert_string_equal(c->tokens[0].sha256, expected);
  assert_int_equal(c->tokens[0].roles, ROLE_SALES | ROLE_INGEST);
  digest_hex(STR("01234567890123456789"), expected); /* as written, not as a number */
  assert_string_equal(c->tokens[1].sha256, expected);
  assert_int_equal(c->tokens[1].roles, ROLE_ADMIN);
  release(&f);
}

struct wrong {
  const char *yaml, *problems;
};

static void check_problems(const struct wrong *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct fixture f;
    struct buf out;
    read_yaml(&f, cases[i].yaml);
    buf_init(&out);
    problems_print(&f.problems, NULL, &out);
    assert_str(buf_str(&out), cases[i].problems);
    buf_release(&out);
    release(&f);
  }
}

static void says_what_key_is_wrong(void **state) {
  (void)state;
  static const struct wrong cases[] = {
      {"listn: x\n", "embudo.yaml:1: error: unknown key 'listn'; did you mean 'listen'?\n"},
      {"log:\n  levle: info\n",
       "embudo.yaml:2: error: unknown key 'levle' in 'log'; did you mean 'level'?\n"},
      {"body_bytes: 1 MiB\n",
       "embudo.yaml:1: error: unknown key 'body_bytes'; write 'body_bytes' in the section 'limits:'\n"},
      {"limits.body_bytes: 1 MiB\n", "embudo.yaml:1: error: unknown key 'limits.body_bytes'; write "
                                     "'body_bytes' in the section 'limits:'\n"},
      {"limits:\n  listen: x\n", "embudo.yaml:2: error: unknown key 'listen' in 'limits'; write 'listen' at "
                                 "the left margin, in no section\n"},
      {"commit:\n  zzzz: 1\n", "embudo.yaml:2: error: unknown key 'zzzz' in 'commit'; expected: wait\n"},
  };
  check_problems(cases, COUNT_OF(cases));
}

static void says_what_value_is_wrong(void **state) {
  (void)state;
  static const struct wrong cases[] = {
      {"listen: 8080\n",
       "embudo.yaml:1: error: listen: '8080' cannot be used: expected HOST:PORT, as 127.0.0.1:8080 or "
       "\"[::1]:8080\"\n"},
      {"listen: [::1]:8080\n",
       "embudo.yaml:1: error: while parsing a flow node: did not find expected node content\n"},
      {"listen: ::1:8080\n",
       "embudo.yaml:1: error: listen: '::1:8080' cannot be used: expected HOST:PORT, as 127.0.0.1:8080 "
       "or \"[::1]:8080\"\n"},
      {"listen: a:99999\n",
       "embudo.yaml:1: error: listen: 'a:99999' cannot be used: expected HOST:PORT, as 127.0.0.1:8080 or "
       "\"[::1]:8080\"\n"},
      {"data: ''\n", "embudo.yaml:1: error: data: '' cannot be used: expected a directory\n"},
      {"data:\n", "embudo.yaml:1: error: data: a value is missing; remove the line to have the default\n"},
      {"limits:\n  body_bytes: 4M\n",
       "embudo.yaml:2: error: limits.body_bytes: '4M' cannot be used: expected a size, 512 KiB to 64 MiB\n"},
      {"limits: { body_bytes: 1 KiB }\n", "embudo.yaml:1: error: limits.body_bytes: '1 KiB' cannot be used: "
                                          "expected a size, 512 KiB to 64 MiB\n"},
      {"limits: { body_bytes: 99999999999999999999999 }\n",
       "embudo.yaml:1: error: limits.body_bytes: '99999999999999999999999' cannot be used: expected a size, "
       "512 KiB to 64 "
       "MiB\n"},
      {"limits: { queue_bytes: 9223372036854775807 GiB }\n",
       "embudo.yaml:1: error: limits.queue_bytes: '9223372036854775807 GiB' cannot be used: expected a size, "
       "1 MiB to 4 GiB\n"},
      {"limits: { batch_events: -1 }\n", "embudo.yaml:1: error: limits.batch_events: '-1' cannot be used: "
                                         "expected a whole number, 1 to 65536\n"},
      {"limits: { head_time: 10 }\n",
       "embudo.yaml:1: error: limits.head_time: '10' cannot be used: expected a duration, 1s to 10m\n"},
      {"retention: { leads: 5h }\n", "embudo.yaml:1: error: retention.leads: '5h' cannot be used: expected "
                                     "a duration, at least 1d, or never\n"},
      {"log: { level: wran }\n",
       "embudo.yaml:1: error: log.level: 'wran' cannot be used: did you mean 'warn'?\n"},
      {"log: { level: loud }\n",
       "embudo.yaml:1: error: log.level: 'loud' cannot be used: expected debug, info, warn or error\n"},
      {"log: { requests: yes }\n",
       "embudo.yaml:1: error: log.requests: 'yes' cannot be used: expected true or false\n"},
      {"log: debug\n", "embudo.yaml:1: error: 'log' is a section of settings; write 'key: value' lines\n"},
      {"- a\n", "embudo.yaml:1: error: the file holds a mapping of settings; write 'key: value' lines\n"},
      {"data: [a]\n", "embudo.yaml:1: error: data: holds one value, not a list\n"},
      {"data: {a: b}\n", "embudo.yaml:1: error: data: holds one value, not a mapping\n"},
      {"proxies: [10.0.0.0/8, here]\n",
       "embudo.yaml:1: error: proxies: 'here' cannot be used: expected a list of networks, as "
       "10.0.0.0/8 or 192.0.2.7\n"},
      {"proxies: [[a]]\n", "embudo.yaml:1: error: proxies: each entry of the list is one text\n"},
      {"cors: { ingest_origins: [www.example.com] }\n",
       "embudo.yaml:1: error: cors.ingest_origins: 'www.example.com' cannot be used: expected a list of "
       "origins, as "
       "https://www.example.com, or \"*\"\n"},
      {"cors: { ingest_origins: [https://a.com/] }\n",
       "embudo.yaml:1: error: cors.ingest_origins: 'https://a.com/' cannot be used: expected a list of "
       "origins, as "
       "https://www.example.com, or \"*\"\n"},
  };
  check_problems(cases, COUNT_OF(cases));
}

static void says_what_variable_or_entry_is_wrong(void **state) {
  (void)state;
  static const struct wrong cases[] = {
      {"data: ${MISSING}\n",
       "embudo.yaml:1: error: data: the environment has no MISSING: set it, or give a default as "
       "${MISSING:-default}\n"},
      {"data: ${PORT\n", "embudo.yaml:1: error: data: '${' lacks its closing brace; $${ is a literal ${\n"},
      {"data: ${1}\n", "embudo.yaml:1: error: data: '${1}' is no variable: write ${NAME} or "
                       "${NAME:-default}, or $${ for a literal ${\n"},
      {"data: ${PORT-1}\n",
       "embudo.yaml:1: error: data: '${PORT-1}' is no variable: write ${NAME} or ${NAME:-default}, or $${ "
       "for a literal ${\n"},
      {"sources: { name: a }\n",
       "embudo.yaml:1: error: sources: a list of at most 1000 entries; each entry begins with a dash\n"},
      {"sources: [a]\n", "embudo.yaml:1: error: sources: an entry is a mapping; as '- name: ..'\n"},
      {"sources: [{ name: a }]\n",
       "embudo.yaml:1: error: sources: give either 'write_key' or 'write_key_sha256'\n"},
      {"sources: [{ write_key: abcdefgh }]\n", "embudo.yaml:1: error: sources: 'name' is missing\n"},
      {"sources: [{ name: a, write_kye: abcdefgh }]\n",
       "embudo.yaml:1: error: sources: give either 'write_key' or 'write_key_sha256'\n"
       "embudo.yaml:1: error: sources: unknown key 'write_kye'; did you mean 'write_key'?\n"},
      {"sources: [{ name: a, write_key: short }]\n",
       "embudo.yaml:1: error: sources: write_key: cannot be used: expected 8 to 200 visible ASCII characters "
       "without blanks and "
       "colons, but it has 5\n"},
      {"sources: [{ name: a, write_key: \"has a blank\" }]\n",
       "embudo.yaml:1: error: sources: write_key: cannot be used: expected 8 to 200 visible ASCII characters "
       "without blanks and "
       "colons, but it has 11, others among them\n"},
      {"sources: [{ name: a, write_key_sha256: abc }]\n",
       "embudo.yaml:1: error: sources: write_key_sha256: 'abc' cannot be used: expected 64 hex digits\n"},
      {"sources: [{ name: a, write_key: file:key }]\n",
       "embudo.yaml:1: error: sources: write_key: file: needs a path that begins with /\n"},
      {"sources: [{ name: a, write_key: file:/does/not/exist }]\n",
       "embudo.yaml:1: error: sources: write_key: /does/not/exist: No such file or directory\n"},
      {"tokens: [{ name: a, token: abcdefghijklmnop, roles: [] }]\n",
       "embudo.yaml:1: error: tokens: roles: a token needs at least one role\n"},
      {"tokens: [{ name: a, token: abcdefghijklmnop, roles: [sale] }]\n",
       "embudo.yaml:1: error: tokens: roles: 'sale' cannot be used: did you mean 'sales'?\n"},
  };
  check_problems(cases, COUNT_OF(cases));
}

static void all_problems_in_one_pass(void **state) {
  (void)state;
  struct fixture f;
  read_yaml(&f, "listen: here\nlimits:\n  batch_events: 0\n  x: 1\ndata: /d\n");
  assert_int_equal(f.problems.errors, 3);
  assert_int_equal(f.problems.items[2].place.line, 4);
  assert_string_equal(f.config.data, "/d");
  assert_int_equal(f.config.limits.batch_events, 2500); /* a bad value changes nothing */
  release(&f);
}

static void a_secret_is_not_repeated(void **state) {
  (void)state;
  struct fixture f;
  read_yaml(&f, "tokens: [{ name: a, token: \"hunter2\", roles: admin }]\n");
  assert_int_equal(f.problems.count, 1);
  assert_null(strstr(f.problems.items[0].text, "hunter2"));
  release(&f);
}

static void flags_set_by_path(void **state) {
  (void)state;
  struct fixture f;
  struct err err;
  read_yaml(&f, "data: /from/file\n");
  assert_int_equal(config_set(&f.config, "data", "/from/flag", &err), 0);
  assert_string_equal(f.config.data, "/from/flag");
  assert_int_equal(config_set(&f.config, "limits.body_bytes", "8 MiB", &err), 0);
  assert_int_equal(f.config.limits.body_bytes, 8 << 20);
  assert_int_equal(config_set(&f.config, "proxies", "10.0.0.0/8, 192.0.2.7", &err), 0);
  assert_int_equal(f.config.proxy_count, 2);
  assert_int_equal(config_set(&f.config, "listen", "nowhere", &err), -1);
  assert_string_equal(
      err.text, "listen: 'nowhere' cannot be used: expected HOST:PORT, as 127.0.0.1:8080 or \"[::1]:8080\"");
  assert_int_equal(config_set(&f.config, "sources", "a", &err), -1);
  release(&f);
}

static void a_file_that_cannot_be_read_is_a_problem(void **state) {
  (void)state;
  struct fixture f;
  config_init(&f.config);
  problems_init(&f.problems);
  config_load(&f.config, TEST_ROOT "/no-such.yaml", no_env, &f.problems);
  assert_int_equal(f.problems.errors, 1);
  assert_non_null(strstr(f.problems.items[0].text, "No such file"));
  config_load(&f.config, TEST_ROOT, no_env, &f.problems);
  assert_int_equal(f.problems.errors, 2);
  release(&f);
}

/* Removes the '#' before every setting of the template. */
static void uncomment(struct buf *yaml) {
  size_t out = 0;
  for (size_t i = 0; i < yaml->len; i++) {
    bool mark =
        yaml->data[i] == '#' && (i == 0 || strchr("\n ", yaml->data[i - 1])) && yaml->data[i + 1] != ' ';
    bool entry = yaml->data[i] == '#' && str_starts((struct str){yaml->data + i + 1, 3}, STR("  -"));
    bool rest = yaml->data[i] == '#' && str_starts((struct str){yaml->data + i + 1, 4}, STR("    "));
    if (!mark && !entry && !rest) yaml->data[out++] = yaml->data[i];
  }
  yaml->len = out;
}

static void the_template_says_the_defaults(void **state) {
  (void)state;
  struct fixture f;
  struct buf yaml;
  buf_init(&yaml);
  config_init(&f.config);
  config_template(&f.config, &yaml);
  config_release(&f.config);
  read_yaml(&f, yaml.data); /* as it is written: all in comments */
  assert_fine(&f);
  release(&f);

  uncomment(&yaml);
  config_init(&f.config);
  problems_init(&f.problems);
  config_read(&f.config, "embudo.yaml", buf_str(&yaml), some_env, &f.problems);
  /* the examples of sources, tokens and secrets name variables and a file that are not here */
  assert_int_equal(f.problems.errors, 3);
  for (size_t i = 0; i < f.problems.count; i++)
    assert_true(strstr(f.problems.items[i].text, "WEBSITE_WRITE_KEY") ||
                strstr(f.problems.items[i].text, "CRM_HOOK") ||
                strstr(f.problems.items[i].text, "crm.token"));
  assert_int_equal(f.config.limits.dedupe_ids, 50000000);
  assert_int_equal(f.config.retention.leads_ms, TIME_NEVER);
  assert_null(f.config.cors.origins);
  release(&f);
  buf_release(&yaml);
}

/* What differs from the defaults comes back from the template as it was. */
static void the_template_keeps_changes(void **state) {
  (void)state;
  static const char odd[] = "/a \"b\" \\c #${HOME}: -";
  struct fixture f;
  struct err err;
  struct buf yaml, names;
  buf_init(&yaml);
  buf_init(&names);
  config_init(&f.config);
  assert_int_equal(config_set(&f.config, "data", odd, &err), 0);
  assert_int_equal(config_set(&f.config, "cors.ingest_origins", "https://a.com,https://b.com", &err), 0);
  assert_int_equal(config_set(&f.config, "proxies", "2001:db8::/32", &err), 0);
  assert_int_equal(config_set(&f.config, "limits.queue_bytes", "33 MiB", &err), 0);
  assert_int_equal(config_set(&f.config, "retention.leads", "400d", &err), 0);
  config_template(&f.config, &yaml);
  config_release(&f.config);
  read_yaml(&f, yaml.data);
  assert_fine(&f);
  assert_string_equal(f.config.data, odd);
  assert_int_equal(f.config.cors.origin_count, 2);
  assert_int_equal(f.config.proxies[0].bits, 32);
  assert_int_equal(f.config.limits.queue_bytes, 33 << 20);
  assert_int_equal(f.config.retention.leads_ms, 400 * TIME_MS_PER_DAY);
  struct config fresh;
  config_init(&fresh);
  config_fixed_changes(&fresh, &f.config, &names);
  assert_str(buf_str(&names), "data, proxies, limits.queue_bytes, cors.ingest_origins"); /* not retention */
  config_release(&fresh);
  release(&f);
  buf_release(&names);
  buf_release(&yaml);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(has_defaults),
      cmocka_unit_test(reads_every_type),
      cmocka_unit_test(keeps_secrets_to_itself),
      cmocka_unit_test(never_quotes_a_bad_secret),
      cmocka_unit_test(an_empty_file_or_section_changes_nothing),
      cmocka_unit_test(an_empty_list_of_origins_is_nobody),
      cmocka_unit_test(replaces_variables),
      cmocka_unit_test(keys_are_kept_as_digests),
      cmocka_unit_test(says_what_key_is_wrong),
      cmocka_unit_test(says_what_value_is_wrong),
      cmocka_unit_test(says_what_variable_or_entry_is_wrong),
      cmocka_unit_test(all_problems_in_one_pass),
      cmocka_unit_test(a_secret_is_not_repeated),
      cmocka_unit_test(flags_set_by_path),
      cmocka_unit_test(a_file_that_cannot_be_read_is_a_problem),
      cmocka_unit_test(the_template_says_the_defaults),
      cmocka_unit_test(the_template_keeps_changes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
