/* cloudevent_private.h - a CloudEvent on its way from the wire to JSON, shared by the files of cloudevent.h. */
#ifndef EMBUDO_CORE_CLOUDEVENT_PRIVATE_H
#define EMBUDO_CORE_CLOUDEVENT_PRIVATE_H

#include "base/arena.h"
#include "core/intake/cloudevent.h"

#define CLOUDEVENT_CORE(X)                                                                                   \
  X(CLOUDEVENT_ID, "id")                                                                                     \
  X(CLOUDEVENT_SOURCE, "source")                                                                             \
  X(CLOUDEVENT_TYPE, "type")                                                                                 \
  X(CLOUDEVENT_SPECVERSION, "specversion")                                                                   \
  X(CLOUDEVENT_SUBJECT, "subject")                                                                           \
  X(CLOUDEVENT_TIME, "time")                                                                                 \
  X(CLOUDEVENT_DATASCHEMA, "dataschema")                                                                     \
  X(CLOUDEVENT_DATACONTENTTYPE, "datacontenttype")

enum cloudevent_core {
#define X(core, word) core,
  CLOUDEVENT_CORE(X)
#undef X
      CLOUDEVENT_CORE_COUNT
};

struct cloudevent_attribute {
  struct str name;
  struct str text;      /* a text's, else empty */
  struct json_ref json; /* a number or truth value; missing: it is a text */
};

/* What a CloudEvent says, wherever it said it. Texts borrow from the request, a reader or the arena. */
struct cloudevent {
  struct str core[CLOUDEVENT_CORE_COUNT]; /* empty: absent */
  struct cloudevent_attribute extensions[CLOUDEVENT_ATTRIBUTES_MAX];
  size_t extension_count;
  struct json_ref data;  /* missing: none, or one of the next two */
  struct str text;       /* data that is plain text; p is NULL: it is not */
  size_t data_bytes;     /* of data that was left out; 0: none was */
  struct arena *scratch; /* decoded headers */
};

/* Files the attribute under its name. Refuses a name that is none, a second one of the name, control characters. */
int cloudevent_take(struct cloudevent *event, struct str name, struct str text, struct json_ref json,
                    struct err *err);
/* The extension's text, empty when there is none. */
struct str cloudevent_extension(const struct cloudevent *event, struct str name);

/* The wire's form of a header's value -> its text, borrowed from the value or built in `arena`. The name is for *err. */
int cloudevent_header_text(struct str name, struct str value, struct arena *arena, struct str *text,
                           struct err *err);

/* Appends the event as normalise.h takes it. */
void cloudevent_write(const struct cloudevent *event, struct buf *out);

#endif
