/* read_template.c - texts that may hold secrets, and data of any shape, as JSON. */
#include "notation/compile_private.h"

#include "base/json.h"

enum { DATA_DEPTH_MAX = 16, DATA_BYTES_MAX = 16384, HEADER_NAME_MAX = 128 };

static bool is_secret(const struct node *node) {
  return node->kind == NODE_CALL && str_eq(node->call.name, STR("secret"));
}

static bool is_name(struct str name) {
  bool fine = name.len > 0 && name.len <= NAME_BYTES_MAX;
  for (size_t i = 0; i < name.len && fine; i++) {
    char ch = name.p[i];
    fine = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_';
  }
  return fine;
}

/* The name of secret "NAME"; false after an error. */
static bool read_secret(struct compile *c, const struct node *node, const char *what, struct str *name) {
  bool fine = is_secret(node) && node->call.arg_count == 1 && node->call.args[0].kind == NODE_STRING;
  if (fine && is_name(node->call.args[0].text)) {
    *name = node->call.args[0].text;
    return true;
  }
  FAULT(c, "wrong_kind", node->place, "write secret \"NAME\": letters, digits and _",
        "%s must be a secret, got %s", what, read_described(c, node));
  return false;
}

/* hmac(secret "NAME", "text", "hex" | "base64"), inside an object; false after an error. */
static bool put_hmac(struct compile *c, const struct node *node, const char *what, struct json_writer *w) {
  const struct node *args = node->call.args;
  struct str name, form = STR("hex");
  bool fine = node->call.arg_count >= 2 && args[1].kind == NODE_STRING;
  if (fine && node->call.arg_count > 2) {
    fine = args[2].kind == NODE_STRING;
    form = args[2].text;
  }
  if (!fine || (!str_eq(form, STR("hex")) && !str_eq(form, STR("base64")))) {
    FAULT(c, "wrong_kind", node->place, "write hmac(secret \"NAME\", \"text\", \"hex\" or \"base64\")",
          "hmac in %s takes a secret and a text", what);
    return false;
  }
  if (!read_secret(c, &args[0], what, &name)) return false;
  json_key(w, "secret");
  json_put_str(w, name);
  json_key(w, "hmac");
  json_put_str(w, args[1].text);
  json_key(w, "form");
  json_put_str(w, form);
  return true;
}

static struct str keep_buf(struct compile *c, struct buf *text) {
  struct str kept = arena_str(c->arena, buf_str(text));
  buf_release(text);
  return kept;
}

static bool put_part(struct compile *c, const struct node *node, const char *what, struct json_writer *w) {
  struct str name;
  if (node->kind == NODE_STRING) {
    json_put_str(w, node->text);
    return true;
  }
  if (node->kind == NODE_CALL && str_eq(node->call.name, STR("hmac"))) {
    json_open(w, '{');
    bool fine = put_hmac(c, node, what, w);
    json_close(w, '}');
    return fine;
  }
  if (!is_secret(node)) {
    FAULT(c, "wrong_kind", node->place, "a text, secret \"NAME\", or a list of both that is joined",
          "%s must be a text or a secret, got %s", what, read_described(c, node));
    return false;
  }
  if (!read_secret(c, node, what, &name)) return false;
  json_open(w, '{');
  json_key(w, "secret");
  json_put_str(w, name);
  json_close(w, '}');
  return true;
}

bool read_template(struct compile *c, const struct node *node, const char *what, struct str *json) {
  struct buf text;
  struct json_writer w;
  bool fine = true,
       list = node->kind == NODE_TABLE && node->table.pair_count == 0 && node->table.item_count > 0;
  buf_init(&text);
  json_writer_init(&w, &text);
  if (list) json_open(&w, '[');
  for (uint32_t i = 0; list && i < node->table.item_count; i++)
    fine &= put_part(c, &node->table.items[i], what, &w);
  if (list) json_close(&w, ']');
  if (!list) fine = put_part(c, node, what, &w);
  *json = keep_buf(c, &text);
  return fine;
}

bool read_secret_names(struct compile *c, const struct node *node, const char *what, const char **names,
                       uint32_t *count) {
  const struct node *items = node;
  uint32_t most = 1;
  if (node->kind == NODE_TABLE && node->table.pair_count == 0) {
    items = node->table.items;
    most = node->table.item_count;
  }
  if (most == 0 || most > HANDOFF_SECRETS_MAX) {
    FAULT(c, "too_many", node->place, "the new one and the old one, while receivers change over",
          "%s: 1 to %d secrets", what, (int)HANDOFF_SECRETS_MAX);
    return false;
  }
  bool fine = true;
  for (uint32_t i = 0; i < most; i++) {
    struct str name = {0};
    fine &= read_secret(c, &items[i], what, &name);
    names[i] = read_keep(c, name);
  }
  *count = most;
  return fine;
}

/* --- headers --------------------------------------------------------------------------------------------------------- */

/* What embudo itself says in a request, or what belongs to the connection. */
static bool is_reserved(struct str name) {
  static const char *const names[] = {"host",
                                      "content-length",
                                      "transfer-encoding",
                                      "connection",
                                      "webhook-id",
                                      "webhook-timestamp",
                                      "webhook-signature",
                                      "upgrade",
                                      "expect",
                                      "te",
                                      "trailer",
                                      NULL};
  for (const char *const *word = names; *word; word++)
    if (str_eq(name, str_of(*word))) return true;
  return false;
}

static bool is_token(struct str name) {
  bool fine = name.len > 0 && name.len <= HEADER_NAME_MAX;
  for (size_t i = 0; i < name.len && fine; i++)
    fine = (name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= '0' && name.p[i] <= '9') ||
           name.p[i] == '-' || name.p[i] == '_';
  return fine;
}

bool read_headers(struct compile *c, const struct node *node, const char *what,
                  const struct handoff_header **headers, uint32_t *count) {
  if (node->kind != NODE_TABLE || node->table.item_count || node->table.pair_count > HANDOFF_HEADERS_MAX) {
    FAULT(c, "wrong_kind", node->place, "write headers = { authorization = secret \"TOKEN\" }",
          "%s needs named texts, at most %d", what, (int)HANDOFF_HEADERS_MAX);
    return false;
  }
  struct handoff_header *all = arena_zalloc(c->arena, (node->table.pair_count + 1) * sizeof *all);
  bool fine = true;
  for (uint32_t i = 0; i < node->table.pair_count; i++) {
    const struct node_pair *pair = &node->table.pairs[i];
    if (!is_token(pair->key) || is_reserved(pair->key)) {
      FAULT(c, "bad_name", pair->key_place, "names are in lower case: [\"x-api-key\"] = ..",
            "%s cannot set '%.*s'", what, STR_ARG(pair->key));
      fine = false;
    }
    all[i].name = arena_str(c->arena, pair->key);
    fine &= read_template(c, &pair->value, what, &all[i].value);
  }
  *headers = all;
  *count = node->table.pair_count;
  return fine;
}

/* --- data ------------------------------------------------------------------------------------------------------------ */

struct data {
  struct compile *c;
  const char *what;
  struct json_writer w;
};

static bool put_data(struct data *data, const struct node *node, int depth);

static bool put_table(struct data *data, const struct node *node, int depth) {
  bool fine = true, list = node->table.item_count > 0;
  if (depth == DATA_DEPTH_MAX || (list && node->table.pair_count)) {
    FAULT(data->c, "wrong_kind", node->place, "a list or named values, not both, at most 16 deep",
          "%s cannot be written as JSON: %s", data->what, read_described(data->c, node));
    return false;
  }
  json_open(&data->w, list ? '[' : '{');
  for (uint32_t i = 0; i < node->table.item_count; i++)
    fine &= put_data(data, &node->table.items[i], depth + 1);
  for (uint32_t i = 0; i < node->table.pair_count; i++) {
    json_key_str(&data->w, node->table.pairs[i].key);
    fine &= put_data(data, &node->table.pairs[i].value, depth + 1);
  }
  json_close(&data->w, list ? ']' : '}');
  return fine;
}

static bool put_data(struct data *data, const struct node *node, int depth) {
  switch (node->kind) {
  case NODE_BOOL: json_put_bool(&data->w, node->boolean); return true;
  case NODE_NUMBER: json_put_number(&data->w, node->number); return true;
  case NODE_STRING: json_put_str(&data->w, node->text); return true;
  case NODE_TABLE: return put_table(data, node, depth);
  case NODE_CALL:
    if (is_secret(node)) return put_part(data->c, node, data->what, &data->w);
    break;
  case NODE_MISSING:
  case NODE_FUNCTION: break;
  }
  FAULT(data->c, "wrong_kind", node->place, "texts, numbers, true, false, and tables of them",
        "%s is data, and cannot hold %s", data->what, read_described(data->c, node));
  json_put_null(&data->w);
  return false;
}

bool read_data(struct compile *c, const struct node *node, const char *what, struct str *json) {
  struct data data = {.c = c, .what = what};
  struct buf text;
  if (node->kind != NODE_TABLE || node->table.item_count) {
    FAULT(c, "wrong_kind", node->place, "write { name = value, .. }", "%s needs named values, got %s", what,
          read_described(c, node));
    return false;
  }
  buf_init(&text);
  json_writer_init(&data.w, &text);
  bool fine = put_data(&data, node, 0);
  if (fine && text.len > DATA_BYTES_MAX) {
    FAULT(c, "too_large", node->place, NULL, "%s has more than %d bytes", what, (int)DATA_BYTES_MAX);
    fine = false;
  }
  *json = keep_buf(c, &text);
  return fine;
}

bool read_callback(struct compile *c, const struct node *node, const char *what, int *fn) {
  *fn = FN_NONE;
  if (!node) return true;
  if (node->kind != NODE_FUNCTION) {
    FAULT(c, "wrong_kind", node->place, "write function(..) return .. end", "%s must be a function, got %s",
          what, read_described(c, node));
    return false;
  }
  *fn = node->function.fn;
  return true;
}
