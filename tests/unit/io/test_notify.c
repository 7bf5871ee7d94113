#include "unit.h"

#include "io/notify.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct manager { /* who listens */
  int fd;
  char address[64], got[512];
};

static void listen_at(struct manager *manager, const char *address) {
  struct sockaddr_un addr = {.sun_family = AF_UNIX};
  size_t len = strlen(address);
  snprintf(manager->address, sizeof manager->address, "%s", address);
  memcpy(addr.sun_path, address, len);
  if (*address == '@') addr.sun_path[0] = '\0';
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
  manager->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  assert_int_equal(bind(manager->fd, (struct sockaddr *)&addr, size), 0);
}

static const char *heard(struct manager *manager) {
  ssize_t len = recv(manager->fd, manager->got, sizeof manager->got - 1, 0);
  manager->got[len > 0 ? len : 0] = '\0';
  return manager->got;
}

static void says_everything(struct manager *manager) {
  struct notify *notify = notify_new(manager->address);
  char text[NOTIFY_STATUS_MAX + 20], expected[sizeof text + 8];
  assert_true(notify_ready(notify));
  assert_string_equal(heard(manager), "READY=1");
  assert_true(notify_stopping(notify));
  assert_string_equal(heard(manager), "STOPPING=1");
  assert_true(notify_alive(notify));
  assert_string_equal(heard(manager), "WATCHDOG=1");
  assert_true(notify_status(notify, "12 leads\nREADY=1"));
  assert_string_equal(heard(manager), "STATUS=12 leads READY=1");
  memset(text, 'a', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  assert_true(notify_status(notify, text));
  snprintf(expected, sizeof expected, "STATUS=%.*s", NOTIFY_STATUS_MAX, text);
  assert_string_equal(heard(manager), expected);
  notify_free(notify);
  close(manager->fd);
}

static void a_socket_with_a_path_hears_all(void **state) {
  (void)state;
  char dir[] = "/tmp/embudo_test_XXXXXX", path[48];
  struct manager manager;
  assert_non_null(mkdtemp(dir));
  snprintf(path, sizeof path, "%s/notify", dir);
  listen_at(&manager, path);
  says_everything(&manager);
  unlink(path);
  rmdir(dir);
}

static void an_abstract_socket_hears_all(void **state) {
  (void)state;
  char name[48];
  struct manager manager;
  snprintf(name, sizeof name, "@embudo_test_%ld", (long)getpid());
  listen_at(&manager, name);
  says_everything(&manager);
}

/* The heartbeat must never hold the loop up. */
static void a_manager_that_hangs_delays_no_heartbeat(void **state) {
  (void)state;
  char name[48];
  struct manager manager;
  snprintf(name, sizeof name, "@embudo_hangs_%ld", (long)getpid());
  listen_at(&manager, name);
  struct notify *notify = notify_new(manager.address);
  int sent = 0;
  while (sent < 100000 && notify_alive(notify)) sent++;
  assert_in_range(sent, 1, 99999);
  notify_free(notify);
  close(manager.fd);
}

static void without_a_manager_nothing_happens(void **state) {
  (void)state;
  static const char *const addresses[] = {NULL, "", "@", "/", "relative", "vsock:2:1234", "/does/not/exist"};
  for (size_t i = 0; i < COUNT_OF(addresses); i++) {
    struct notify *notify = notify_new(addresses[i]);
    assert_false(notify_ready(notify));
    assert_false(notify_alive(notify));
    notify_free(notify);
  }
  char big[300];
  memset(big, '/', sizeof big - 1);
  big[sizeof big - 1] = '\0';
  struct notify *notify = notify_new(big);
  assert_false(notify_ready(notify));
  notify_free(notify);
}

static void the_heartbeat_has_half_of_the_time(void **state) {
  (void)state;
  static const struct {
    const char *usec, *pid;
    int64_t every_ms;
  } cases[] = {{"30000000", "42", 15000},
               {"30000000", NULL, 15000},
               {"30000000", "", 15000},
               {"30000000", "43", 0},
               {NULL, "42", 0},
               {"", NULL, 0},
               {"x", NULL, 0},
               {"1500", NULL, 1},
               {"0", NULL, 0},
               {"-5", NULL, 0},
               {"99999999999999999999", NULL, 0}};
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    assert_int_equal(notify_alive_every_ms(cases[i].usec, cases[i].pid, 42), cases[i].every_ms);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_socket_with_a_path_hears_all),
      cmocka_unit_test(an_abstract_socket_hears_all),
      cmocka_unit_test(a_manager_that_hangs_delays_no_heartbeat),
      cmocka_unit_test(without_a_manager_nothing_happens),
      cmocka_unit_test(the_heartbeat_has_half_of_the_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
