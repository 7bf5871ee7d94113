#include "vm/source/reference.h"

#include "vm/sandbox/prelude.h"
#include <lauxlib.h>
#include <lua.h>

/* --- reading the table ---------------------------------------------------------------------------------------------- */

/* The text `key` of the table on top of the stack. */
static const char *take_text(struct lua_State *L, struct arena *arena, const char *key) {
  struct str text = {"", 0};
  if (lua_getfield(L, -1, key) == LUA_TSTRING) text.p = lua_tolstring(L, -1, &text.len);
  const char *copy = arena_str(arena, text).p;
  lua_pop(L, 1);
  return copy;
}

static void take_fields(struct lua_State *L, struct arena *arena, struct reference_entry *entry) {
  if (lua_getfield(L, -1, "fields") == LUA_TTABLE) {
    entry->field_count = (uint32_t)lua_rawlen(L, -1);
    struct reference_field *fields = arena_alloc(arena, entry->field_count * sizeof *fields);
    for (uint32_t i = 0; i < entry->field_count; i++) {
      lua_geti(L, -1, (lua_Integer)i + 1);
      fields[i].name = take_text(L, arena, "name");
      fields[i].form = take_text(L, arena, "form");
      fields[i].doc = take_text(L, arena, "doc");
      lua_pop(L, 1);
    }
    entry->fields = fields;
  }
  lua_pop(L, 1);
}

static struct reference_entry take_entry(struct lua_State *L, struct arena *arena) {
  struct reference_entry entry = {
      .name = take_text(L, arena, "name"),
      .kind = take_text(L, arena, "kind"),
      .form = take_text(L, arena, "form"),
      .doc = take_text(L, arena, "doc"),
      .example = take_text(L, arena, "example"),
  };
  take_fields(L, arena, &entry);
  return entry;
}

/* Appends the entries of one group; the list of all entries is on top of the stack. */
static void take_members(struct lua_State *L, struct reference *reference, struct reference_group *group) {
  uint32_t all = (uint32_t)lua_rawlen(L, -1);
  group->entries = reference->entries + reference->entry_count;
  for (uint32_t i = 0; i < all; i++) {
    lua_geti(L, -1, (lua_Integer)i + 1);
    lua_getfield(L, -1, "group");
    bool member = strcmp(luaL_checkstring(L, -1), group->name) == 0;
    lua_pop(L, 1);
    if (member) reference->entries[reference->entry_count++] = take_entry(L, &reference->arena);
    lua_pop(L, 1);
  }
  group->entry_count = (uint32_t)(reference->entries + reference->entry_count - group->entries);
}

/* Arguments: struct reference. */
static int take_all(struct lua_State *L) {
  struct reference *reference = lua_touserdata(L, 1);
  struct arena *arena = &reference->arena;
  prelude_module(L, "reference_groups");
  prelude_module(L, "reference");
  reference->entries = arena_alloc(arena, (size_t)lua_rawlen(L, -1) * sizeof *reference->entries);
  reference->group_count = (uint32_t)lua_rawlen(L, -2);
  reference->groups = arena_alloc(arena, reference->group_count * sizeof *reference->groups);
  for (uint32_t i = 0; i < reference->group_count; i++) {
    struct reference_group *group = &reference->groups[i];
    lua_geti(L, -2, (lua_Integer)i + 1);
    group->name = take_text(L, arena, "name");
    group->title = take_text(L, arena, "title");
    group->doc = take_text(L, arena, "doc");
    lua_pop(L, 1);
    take_members(L, reference, group);
  }
  return 0;
}

int reference_load(struct reference *reference, struct err *err) {
  struct vm_failure failure;
  *reference = (struct reference){0};
  arena_init(&reference->arena, 0);
  struct script *script = script_new(NULL, err);
  if (!script) return -1;
  int status = vm_protect(script_vm(script), "the reference", take_all, reference, VM_LOAD, &failure);
  if (status) vm_failure_err(&failure, "the reference", err);
  script_free(script);
  return status;
}

void reference_release(struct reference *reference) {
  arena_release(&reference->arena);
  *reference = (struct reference){0};
}

/* --- looking up ------------------------------------------------------------------------------------------------------- */

const struct reference_entry *reference_find(const struct reference *reference, struct str name) {
  for (uint32_t i = 0; i < reference->entry_count; i++)
    if (str_eq(str_of(reference->entries[i].name), name)) return &reference->entries[i];
  return NULL;
}

const struct reference_group *reference_group(const struct reference *reference, struct str name) {
  for (uint32_t i = 0; i < reference->group_count; i++)
    if (str_eq(str_of(reference->groups[i].name), name)) return &reference->groups[i];
  return NULL;
}

static const struct reference_field *find_field(const struct reference_entry *entry, struct str name) {
  for (uint32_t i = 0; i < entry->field_count; i++)
    if (str_eq(str_of(entry->fields[i].name), name)) return &entry->fields[i];
  return NULL;
}

const struct reference_entry *reference_with_field(const struct reference *reference, struct str name,
                                                   uint32_t n, const struct reference_field **field) {
  for (uint32_t i = 0; i < reference->entry_count; i++) {
    *field = find_field(&reference->entries[i], name);
    if (*field && n-- == 0) return &reference->entries[i];
  }
  return NULL;
}
