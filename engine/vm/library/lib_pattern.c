/* lib_pattern.c - string.find, match, gmatch and gsub over pattern.c, charged to the fuel. */
#include "vm/library/iterator.h"
#include "vm/library/libs.h"
#include "vm/library/pattern.h"
#include "vm/library/pattern_items.h"
#include "vm/sandbox/state.h"

#include <lauxlib.h>

enum { SMALL_PATTERN = 24, STEPS_PER_INSTRUCTION = 4 };

/* A search in progress. */
struct search {
  struct pattern pattern;
  struct pattern_match match;
};

static void charge(void *L, int steps) {
  vm_charge(L, steps / STEPS_PER_INSTRUCTION + 1);
}

static void too_complex(void *L) {
  luaL_error(L, "pattern too complex");
}

static struct str text_arg(lua_State *L, int arg) {
  struct str text;
  text.p = luaL_checklstring(L, arg, &text.len);
  return text;
}

/* `items` has room for the pattern. Captures are left as they are: they are set before they are read. */
static void search_init(lua_State *L, struct search *search, struct str subject, struct str text,
                        struct pattern_item *items, bool anchor) {
  search->pattern.items = items;
  const char *wrong = pattern_compile(&search->pattern, text, anchor);
  if (wrong) luaL_error(L, "%s", wrong);
  search->match.pattern = &search->pattern;
  search->match.subject = subject;
  search->match.charge = charge;
  search->match.too_complex = too_complex;
  search->match.context = L;
  search->match.steps = 0;
}

static size_t pattern_room_arg(lua_State *L, struct str text) {
  if (text.len > PATTERN_TEXT_MAX) luaL_error(L, "pattern too long");
  return pattern_room(text.len);
}

/* The room for a long pattern is a value left on the stack; a short one gets `small`, on the C stack. */
static struct pattern_item *items_for(lua_State *L, struct str text, struct pattern_item *small) {
  size_t room = pattern_room_arg(L, text);
  return text.len < SMALL_PATTERN ? small : lua_newuserdatauv(L, room, 0);
}

/* Pushes the capture `index`; index 0 of a pattern without captures is the whole match. */
static void push_capture(lua_State *L, const struct pattern_match *match, int index, const char *start,
                         const char *end) {
  const struct pattern_capture *capture = &match->captures[index];
  if (index >= match->level) {
    if (index > 0) luaL_error(L, "invalid capture index %%%d", index + 1);
    lua_pushlstring(L, start, (size_t)(end - start));
  } else if (capture->len == PATTERN_POSITION) {
    lua_pushinteger(L, capture->start - match->subject.p + 1);
  } else {
    lua_pushlstring(L, capture->start, (size_t)capture->len);
  }
}

/* `whole`: without captures the whole match is one. */
static int push_captures(lua_State *L, const struct pattern_match *match, const char *start, const char *end,
                         bool whole) {
  int count = match->level == 0 && whole ? 1 : match->level;
  luaL_checkstack(L, count, "too many captures");
  for (int i = 0; i < count; i++) push_capture(L, match, i, start, end);
  return count;
}

/* Where a search starts: 1-based, negative from the end; beyond the end plus one: false. */
static bool start_arg(lua_State *L, int arg, size_t len, size_t *start) {
  lua_Integer at = lib_opt_integer(L, arg, 1);
  if (at > 0)
    *start = (size_t)at - 1;
  else if (at == 0 || at < -(lua_Integer)len)
    *start = 0;
  else
    *start = len + (size_t)at;
  return at <= 0 || *start <= len;
}

static int find_plain(lua_State *L, struct str subject, struct str text, size_t start) {
  vm_charge(L, (int64_t)(subject.len - start) / VM_BYTES_PER_STEP);
  const char *found =
      text.len == 0 ? subject.p + start : memmem(subject.p + start, subject.len - start, text.p, text.len);
  if (!found) return lua_pushnil(L), 1;
  lua_pushinteger(L, found - subject.p + 1);
  lua_pushinteger(L, found - subject.p + (lua_Integer)text.len);
  return 2;
}

static int find_pattern(lua_State *L, struct str subject, struct str text, size_t start, bool find) {
  struct search search;
  struct pattern_item small[SMALL_PATTERN];
  search_init(L, &search, subject, text, items_for(L, text, small), true);
  const char *at = subject.p + start, *last = subject.p + subject.len;
  do {
    const char *end = pattern_match_at(&search.match, at);
    if (!end) continue;
    pattern_settle(&search.match);
    if (!find) return push_captures(L, &search.match, at, end, true);
    lua_pushinteger(L, at - subject.p + 1);
    lua_pushinteger(L, end - subject.p);
    return push_captures(L, &search.match, at, end, false) + 2;
  } while (at++ < last && !search.pattern.anchored);
  pattern_settle(&search.match);
  lua_pushnil(L);
  return 1;
}

int lib_find(lua_State *L) {
  struct str subject = text_arg(L, 1), text = text_arg(L, 2);
  size_t start;
  if (!start_arg(L, 3, subject.len, &start)) return lua_pushnil(L), 1;
  if (lua_toboolean(L, 4) || pattern_is_plain(text)) return find_plain(L, subject, text, start);
  return find_pattern(L, subject, text, start, true);
}

int lib_match(lua_State *L) {
  struct str subject = text_arg(L, 1), text = text_arg(L, 2);
  size_t start;
  if (!start_arg(L, 3, subject.len, &start)) return lua_pushnil(L), 1;
  return find_pattern(L, subject, text, start, false);
}

/* The state of a gmatch loop. */
struct walk {
  struct search search;
  const char *at, *last_end; /* a match may not end where the one before did */
  struct pattern_item items[];
};

/* Upvalues: mark, walk, subject. */
static int gmatch_next(lua_State *L) {
  struct walk *walk = lua_touserdata(L, lua_upvalueindex(ITERATOR_FIRST));
  struct pattern_match *match = &walk->search.match;
  const char *last = match->subject.p + match->subject.len;
  match->context = L;
  for (; walk->at <= last; walk->at++) {
    const char *start = walk->at, *end = pattern_match_at(match, start);
    if (!end || end == walk->last_end) continue;
    walk->at = walk->last_end = end;
    pattern_settle(match);
    return push_captures(L, match, start, end, true);
  }
  pattern_settle(match);
  return 0;
}

int lib_gmatch(lua_State *L) {
  struct str subject = text_arg(L, 1), text = text_arg(L, 2);
  size_t start, room = pattern_room_arg(L, text);
  if (!start_arg(L, 3, subject.len, &start)) start = subject.len + 1;
  iterator_push_mark(L);
  struct walk *walk = lua_newuserdatauv(L, sizeof *walk + room, 0);
  search_init(L, &walk->search, subject, text, walk->items, false);
  walk->at = subject.p + start;
  walk->last_end = NULL;
  lua_pushvalue(L, 1);
  lua_pushcclosure(L, gmatch_next, ITERATOR_FIRST + 1);
  return 1;
}

/* What gsub puts in place of a match. */
struct replacement {
  int type;        /* of argument 3 */
  struct str text; /* when it is a text */
  size_t bound;    /* bytes of all that is made */
};

static void add_text(lua_State *L, luaL_Buffer *out, const struct replacement *with,
                     const struct pattern_match *match, const char *start, const char *end) {
  const char *p = with->text.p, *stop = p + with->text.len;
  while (p < stop) {
    lib_bound_text(L, out, with->bound, "string.gsub");
    const char *escape = memchr(p, '%', (size_t)(stop - p));
    luaL_addlstring(out, p, (size_t)((escape ? escape : stop) - p));
    if (!escape) return;
    p = escape + 1;
    if (p < stop && *p == '%') {
      luaL_addchar(out, '%');
    } else if (p < stop && *p == '0') {
      luaL_addlstring(out, start, (size_t)(end - start));
    } else if (p < stop && *p >= '1' && *p <= '9') {
      if (*p - '1' >= match->level && *p != '1')
        luaL_error(L, "invalid capture index %%%d in replacement string", *p - '0');
      push_capture(L, match, *p - '1', start, end);
      luaL_tolstring(L, -1, NULL);
      lua_remove(L, -2);
      luaL_addvalue(out);
    } else {
      luaL_error(L, "invalid use of '%%' in replacement string");
    }
    p++;
  }
}

/* Asks the table or function; true when the match is replaced. */
static bool add_answer(lua_State *L, luaL_Buffer *out, const struct replacement *with,
                       const struct pattern_match *match, const char *start, const char *end) {
  if (with->type == LUA_TFUNCTION) {
    lua_pushvalue(L, 3);
    lua_call(L, push_captures(L, match, start, end, true), 1);
  } else {
    push_capture(L, match, 0, start, end);
    lua_gettable(L, 3);
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    luaL_addlstring(out, start, (size_t)(end - start));
    return false;
  }
  if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  luaL_addvalue(out);
  return true;
}

static bool add_replaced(lua_State *L, luaL_Buffer *out, const struct replacement *with,
                         struct pattern_match *match, const char *start, const char *end) {
  pattern_settle(match);
  lib_bound_text(L, out, with->bound, "string.gsub");
  vm_charge(L, (int64_t)(with->text.len + (size_t)(end - start)) / VM_BYTES_PER_STEP);
  if (with->type == LUA_TTABLE || with->type == LUA_TFUNCTION)
    return add_answer(L, out, with, match, start, end);
  add_text(L, out, with, match, start, end);
  return true;
}

static struct replacement replacement_arg(lua_State *L) {
  struct replacement with = {.type = lua_type(L, 3)};
  luaL_argexpected(L,
                   with.type == LUA_TNUMBER || with.type == LUA_TSTRING || with.type == LUA_TFUNCTION ||
                       with.type == LUA_TTABLE,
                   3, "string/function/table");
  if (with.type == LUA_TNUMBER || with.type == LUA_TSTRING) with.text = text_arg(L, 3);
  return with;
}

int lib_gsub(lua_State *L) {
  struct str subject = text_arg(L, 1), text = text_arg(L, 2);
  struct replacement with = replacement_arg(L);
  with.bound = subject.len > LIB_TEXT_MAX ? subject.len : LIB_TEXT_MAX;
  lua_Integer most = lib_opt_integer(L, 4, (lua_Integer)subject.len + 1), count = 0;
  const char *at = subject.p, *last = at + subject.len, *last_end = NULL;
  bool changed = false;
  struct search search;
  struct pattern_item small[SMALL_PATTERN];
  luaL_Buffer out;
  lua_settop(L, 3);
  search_init(L, &search, subject, text, items_for(L, text, small), true);
  luaL_buffinit(L, &out);
  while (count < most) {
    const char *end = pattern_match_at(&search.match, at);
    if (end && end != last_end) {
      count++;
      changed |= add_replaced(L, &out, &with, &search.match, at, end);
      at = last_end = end;
    } else if (at < last) {
      luaL_addchar(&out, *at++);
    } else {
      break;
    }
    if (search.pattern.anchored) break;
  }
  pattern_settle(&search.match);
  if (changed) {
    luaL_addlstring(&out, at, (size_t)(last - at));
    lib_bound_text(L, &out, with.bound, "string.gsub");
    luaL_pushresult(&out);
    vm_charge(L, (int64_t)lua_rawlen(L, -1) / VM_BYTES_PER_STEP);
  } else {
    lua_pushvalue(L, 1);
  }
  lua_pushinteger(L, count);
  return 2;
}
