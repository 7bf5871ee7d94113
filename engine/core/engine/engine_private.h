/* engine_private.h - the layout of struct engine, shared by engine*.c alone.
 *
 * engine.c       making one, counts
 * engine_feed.c  bytes to stored touches
 * engine_lead.c  leads, folds, accounts
 * engine_peers.c  people of the same account
 * engine_domains.c whose company a lead is of by its address
 * engine_forget.c forgetting a lead
 */
#ifndef EMBUDO_CORE_ENGINE_PRIVATE_H
#define EMBUDO_CORE_ENGINE_PRIVATE_H

#include "core/engine/engine.h"
#include "core/engine/tally.h"
#include "core/identity/members.h"

enum {
  ENGINE_BLOCK_FIRST = 64 * 1024,
  ENGINE_BLOCK_LARGEST = 8 << 20
};                         /* of the arena; large ones are huge pages */
enum { DOMAINS_MAX = 32 }; /* that one event tells of */

struct engine {
  const struct ruleset *rules;
  struct engine_calls calls;
  struct engine_options options;
  struct json_reader *reader; /* of what is fed */
  struct json_reader *merged; /* of batch items that were put together with their envelope's context */
  struct buf text, part;      /* such an item, and a member of it */
  struct buf key;             /* of the event at hand: source, NUL, messageId */
  struct normalised event;
  struct dedupe *dedupe;
  struct identity *identity;
  struct accounts accounts;
  struct members members; /* of accounts, when the ruleset asks for their traits */
  uint32_t *named;        /* scratch: accounts the lead at hand names */
  uint32_t named_count, named_cap;
  /* engine_domains.c */
  struct map domains;             /* hash -> number */
  struct members domain_nodes;    /* per domain: the ids that give an address of it */
  struct members domain_accounts; /* per domain: the accounts that claim it */
  /* engine_peers.c: where frameworks of accounts are */
  struct members named_by; /* the other way round: of an id, the accounts it named */
  bool *answerers;         /* per id: events that carry it have answered something */
  size_t answerer_cap;
  bool any_answers;
  bool
      follows_peers; /* something happens by itself when colleagues answer: whoever may be concerned is told */
  uint32_t *peers;   /* scratch */
  uint32_t peer_count, peer_cap;
  struct touch_list peer_touches; /* scratch */
  struct intake intake;
  struct arena arena;        /* touches */
  struct touch_list touches; /* of the lead at hand */
  struct engine_counts counts;
  struct tally *tally;
};

/* engine_domains.c. `account` that a group call is about; `node`: whose address it is. Before anybody is told of the account. */
void engine_note_domains(struct engine *engine, const struct touch *touch, uint32_t account, uint32_t node);
/* The accounts that claim a domain which the lead's touch tells of. */
void engine_name_domains(struct engine *engine, const struct touch *touch,
                         void (*name)(struct engine *engine, uint32_t account));

/* The accounts that the touch names, by their id or by an address of their domain, are added to `named`, each once. */
void engine_note_named(struct engine *engine, const struct touch *touch);

/* engine_peers.c */
void engine_note_claim(struct engine *engine, uint32_t account,
                       uint32_t node); /* the account claims a domain of which the id gives an address */
void engine_tell_company_moved(struct engine *engine,
                               uint32_t account); /* its people may belong to another of theirs now */
void engine_note_peer(struct engine *engine, uint32_t node, const struct touch *touch);
void engine_tell_peers(struct engine *engine,
                       uint32_t node); /* the leads whose folds have its lead's answers */
void engine_forget_peer(struct engine *engine, uint32_t lead); /* before it is forgotten */
void engine_add_peers(struct engine *engine, uint32_t lead, int64_t at_ms, struct touch_list *touches);

#endif
