/* cloudevent.h - CloudEvents 1.0 over HTTP -> the Segment-shaped JSON event that normalise.h takes, or a refusal.
 *
 * Knows the three modes of the HTTP binding as lists of headers and bytes, not HTTP itself: binary (attributes in ce-*
 * headers, data in the body), structured (one JSON object) and batched (an array of those). What comes out is JSON for
 * the same way that Segment's calls take, so limits, duplicates, identity and time have one home.
 *
 * The mapping (docs/events.md says it for users):
 *   messageId     "SOURCE ID": the two together name an event. A source has no blank in it, so the pair can be told
 *                 apart; where the text would be too long, or ends in a blank, "sha256:" and the hash of both instead
 *   userId        `subject`, else the extension `userid`, else data.userId
 *   anonymousId   the extension `anonymousid`, else data.anonymousId
 *   timestamp     `time`; without one, when it was received. A CloudEvent has no sending time: no clock is corrected
 *   type          `identify`, `track`, `page`, `screen`, `group` or `alias`, alone or after "com.segment.", is that call:
 *                 data is its message (`event`, `name`, `traits`, `properties`, `previousId` ...); where data has no
 *                 payload member of the call's own, its other members are the payload. Any other type is a track call
 *                 of that name, and data its properties, {"value": data} when it is no object
 *   context       data.context of a Segment call; groupId from the extension `groupid`; `cloudevent` holds every attribute
 *                 but specversion, extensions included, as it was sent
 *   data          JSON by its content type, or where none was said. text/... is {"value": "the text"}. A body without
 *                 a content type, or with the one curl sends unasked, is JSON if it can be read as such. Other bytes
 *                 are left out and counted in context.cloudevent.data_bytes; so is data_base64 unless its
 *                 datacontenttype says that it is JSON
 *
 * A header's value is unquoted when all of it stands in double quotes, then percent-decoded once; a percent sign without
 * two digits is one, and bytes that are not UTF-8 as sent are ISO 8859-1: so the official JavaScript SDK sends them. Refused
 * with ERR_INVALID or ERR_SYNTAX, all the sender's to mend (400): a missing or blank id, source, type, specversion; another
 * specversion than 1.0; a time that is not RFC 3339; a source with blanks; escapes that are not UTF-8 and control
 * characters in an attribute; an attribute given twice; a name that is not of a-z and 0-9; an extension that is a list or object; data together with
 * data_base64. With ERR_LIMIT: too many attributes. The header ce-datacontenttype must not be sent; Content-Type counts.
 *
 * Pure; keeps nothing between calls. Does not check who may send, sizes of bodies, or what normalise.h checks.
 */
#ifndef EMBUDO_CORE_CLOUDEVENT_H
#define EMBUDO_CORE_CLOUDEVENT_H

#include "base/json.h"

enum { CLOUDEVENT_ATTRIBUTES_MAX = 64 /* of one event, extensions included */ };

struct cloudevent_header { /* one of the request; names in any case, values as they stood on the wire */
  struct str name, value;
};

enum cloudevent_mode {
  CLOUDEVENT_NONE,       /* not a CloudEvent: no ce-* header, another media type */
  CLOUDEVENT_BINARY,     /* cloudevent_from_headers */
  CLOUDEVENT_STRUCTURED, /* cloudevent_from_json */
  CLOUDEVENT_BATCHED,    /* cloudevent_from_json for each member of the array */
  CLOUDEVENT_UNSUPPORTED /* an event format other than JSON: 415 */
};

/* content_type: the header's value with its parameters, empty when there is none. */
enum cloudevent_mode cloudevent_mode(struct str content_type, const struct cloudevent_header *headers,
                                     size_t count);

/* Each appends one JSON object to `out`, or leaves it as it was and returns -1 with *err. Readers: `scratch` reads data
 * that is not part of a parsed document yet; it must not be the one that holds `root`. */
int cloudevent_from_headers(const struct cloudevent_header *headers, size_t count, struct str content_type,
                            struct str body, struct json_reader *scratch, struct buf *out, struct err *err);
int cloudevent_from_json(struct json_ref root, struct json_reader *scratch, struct buf *out, struct err *err);

#endif
