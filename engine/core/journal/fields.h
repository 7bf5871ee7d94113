/* fields.h - the members of a record's JSON, read one by one: the first that is not as it should be is the error.
 *
 * What is read after an error is of no use, and harmless: empty texts, TIME_NEVER. Texts borrow from the reader; names are the
 * book's.
 */
#ifndef EMBUDO_CORE_FIELDS_H
#define EMBUDO_CORE_FIELDS_H

#include "core/journal/leadbook.h"

struct fields {
  struct leadbook *book;
  struct json_ref root;
  const char *what; /* for the error: "a recorded decision" */
  struct err *err;
  bool failed;
};

void fields_miss(struct fields *fields,
                 const char *key); /* the member is not there, or not as it should be */

/* Empty where there is none. */
struct str fields_text(struct fields *fields, const char *key, bool required);
uint16_t fields_name(struct fields *fields, const char *key, bool required); /* interned in the book */
int64_t fields_instant(struct fields *fields, const char *key,
                       bool required); /* TIME_NEVER where there is none */

#endif
