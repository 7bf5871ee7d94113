/* identity.h - who is who: from ids on events to leads.
 *
 * Touches are stored under the id on their event, and what is learnt about ids is stored as facts; a lead is worked out
 * when it is asked for. So the order in which events arrive never matters, and a late fact re-groups the past.
 *
 * Three name spaces: user ids, anonymous ids, e-mail addresses (only where the ruleset merges by them).
 *   - A link (anonymous id, user, instant) comes from each event that carries both ids, and from an alias. A touch of an
 *     anonymous id belongs to the user whose link is the latest at or before it, else the earliest later one; without
 *     any link the anonymous id is a lead of its own. One anonymous id never makes two users one.
 *   - An alias makes two user ids one, for ever. previousId may be either kind of id: it is a link for the anonymous id
 *     of that name, and joins the user id of that name as soon as an event has carried it as a user's.
 *   - An e-mail address joins the user ids that gave it. An anonymous id that gave it is linked to the address, as to a
 *     user, but weaker: where any of its links leads to a user, those to addresses without one do not count, and of
 *     several such addresses (a person corrects a form) the last takes the whole history.
 * A lead's public id is, of its user ids, one that was not aliased away: the one seen earliest (event time), then the
 * smallest. Without user ids it is the anonymous id, chosen alike among those whose last link is to this lead.
 *
 * Nodes are numbers, good for ever, and stay when what they stood for is forgotten. A lead is named by a node as well, which is good until the next fact is added. Costs:
 * amortised constant for each fact; gathering a lead takes time in its touches and links, and for an anonymous id shared
 * by several users a sort of its touches, kept until it changes. One thread.
 */
#ifndef EMBUDO_CORE_IDENTITY_H
#define EMBUDO_CORE_IDENTITY_H

#include "core/engine/timeline.h"

struct identity;

enum id_kind { ID_USER, ID_ANONYMOUS, ID_EMAIL, ID_KINDS };
const char *id_kind_word(enum id_kind kind);             /* "user", "anonymous", "email" */
bool id_kind_parse(struct str word, enum id_kind *kind); /* false: it is none, and *kind is left alone */
enum { IDENTITY_NONE = 0xffffffffu, IDENTITY_MAX = 0xf0000000u /* ids, of all kinds together */ };

struct apart; /* apart.h */

struct identity *identity_new(struct arena *arena); /* borrowed: where timelines and long ids go */
void identity_set_apart(struct identity *identity,
                        const struct apart *apart); /* borrowed; before any fact; NULL: none */
void identity_free(struct identity *identity);

/* --- facts ------------------------------------------------------------------------------------------------------- */

struct id_ref { /* an id about to be looked up */
  enum id_kind kind;
  struct str id; /* borrowed */
  uint64_t hash;
};

/* Looking an id up waits for memory twice. Whoever has other work to do meanwhile makes a ref early, begins to fetch its
 * node later, and asks for the node last; identity_fetch may be left out. */
struct id_ref identity_ref(const struct identity *identity, enum id_kind kind, struct str id);
void identity_fetch(const struct identity *identity, struct id_ref ref);

/* The node of an id; IDENTITY_NONE: there is none. */
uint32_t identity_known(const struct identity *identity, struct id_ref ref);

/* The node of an id, made when it is new. The id is copied. */
uint32_t identity_node(struct identity *identity, struct id_ref ref);

/* An event carried the id of node `number` (a user's or an anonymous one) as its own. The touch is borrowed. */
void identity_touch(struct identity *identity, uint32_t number, const struct touch *touch);

/* `anonymous` belongs to `owner` (a user or an e-mail address) from this touch on. */
void identity_link(struct identity *identity, uint32_t anonymous, uint32_t owner, const struct touch *touch);

/* `user` and the e-mail address are one. */
void identity_join(struct identity *identity, uint32_t user, uint32_t email);

/* The touch is an alias call: `previous` is merged into `user`. */
void identity_alias(struct identity *identity, struct str previous, uint32_t user, const struct touch *touch);

/* Changes whenever two sets of ids became one, or one's weak links may have lost to others: then the lead of the fact's
 * user, and all leads its anonymous ids ever belonged to, may have changed. */
uint64_t identity_joins(const struct identity *identity);

/* Forgets a lead: afterwards everything is as if its touches, and the facts they stated, had never come. `touches` gets them,
 * in no order. Numbers of nodes stay good, those of forgotten ids are nobody's. */
void identity_forget(struct identity *identity, uint32_t lead, struct touch_list *touches);

struct id_span { /* of event times, from `from_ms` up to, and not at, `to_ms` */
  int64_t from_ms, to_ms;
};

/* When events of the anonymous id, without a user's, are the lead's: rising and apart, in `arena`. Returns how many spans;
 * most ids are one person's from TIME_MIN to TIME_NEVER. */
size_t identity_spans(struct identity *identity, uint32_t anonymous, uint32_t lead, struct arena *arena,
                      struct id_span **spans);

struct id_claim { /* an id, and which of its events are the lead's */
  enum id_kind kind;
  struct str id;
  const struct id_span *spans; /* anonymous ids; see identity_spans. Others: all of them */
  size_t span_count;
};

/* Every id that the lead's events have told of as the lead's own, also such as no event carried (named by an alias call
 * alone), in `arena`. Returns how many. */
size_t identity_claims(struct identity *identity, uint32_t lead, struct arena *arena,
                       struct id_claim **claims);

/* --- leads ------------------------------------------------------------------------------------------------------- */

/* Every lead once: start with *cursor = 0. False at the end. */
bool identity_next_lead(struct identity *identity, uint32_t *cursor, uint32_t *lead);

size_t identity_lead_count(struct identity *identity);

/* The lead that an id leads to, of whatever kind, aliased away or not; IDENTITY_NONE when it is unknown. For an
 * anonymous id several people shared: the last of them. */
uint32_t identity_find(struct identity *identity, struct str id);

struct identity_member {
  enum id_kind kind;
  struct str id;
};

struct identity_visitor {
  void *context;
  void (*node)(void *context, uint32_t node);
};

/* The lead of a user or an e-mail address. */
uint32_t identity_root(struct identity *identity, uint32_t number);

/* Every lead that touches of this id may belong to: one, but for an anonymous id that several users had. */
void identity_leads_of(struct identity *identity, uint32_t node, const struct identity_visitor *visitor);

/* Every node of the lead's: its users, addresses, and the anonymous ids linked to any of them (some of which may belong to
 * another lead by now). */
void identity_nodes_of(struct identity *identity, uint32_t lead, const struct identity_visitor *visitor);

/* What the node stands for. */
struct identity_member identity_node_id(const struct identity *identity, uint32_t node);

size_t identity_node_count(const struct identity *identity);

uint32_t identity_public_node(struct identity *identity, uint32_t lead); /* the id that names the lead */
struct str identity_public_id(struct identity *identity, uint32_t lead); /* lives as long as the identity */

/* Appends the lead's touches, in no order. Whether there are any is cheaper to know. */
bool identity_has_touches(struct identity *identity, uint32_t lead);
void identity_gather(struct identity *identity, uint32_t lead, struct touch_list *out);

/* What came on that id itself, whosever it is now. */
void identity_gather_node(const struct identity *identity, uint32_t node, struct touch_list *out);

/* The ids that make up the lead, in `arena`, users first. Returns how many. */
size_t identity_members(struct identity *identity, uint32_t lead, struct arena *arena,
                        struct identity_member **members);

#endif
