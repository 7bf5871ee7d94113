#include "notation/node.h"

#include "base/json.h"
#include "notation/compile_private.h"

enum { DESCRIBED_BYTES_MAX = 120 };

static void write_node(const struct node *node, struct buf *out);

static void write_text(struct str text, struct buf *out) {
  buf_add_char(out, '"');
  for (size_t i = 0; i < text.len; i++) {
    char c = text.p[i];
    if (c == '"' || c == '\\') {
      buf_add_char(out, '\\');
      buf_add_char(out, c);
    } else if (c == '\n') {
      buf_add_text(out, "\\n");
    } else if ((unsigned char)c < 0x20 || c == 0x7f) {
      buf_printf(out, "\\%03d", (unsigned char)c);
    } else {
      buf_add_char(out, c);
    }
  }
  buf_add_char(out, '"');
}

static void write_number(double number, struct buf *out) {
  struct json_writer writer;
  json_writer_init(&writer, out);
  json_put_number(&writer, number);
}

static void write_key(struct str key, struct buf *out) {
  if (str_is_name(key)) {
    buf_add_str(out, key);
    return;
  }
  buf_add_char(out, '[');
  write_text(key, out);
  buf_add_char(out, ']');
}

/* YAML says a field's matcher as a table, { glob: "/x*" }. */
static void write_field(const struct node *value, struct buf *out) {
  struct node call;
  write_node(node_as_call(value, read_matcher_words, &call) ? &call : value, out);
}

static void write_table(const struct node *node, struct buf *out) {
  uint32_t items = node->table.item_count, pairs = node->table.pair_count;
  if (items + pairs == 0) {
    buf_add_text(out, "{}");
    return;
  }
  buf_add_text(out, "{ ");
  for (uint32_t i = 0; i < items; i++) {
    if (i) buf_add_text(out, ", ");
    write_node(&node->table.items[i], out);
  }
  for (uint32_t i = 0; i < pairs; i++) {
    if (items + i) buf_add_text(out, ", ");
    write_key(node->table.pairs[i].key, out);
    buf_add_text(out, " = ");
    write_field(&node->table.pairs[i].value, out);
  }
  buf_add_text(out, " }");
}

static bool is_binary(const struct node *node) {
  return node->kind == NODE_CALL && (str_eq(node->call.name, STR("&")) || str_eq(node->call.name, STR("|")));
}

static void write_operand(const struct node *node, struct str within, struct buf *out) {
  bool bracket = is_binary(node) && !str_eq(node->call.name, within);
  if (bracket) buf_add_char(out, '(');
  write_node(node, out);
  if (bracket) buf_add_char(out, ')');
}

static void write_operator(const struct node *node, struct buf *out) {
  if (str_eq(node->call.name, STR("~"))) buf_add_char(out, '~');
  for (uint32_t i = 0; i < node->call.arg_count; i++) {
    if (i) buf_printf(out, " %.*s ", STR_ARG(node->call.name));
    write_operand(&node->call.args[i], node->call.name, out);
  }
}

static void write_arguments(const struct node *args, uint32_t count, struct buf *out) {
  buf_add_char(out, '(');
  for (uint32_t i = 0; i < count; i++) {
    if (i) buf_add_text(out, ", ");
    write_node(&args[i], out);
  }
  buf_add_char(out, ')');
}

static bool stands_bare(const struct node *arg) {
  return arg->kind == NODE_STRING || arg->kind == NODE_TABLE;
}

static void write_call(const struct node *node, struct buf *out) {
  const struct node *args = node->call.args;
  uint32_t count = node->call.arg_count;
  if (is_binary(node) || str_eq(node->call.name, STR("~"))) {
    write_operator(node, out);
    return;
  }
  buf_add_str(out, node->call.name);
  if (count == 0) return;
  bool named = count == 2 && args[1].kind == NODE_TABLE &&
               (args[0].kind == NODE_STRING || str_eq(node->call.name, STR("track")) ||
                str_eq(node->call.name, STR("act")));
  if ((count == 1 || named) && stands_bare(&args[0])) {
    buf_add_char(out, ' ');
    write_node(&args[0], out);
  } else {
    write_arguments(args, named ? 1 : count, out);
  }
  if (named) {
    buf_add_char(out, ' ');
    write_node(&args[1], out);
  }
}

static void write_node(const struct node *node, struct buf *out) {
  switch (node->kind) {
  case NODE_MISSING: buf_add_text(out, "nil"); break;
  case NODE_BOOL: buf_add_text(out, node->boolean ? "true" : "false"); break;
  case NODE_NUMBER: write_number(node->number, out); break;
  case NODE_STRING: write_text(node->text, out); break;
  case NODE_TABLE: write_table(node, out); break;
  case NODE_CALL: write_call(node, out); break;
  case NODE_FUNCTION: buf_add_text(out, "function"); break;
  }
}

void node_write(const struct node *node, struct buf *out) {
  write_node(node, out);
}

/* A cut never splits a character. */
static size_t cut_at(const char *text, size_t at) {
  while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80) at--;
  return at;
}

void node_describe(const struct node *node, struct buf *out) {
  struct buf full;
  buf_init(&full);
  write_node(node, &full);
  if (full.len <= DESCRIBED_BYTES_MAX) {
    buf_add(out, full.data, full.len);
  } else {
    buf_add(out, full.data, cut_at(full.data, DESCRIBED_BYTES_MAX - 3));
    buf_add_text(out, "...");
  }
  buf_release(&full);
}
