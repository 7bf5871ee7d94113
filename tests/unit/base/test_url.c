#include "unit.h"

#include "base/url.h"
#include <stdio.h>

static void shows_no_secrets(void **state) {
  (void)state;
  static const struct {
    const char *url, *shown;
  } cases[] = {
      {"https://api.example/x", "https://api.example/x"},
      {"https://api.example:8443/x/y", "https://api.example:8443/x/y"},
      {"https://user:pass@api.example/x", "https://api.example/x"},
      {"https://user@api.example:80/x", "https://api.example:80/x"},
      {"https://api.example/x?key=secret#frag", "https://api.example/x"},
      {"https://api.example?key=secret", "https://api.example"},
      {"https://api.example#secret", "https://api.example"},
      {"https://u:p@api.example?next=http://x@y", "https://***"},
      {"https://api.example?next=http://x@y", "https://api.example"},
      {"http://u:pa?ss@host/", "http://***"},
      {"http://u:pa#ss@host/", "http://***"},
      {"http://u:p/a?s@s@host/", "http://***"},
      {"http://token?x@host/", "http://***"},
      {"http://[::1]:80/x?mail=a@b.example", "http://[::1]:80/x"},
      {"http://127.0.0.1:80/x?mail=a%40b.example", "http://127.0.0.1:80/x"},
      {"https://user:p@ss@api.example/x", "https://api.example/x"},
      {"https://user:pa/ss@api.example/x", "https://***@api.example/x"}, /* no URL at all, and still */
      {"https://user:12/ab@api.example", "https://***@api.example"},     /* or host "user", port 12, a path */
      {"http://john.doe:12/ab@host/", "http://***@host/"},
      {"http://user:/ab@host/", "http://***@host/"},
      {"http://user:12\\ab@host/", "http://***@host/"},
      {"http://token/ab@host/", "http://***@host/"},
      {"http://user:12/a@b@host/", "http://***@host/"},
      {"http://u:p@user:12/ab@host/", "http://***@host/"},
      {"user:12/ab@host/", "***@host/"},
      {"http://localhost:8080/users/@me", "http://***@me"},
      {"https://api.example/users/@me", "https://api.example/users/@me"},
      {"https://[::1]:80/@me", "https://[::1]:80/@me"},
      {"https://u:p@[::1]:80/x", "https://[::1]:80/x"},
      {"user:pass@api.example/x", "api.example/x"},
      {"api.example/x", "api.example/x"},
      {"http:/user:pass@api.example", "http:/api.example"},
      {"http:\\\\user:pass@api.example\\x", "http:\\\\api.example\\x"},
      {"//user:pass@api.example/x", "//api.example/x"},
      {"", ""},
      {"?secret", ""},
      {"https:", "https:"},
      {"https://", "https://"},
      {"https://?x", "https://"},
      {"@", ""},
  };
  struct buf shown;
  buf_init(&shown);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    buf_clear(&shown);
    url_add_shown(&shown, str_of(cases[i].url));
    if (strcmp(shown.data, cases[i].shown) != 0)
      fail_msg("%s: %s, expected %s", cases[i].url, shown.data, cases[i].shown);
  }
  buf_release(&shown);
}

/* Every password of some signs that mean something in a URL, around a letter that is nowhere else. */
static void no_password_is_shown_in_any_spelling(void **state) {
  (void)state;
  static const char signs[] = "/?#@:\\1.[]%", *const users[] = {"user", "john.doe", "", "1"};
  enum { SIGNS = sizeof signs - 1 };
  struct buf shown;
  char url[64];
  buf_init(&shown);
  for (int i = 0; i < SIGNS * SIGNS * SIGNS * (int)COUNT_OF(users); i++) {
    int rest = i / (int)COUNT_OF(users);
    snprintf(url, sizeof url, "http://%s:%c%cZ%c@host/x", users[i % (int)COUNT_OF(users)],
             signs[rest % SIGNS], signs[rest / SIGNS % SIGNS], signs[rest / SIGNS / SIGNS]);
    buf_clear(&shown);
    url_add_shown(&shown, str_of(url));
    if (strchr(shown.data, 'Z')) fail_msg("%s: %s", url, shown.data);
  }
  buf_release(&shown);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(shows_no_secrets),
                                     cmocka_unit_test(no_password_is_shown_in_any_spelling)};
  return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
