#include "serve_fixture.h"

#include "serve/manager.h"
#include <sys/un.h>

static int manager_fd;
static char address[32];

/* An abstract socket that takes what the daemon says. */
static int start(void **state) {
  struct sockaddr_un un = {.sun_family = AF_UNIX};
  if (serve_start(state) != 0) return -1;
  snprintf(address, sizeof address, "@embudo-test-%ld", (long)getpid());
  memcpy(un.sun_path, address, strlen(address));
  un.sun_path[0] = '\0';
  manager_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(address));
  return bind(manager_fd, (const struct sockaddr *)&un, len);
}

static int stop(void **state) {
  close(manager_fd);
  return serve_stop(state);
}

static char *env(const char *name) {
  static char watchdog[] = "20000"; /* us: a sign of life every 10 ms */
  if (strcmp(name, "NOTIFY_SOCKET") == 0) return address;
  return strcmp(name, "WATCHDOG_USEC") == 0 ? watchdog : NULL;
}

static char *empty_env(const char *name) {
  (void)name;
  return NULL;
}

static const char *told(void) {
  static char text[512];
  ssize_t got = recv(manager_fd, text, sizeof text - 1, 0);
  text[got > 0 ? got : 0] = '\0';
  return text;
}

static void it_is_told_from_the_start_to_the_end(void **state) {
  (void)state;
  serve_settle();
  serve.daemon.manager = manager_new(&serve.daemon, env);
  assert_string_equal(told(), "READY=1");
  assert_string_equal(told(), "STATUS=ready: 0 leads, 0 events since the start");
  const char *text = "";
  SERVE_UNTIL(*(text = told()) != '\0');
  assert_string_equal(text, "WATCHDOG=1");
  SERVE_UNTIL(*(text = told()) != '\0');
  assert_string_equal(text, "WATCHDOG=1");
  serve.daemon.state = DAEMON_DRAINING;
  manager_stopping(serve.daemon.manager);
  serve.daemon.state = DAEMON_READY;
  while (strcmp(text, "WATCHDOG=1") == 0) text = told();
  assert_string_equal(text, "STOPPING=1");
  assert_string_equal(told(), "STATUS=stopping: 0 leads, 0 events since the start");
}

static void without_one_nothing_happens(void **state) {
  (void)state;
  struct manager *manager = manager_new(&serve.daemon, empty_env);
  manager_stopping(manager);
  manager_free(manager);
  manager_free(NULL);
  assert_string_equal(told(), "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(it_is_told_from_the_start_to_the_end, start, stop),
      cmocka_unit_test_setup_teardown(without_one_nothing_happens, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
