#include "io/resolve.h"

#include "base/buf.h"
#include "base/map.h"
#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <pthread.h>
#include <uv.h>

const char *const resolve_words[] = {"mx", "a", "aaaa", "txt", NULL};

enum { ADDRESSES_MAX = 64 };

struct kept {
  struct arena arena;
  struct value list;
  const char *code;
  int64_t until_ms;
};

struct resolve {
  struct resolver *resolver;
  struct resolve *next, **at; /* at: what points to it */
  struct question *question;  /* NULL: the answer is kept, and told soon */
  uint32_t kept;
  resolve_done *done;
  void *arg;
};

struct question { /* under way */
  struct resolver *resolver;
  struct question *prev, *next;
  enum resolve_type type;
  char *key;
};

struct watched {
  uv_poll_t handle;
  struct resolver *resolver;
  ares_socket_t fd;
  struct watched *prev, *next;
};

struct resolver {
  struct loop *loop;
  ares_channel channel;
  struct loop_timer *timer, *soon;
  struct watched *watched;
  struct question *questions;
  struct resolve *first;
  size_t open;
  struct map keys; /* "mx name" -> kept */
  struct kept *kept;
  bool closing;
};

/* --- sockets and time ------------------------------------------------------------------------------------------------ */

static void set_timer(struct resolver *resolver) {
  struct timeval room, *wait = ares_timeout(resolver->channel, NULL, &room);
  if (!wait)
    loop_timer_stop(resolver->timer);
  else
    loop_timer_after(resolver->timer, wait->tv_sec * INT64_C(1000) + wait->tv_usec / 1000 + 1);
}

static void on_time(void *arg) {
  struct resolver *resolver = arg;
  ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  set_timer(resolver);
}

static void on_socket(uv_poll_t *handle, int status, int events) {
  const struct watched *watched = handle->data;
  struct resolver *resolver = watched->resolver;
  bool reads = status < 0 || events & UV_READABLE, writes = status < 0 || events & UV_WRITABLE;
  ares_process_fd(resolver->channel, reads ? watched->fd : ARES_SOCKET_BAD,
                  writes ? watched->fd : ARES_SOCKET_BAD);
  set_timer(resolver);
}

static void free_watched(uv_handle_t *handle) {
  free(handle->data);
}

static void unwatch(struct watched *watched) {
  if (watched->prev)
    watched->prev->next = watched->next;
  else
    watched->resolver->watched = watched->next;
  if (watched->next) watched->next->prev = watched->prev;
  uv_poll_stop(&watched->handle);
  uv_close((uv_handle_t *)&watched->handle, free_watched);
}

static struct watched *watch(struct resolver *resolver, ares_socket_t fd) {
  struct watched *watched = xcalloc(1, sizeof *watched);
  *watched = (struct watched){.resolver = resolver, .fd = fd, .next = resolver->watched};
  ASSERT(uv_poll_init_socket(loop_uv(resolver->loop), &watched->handle, fd) == 0);
  watched->handle.data = watched;
  if (watched->next) watched->next->prev = watched;
  return resolver->watched = watched;
}

static void on_state(void *arg, ares_socket_t fd, int reads, int writes) {
  struct resolver *resolver = arg;
  struct watched *watched = resolver->watched;
  while (watched && watched->fd != fd) watched = watched->next;
  if (!reads && !writes) {
    if (watched) unwatch(watched);
    return;
  }
  if (!watched) watched = watch(resolver, fd);
  ASSERT(uv_poll_start(&watched->handle, (reads ? UV_READABLE : 0) | (writes ? UV_WRITABLE : 0), on_socket) ==
         0);
}

/* --- answers --------------------------------------------------------------------------------------------------------- */

static const char *code_of(int status) {
  switch (status) {
  case ARES_SUCCESS:
  case ARES_ENODATA: return NULL;
  case ARES_ENOTFOUND: return "not_found";
  case ARES_ETIMEOUT:
  case ARES_ECONNREFUSED: return "timeout";
  case ARES_EREFUSED:
  case ARES_ESERVFAIL: return "refused";
  default: return "malformed";
  }
}

static void push(struct arena *arena, struct value *list, struct value item) {
  struct value *items = arena_alloc(arena, (list->len + 1) * sizeof *items);
  if (list->len) memcpy(items, list->items, list->len * sizeof *items);
  items[list->len] = item;
  *list = (struct value){.kind = VALUE_LIST, .len = list->len + 1, .items = items};
}

static int by_priority(const void *a, const void *b) {
  double left = ((const struct value *)a)->pairs[1].value.number,
         right = ((const struct value *)b)->pairs[1].value.number;
  return (left > right) - (left < right);
}

static int read_mx(const unsigned char *bytes, int len, struct arena *arena, struct value *list) {
  struct ares_mx_reply *all = NULL;
  int status = ares_parse_mx_reply(bytes, len, &all);
  for (const struct ares_mx_reply *mx = all; mx; mx = mx->next) {
    struct pair *pairs = arena_alloc(arena, 2 * sizeof *pairs);
    pairs[0] = (struct pair){STR("host"), value_str(arena_str(arena, str_of(mx->host)))};
    pairs[1] = (struct pair){STR("priority"), value_number(mx->priority)};
    push(arena, list, (struct value){.kind = VALUE_MAP, .len = 2, .pairs = pairs});
  }
  if (all) ares_free_data(all);
  if (list->len) qsort((struct value *)list->items, list->len, sizeof *list->items, by_priority);
  return status;
}

/* A text of several pieces is one. */
static int read_txt(const unsigned char *bytes, int len, struct arena *arena, struct value *list) {
  struct ares_txt_ext *all = NULL;
  struct buf text;
  int status = ares_parse_txt_reply_ext(bytes, len, &all);
  buf_init(&text);
  for (const struct ares_txt_ext *txt = all; txt; txt = txt->next) {
    buf_add(&text, txt->txt, txt->length);
    if (txt->next && !txt->next->record_start) continue;
    push(arena, list, value_str(arena_str(arena, buf_str(&text))));
    buf_clear(&text);
  }
  buf_release(&text);
  if (all) ares_free_data(all);
  return status;
}

static int read_a(const unsigned char *bytes, int len, struct arena *arena, struct value *list) {
  struct ares_addrttl found[ADDRESSES_MAX];
  char text[INET_ADDRSTRLEN];
  int count = ADDRESSES_MAX, status = ares_parse_a_reply(bytes, len, NULL, found, &count);
  for (int i = 0; status == ARES_SUCCESS && i < count; i++)
    if (inet_ntop(AF_INET, &found[i].ipaddr, text, sizeof text))
      push(arena, list, value_str(arena_str(arena, str_of(text))));
  return status;
}

static int read_aaaa(const unsigned char *bytes, int len, struct arena *arena, struct value *list) {
  struct ares_addr6ttl found[ADDRESSES_MAX];
  char text[INET6_ADDRSTRLEN];
  int count = ADDRESSES_MAX, status = ares_parse_aaaa_reply(bytes, len, NULL, found, &count);
  for (int i = 0; status == ARES_SUCCESS && i < count; i++)
    if (inet_ntop(AF_INET6, &found[i].ip6addr, text, sizeof text))
      push(arena, list, value_str(arena_str(arena, str_of(text))));
  return status;
}

static int read_answer(enum resolve_type type, const unsigned char *bytes, int len, struct kept *kept) {
  switch (type) {
  case RESOLVE_MX: return read_mx(bytes, len, &kept->arena, &kept->list);
  case RESOLVE_TXT: return read_txt(bytes, len, &kept->arena, &kept->list);
  case RESOLVE_A: return read_a(bytes, len, &kept->arena, &kept->list);
  default: return read_aaaa(bytes, len, &kept->arena, &kept->list);
  }
}

static void forget_kept(struct resolver *resolver) {
  for (size_t i = 0; i < resolver->keys.count; i++) {
    arena_release(&resolver->kept[i].arena);
    resolver->kept[i] = (struct kept){0};
  }
  map_release(&resolver->keys);
  map_init(&resolver->keys);
}

/* --- being told ------------------------------------------------------------------------------------------------------ */

static void take_out(struct resolve *resolve) {
  *resolve->at = resolve->next;
  if (resolve->next) resolve->next->at = resolve->at;
  resolve->resolver->open--;
  free(resolve);
}

void resolve_cancel(struct resolve *resolve) {
  take_out(resolve);
}

/* One a turn: telling somebody may start and cancel others. */
static void on_soon(void *arg) {
  struct resolver *resolver = arg;
  struct resolve *resolve = resolver->first;
  while (resolve && resolve->question) resolve = resolve->next;
  if (!resolve) return;
  const struct kept answer = resolver->kept[resolve->kept];
  resolve_done *done = resolve->done;
  void *told = resolve->arg;
  loop_timer_after(resolver->soon, 0); /* for the next */
  take_out(resolve);
  done(told, answer.list, answer.code);
}

static void end_question(struct question *question) {
  if (question->prev)
    question->prev->next = question->next;
  else
    question->resolver->questions = question->next;
  if (question->next) question->next->prev = question->prev;
  free(question->key);
  free(question);
}

static void on_answer(void *arg, int status, int timeouts, unsigned char *bytes, int len) {
  struct question *question = arg;
  struct resolver *resolver = question->resolver;
  (void)timeouts;
  if (!resolver->closing) {
    uint32_t at = map_put(&resolver->keys, str_of(question->key), (uint32_t)resolver->keys.count, NULL);
    struct kept *kept = &resolver->kept[at];
    arena_release(&kept->arena);
    arena_init(&kept->arena, 256);
    kept->list = (struct value){.kind = VALUE_LIST};
    if (status == ARES_SUCCESS) status = read_answer(question->type, bytes, len, kept);
    kept->code = code_of(status);
    kept->until_ms = loop_now_ms(resolver->loop) + (kept->list.len ? RESOLVE_KEEP_MS : RESOLVE_KEEP_NONE_MS);
    for (struct resolve *resolve = resolver->first; resolve; resolve = resolve->next) {
      if (resolve->question != question) continue;
      resolve->question = NULL;
      resolve->kept = at;
    }
    loop_timer_after(resolver->soon, 0);
  }
  end_question(question);
}

/* --- asking ---------------------------------------------------------------------------------------------------------- */

static bool is_name(struct str name) {
  if (name.len == 0 || name.len > RESOLVE_NAME_MAX) return false;
  for (size_t i = 0; i < name.len; i++) {
    char c = name.p[i];
    bool word =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!word && (c != '.' || i == 0 || name.p[i - 1] == '.')) return false;
  }
  return true;
}

static struct question *asked(const struct resolver *resolver, const char *key) {
  struct question *question = resolver->questions;
  while (question && strcmp(question->key, key) != 0) question = question->next;
  return question;
}

static struct question *add_question(struct resolver *resolver, enum resolve_type type, const char *key) {
  struct question *question = xcalloc(1, sizeof *question);
  *question = (struct question){resolver, NULL, resolver->questions, type, xstrdup(key)};
  if (question->next) question->next->prev = question;
  return resolver->questions = question;
}

static struct resolve *add_resolve(struct resolver *resolver, struct question *question, uint32_t kept,
                                   resolve_done *done, void *arg) {
  struct resolve *resolve = xcalloc(1, sizeof *resolve);
  *resolve = (struct resolve){resolver, resolver->first, &resolver->first, question, kept, done, arg};
  if (resolve->next) resolve->next->at = &resolve->next;
  resolver->open++;
  return resolver->first = resolve;
}

/* Where a kept answer stands that is not too old. */
static uint32_t find_kept(const struct resolver *resolver, const char *key) {
  uint32_t at = map_get(&resolver->keys, str_of(key));
  return at != MAP_NONE && resolver->kept[at].until_ms > loop_now_ms(resolver->loop) ? at : MAP_NONE;
}

struct resolve *resolve_start(struct resolver *resolver, enum resolve_type type, struct str name,
                              resolve_done *done, void *arg, struct err *err) {
  static const int types[RESOLVE_TYPES] = {ns_t_mx, ns_t_a, ns_t_aaaa, ns_t_txt};
  char key[RESOLVE_NAME_MAX + 8];
  if (!is_name(name)) {
    err_set(err, ERR_INVALID, "'%.*s' is no name that name servers could know",
            name.len > 100 ? 100 : (int)name.len, name.p);
    return NULL;
  }
  if (resolver->open >= RESOLVES_MAX) {
    err_set(err, ERR_LIMIT, "%d names are being looked up already", RESOLVES_MAX);
    return NULL;
  }
  snprintf(key, sizeof key, "%s %.*s", resolve_words[type], STR_ARG(name));
  uint32_t kept = find_kept(resolver, key);
  if (kept != MAP_NONE) {
    loop_timer_after(resolver->soon, 0);
    return add_resolve(resolver, NULL, kept, done, arg);
  }
  if (resolver->open == 0 && resolver->keys.count >= RESOLVE_KEPT_MAX - RESOLVES_MAX) forget_kept(resolver);
  struct question *question = asked(resolver, key);
  if (question) return add_resolve(resolver, question, 0, done, arg);
  if (resolver->keys.count >= RESOLVE_KEPT_MAX - RESOLVES_MAX &&
      map_get(&resolver->keys, str_of(key)) == MAP_NONE) {
    err_set(err, ERR_LIMIT, "more names than can be kept are being looked up");
    return NULL;
  }
  question = add_question(resolver, type, key);
  struct resolve *resolve = add_resolve(resolver, question, 0, done, arg);
  ares_query(resolver->channel, strchr(question->key, ' ') + 1, ns_c_in, types[type], on_answer, question);
  set_timer(resolver);
  return resolve;
}

/* --- life ------------------------------------------------------------------------------------------------------------ */

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_ares(void) {
  ASSERT(ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS);
}

struct resolver *resolver_new(struct loop *loop, const char *servers, struct err *err) {
  struct resolver *resolver = xcalloc(1, sizeof *resolver);
  struct ares_options options = {.flags = ARES_FLAG_NOSEARCH,
                                 .timeout = RESOLVE_TIMEOUT_MS,
                                 .tries = RESOLVE_TRIES,
                                 .sock_state_cb = on_state,
                                 .sock_state_cb_data = resolver};
  pthread_once(&once, start_ares);
  int status =
      ares_init_options(&resolver->channel, &options,
                        ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
  if (status == ARES_SUCCESS && servers &&
      (status = ares_set_servers_ports_csv(resolver->channel, servers)) != ARES_SUCCESS)
    ares_destroy(resolver->channel);
  if (status != ARES_SUCCESS) {
    err_set(err, ERR_SYSTEM, "cannot ask name servers: %s", ares_strerror(status));
    free(resolver);
    return NULL;
  }
  resolver->loop = loop;
  resolver->timer = loop_timer_new(loop, on_time, resolver);
  resolver->soon = loop_timer_new(loop, on_soon, resolver);
  resolver->kept = xcalloc(RESOLVE_KEPT_MAX, sizeof *resolver->kept);
  map_init(&resolver->keys);
  return resolver;
}

void resolver_free(struct resolver *resolver) {
  if (!resolver) return;
  resolver->closing = true;
  for (struct resolve *resolve = resolver->first, *next; resolve; resolve = next) {
    next = resolve->next;
    free(resolve);
  }
  ares_destroy(resolver->channel); /* ends every question, and forgets its sockets */
  loop_timer_free(resolver->timer);
  loop_timer_free(resolver->soon);
  forget_kept(resolver);
  map_release(&resolver->keys);
  free(resolver->kept);
  free(resolver);
}
