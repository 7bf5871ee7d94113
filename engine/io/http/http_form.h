/* http_form.h - what a browser's form sends: application/x-www-form-urlencoded, or multipart/form-data without files.
 *
 * Fields come in their order, names may repeat. Refused: more than HTTP_QUERY_MAX fields, bytes that are not UTF-8, NULs, files, parts
 * that have no name or no end. Pure. */
#ifndef EMBUDO_IO_HTTP_FORM_H
#define EMBUDO_IO_HTTP_FORM_H

#include "io/http/http_request.h"

enum { HTTP_BOUNDARY_MAX = 70 }; /* RFC 2046 */

struct http_form {
  struct http_pair fields[HTTP_QUERY_MAX]; /* in the body, or in `room` */
  int count;
  struct buf room;
};

void http_form_init(struct http_form *form);
void http_form_release(struct http_form *form);

/* The form in the request's body, by its Content-Type; 415 for any other. The texts live as long as the request and the form. */
int http_form_read(struct http_form *form, const struct http_request *request, struct http_failure *failure);

/* The last of that name, as a box after a hidden field; false and an empty value: there is none. */
bool http_form_find(const struct http_form *form, struct str name, struct str *value);

#endif
