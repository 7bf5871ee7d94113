/* read_accounts.c - whose company a lead is of by its address, and whose are no new business. */
#include "notation/compile_private.h"

/* A trait of accounts: at its top level, where it is kept by name. */
static bool read_key(struct compile *c, const struct node *node, const char *what, struct str *out) {
  if (!read_text(c, node, what, out)) return false;
  if (memchr(out->p, '.', out->len)) {
    FAULT(c, "wrong_kind", node->place, "name a trait of the account itself: \"domain\"",
          "%s is not at the account's top level: '%.*s'", what, STR_ARG(*out));
    return false;
  }
  *out = read_trait_path(c, *out);
  read_account_key(c, *out);
  return true;
}

static void read_domains(struct compile *c, const struct node *node) {
  struct ruleset *out = c->out;
  const struct node *texts;
  uint32_t count;
  if (!read_texts(c, node, "`domains` of accounts", &texts, &count)) return;
  if (count > RULESET_ACCOUNT_DOMAINS) {
    FAULT(c, "too_many", node->place, NULL, "`domains` of accounts names more than %d traits",
          (int)RULESET_ACCOUNT_DOMAINS);
    return;
  }
  out->account_domains = arena_zalloc(c->arena, (count + 1) * sizeof *out->account_domains);
  for (uint32_t i = 0; i < count; i++)
    if (read_key(c, &texts[i], "`domains` of accounts", &out->account_domains[out->account_domain_count]))
      out->account_domain_count++;
}

void read_accounts(struct compile *c) {
  static const char *const fields[] = {"doc", "domains", "never", "existing", "owner", NULL};
  const struct declaration *d = read_only(c, "accounts");
  struct str doc;
  if (!d || !read_table(c, &d->body, fields, false, "accounts")) return;
  const struct node *says = read_field(&d->body, "doc"), *domains = read_field(&d->body, "domains"),
                    *never = read_field(&d->body, "never"), *existing = read_field(&d->body, "existing"),
                    *owner = read_field(&d->body, "owner");
  if (says) read_text(c, says, "`doc` of accounts", &doc);
  if (domains) read_domains(c, domains);
  if (never) c->out->account_never = read_matcher(c, never, "`never` of accounts");
  if (existing) {
    const struct cond_scope scope = {.what = "`existing` of accounts", .lifecycle = NONE};
    c->out->account_existing = read_condition(c, existing, &scope);
  }
  if (owner) read_key(c, owner, "`owner` of accounts", &c->out->account_owner);
  if (never && !domains)
    FAULT(c, "missing", never->place, "add domains = { \"domain\" }",
          "accounts says which domains never count, and not which traits hold them");
  if (domains && !never)
    WARN(c, "free_mail", domains->place, "add never = listed \"freemail\"",
         "accounts matches by any domain: whoever writes from a free mailbox may be taken for a company's");
}
