#include "unit.h"

#include "io/files/csv_map.h"

#include "base/err.h"
#include <stdlib.h>

enum { COLUMNS_MAX = 8 };

static size_t split(const char *text, struct str *out) {
  size_t count = 0;
  for (const char *p = text;; p++) {
    const char *end = strchr(p, ';');
    out[count++] = end ? (struct str){p, (size_t)(end - p)} : str_of(p);
    if (!end) return count;
    p = end;
  }
}

/* The row's event, or the error, as text to be freed. */
static char *convert(const char *map_text, const char *header, const char *row, int64_t time_ms) {
  struct str fields[COLUMNS_MAX];
  struct err err = {0};
  struct buf json;
  buf_init(&json);
  struct csv_map *map = csv_map_new(map_text, &err);
  bool ok = map != NULL;
  if (ok) ok = csv_map_bind(map, fields, split(header, fields), time_ms, &err) == 0;
  if (ok) ok = csv_map_event(map, fields, split(row, fields), &json, &err) == 0;
  csv_map_free(map);
  if (!ok) {
    buf_clear(&json);
    buf_add_text(&json, err.text);
  }
  return buf_detach(&json);
}

static void makes_events(void **state) {
  (void)state;
  static const struct {
    const char *map, *header, *row, *json;
  } cases[] = {
      {"id=Email,traits.first_name=Nombre,traits.company.employees:number=Empleados,time=Creado",
       "Nombre;Empleados;email;Creado", " Ana ;300;ana@x.example;2024-01-15",
       "{\"type\":\"identify\",\"userId\":\"ana@x.example\",\"timestamp\":\"2024-01-15\","
       "\"traits\":{\"first_name\":\"Ana\",\"company\":{\"employees\":300}}}"},
      {"id=a,time=t,traits.x=b,traits.y.z=c,traits.y.w=d", "a;t;b;c;d", "1;2024-01-01;;;",
       "{\"type\":\"identify\",\"userId\":\"1\",\"timestamp\":\"2024-01-01\"}"},
      {"id=a,time=t,traits.ok:bool=b,traits.no:bool=c", "a;t;b;c", "1;2024-01-01;S\xc3\xad;No",
       "{\"type\":\"identify\",\"userId\":\"1\",\"timestamp\":\"2024-01-01\",\"traits\":{\"ok\":true,\"no\":"
       "false}}"},
      {"id=a,time=t,traits.ok:bool=b,traits.no:bool=c", "a;t;b;c", "1;2024-01-01;YES;0",
       "{\"type\":\"identify\",\"userId\":\"1\",\"timestamp\":\"2024-01-01\",\"traits\":{\"ok\":true,\"no\":"
       "false}}"},
      {"id=a,time=t,*",
       "a;t;First Name;;Tel\xc3\xa9"
       "fono",
       "1;2024-01-01;Bo;x;123",
       "{\"type\":\"identify\",\"userId\":\"1\",\"timestamp\":\"2024-01-01\",\"traits\":{\"first_name\":"
       "\"Bo\","
       "\"tel\xc3\xa9"
       "fono\":\"123\"}}"},
      {"anonymous_id=a,time=t,event=e,properties.form=f,message_id=m,context.campaign.source=c",
       "a;t;e;f;m;c", "x;2024-01-01;Form Submitted;demo;m1;ads",
       "{\"type\":\"track\",\"anonymousId\":\"x\",\"messageId\":\"m1\",\"event\":\"Form Submitted\","
       "\"timestamp\":\"2024-01-01\",\"context\":{\"campaign\":{\"source\":\"ads\"}},\"properties\":{"
       "\"form\":\"demo\"}}"},
      {"id=a,account=d,time=t,traits.company.name=n", "a;d;t;n", "u;acme.example;2024-01-01;Acme",
       "{\"type\":\"identify\",\"userId\":\"u\",\"timestamp\":\"2024-01-01\",\"context\":{\"groupId\":\"acme."
       "example\"},"
       "\"traits\":{\"company\":{\"name\":\"Acme\"}}}"},
      {"id=a,account=d,time=t,traits.company.name=n", "a;d;t;n", ";acme.example;2024-01-01;Acme",
       "{\"type\":\"group\",\"groupId\":\"acme.example\",\"timestamp\":\"2024-01-01\",\"traits\":{\"name\":"
       "\"Acme\"}}"},
      {"account=d,time=t,traits.name=n", "d;t;n", "acme.example;2024-01-01;Acme",
       "{\"type\":\"group\",\"groupId\":\"acme.example\",\"timestamp\":\"2024-01-01\",\"traits\":{\"name\":"
       "\"Acme\"}}"},
      {"id=a\\,b,traits.x=c\\=d", "a,b;c=d", "1;2",
       "{\"type\":\"identify\",\"userId\":\"1\",\"timestamp\":\"1970-01-01T00:00:05Z\",\"traits\":{\"x\":"
       "\"2\"}}"},
      {NULL, "E-Mail;Created At;Job Title", "a@x.example;2024-01-01;CTO",
       "{\"type\":\"identify\",\"userId\":\"a@x.example\",\"timestamp\":\"2024-01-01\",\"traits\":{"
       "\"email\":\"a@x.example\",\"job_title\":\"CTO\"}}"},
      {NULL, "userId;email;n", "7;a@x.example;",
       "{\"type\":\"identify\",\"userId\":\"7\",\"timestamp\":\"1970-01-01T00:00:05Z\",\"traits\":{"
       "\"email\":\"a@x.example\"}}"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char *json = convert(cases[i].map, cases[i].header, cases[i].row, 5000);
    if (strcmp(json, cases[i].json) != 0) fail_msg("case %zu: %s", i, json);
    free(json);
  }
}

static void says_what_is_wrong(void **state) {
  (void)state;
  static const struct {
    const char *map, *header, *row, *part;
  } cases[] = {
      {"id", "a", "1", "expected TARGET=COLUMN"},
      {"id=", "a", "1", "expected TARGET=COLUMN"},
      {"=a", "a", "1", "expected TARGET=COLUMN"},
      {"traits.x=a", "a", "1", "says nobody"},
      {"", "a", "1", "says nobody"},
      {"idd=a", "a", "1", "did you mean id"},
      {"trait.x=a", "a", "1", "did you mean traits"},
      {"traits=a", "a", "1", "say which one"},
      {"id.x=a", "a", "1", "has no parts"},
      {"traits.=a", "a", "1", "beside a dot"},
      {"traits..x=a", "a", "1", "beside a dot"},
      {"id=a,id=b", "a;b", "1;2", "given twice"},
      {"id=a,traits.x=b,traits.x.y=b", "a;b", "1;2", "a value already"},
      {"id=a,traits.x.y=b,traits.x=b", "a;b", "1;2", "given twice"},
      {"id=a,traits.x:int=b", "a;b", "1;2", "expected :text, :number or :bool"},
      {"id=Emial", "Email;x", "1;2", "did you mean \"Email\""},
      {"id=nothing alike", "Email;x", "1;2", "no column \"nothing alike\""},
      {"id=a,traits.x:number=b", "a;b", "1;1.200,5", "\"1.200,5\" is no number"},
      {"id=a,traits.x:number=b", "a;b", "1;007", "is no number"},
      {"id=a,traits.x:bool=b", "a;b", "1;perhaps", "\"perhaps\" is no yes or no"},
      {"id=a,traits.x:number=b", "a;b", "1;1.", "is no number"},
      {"id=a", "a;b", "1", "it has 1 fields, the header has 2"},
      {"id=a", "a", "\xe9", "is not UTF-8"},
      {NULL, "x;y", "1;2", "no column says who"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char *text = convert(cases[i].map, cases[i].header, cases[i].row, 5000);
    if (!strstr(text, cases[i].part)) fail_msg("case %zu: %s", i, text);
    free(text);
  }
  char *text = convert("id=a", "a", "1", 0);
  assert_non_null(strstr(text, "no column says when"));
  free(text);
}

static void reads_numbers(void **state) {
  (void)state;
  static const char *const good[] = {"0", "-0.5", "12", "1.50", "123456789012"};
  for (size_t i = 0; i < COUNT_OF(good); i++) {
    char row[64], expected[128];
    snprintf(row, sizeof row, "1;%s", good[i]);
    snprintf(expected, sizeof expected, "\"traits\":{\"x\":%s}}", good[i]);
    char *json = convert("id=a,traits.x:number=b", "a;b", row, 5000);
    if (!strstr(json, expected)) fail_msg("%s", json);
    free(json);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(makes_events),
      cmocka_unit_test(says_what_is_wrong),
      cmocka_unit_test(reads_numbers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
