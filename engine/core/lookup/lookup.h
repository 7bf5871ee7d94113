/* lookup.h - what enrichers can look up at once: the bundle's lists and tables, registered domains.
 *
 * lists/NAME.txt is a list (model/ruleset/list.h). lists/NAME.csv is a table: its first line names the columns, the first column is the
 * key (letters' case does not matter; the first row of a key wins); fields may be quoted, a quote in them doubled. Built with
 * the bundle, and so changed by a reload; read-only afterwards.
 */
#ifndef EMBUDO_CORE_LOOKUP_H
#define EMBUDO_CORE_LOOKUP_H

#include "core/lookup/lookup_mmdb.h"
#include "core/rules/ruledir.h"
#include "model/ruleset/domain.h"
#include "notation/problems.h"
#include "vm/script/task.h"

enum { LOOKUP_COLUMNS_MAX = 64, LOOKUP_ROWS_MAX = 2000000 };

struct lookup;

/* Problems of lists and tables are added. */
struct lookup *lookup_new(const struct ruledir *bundle, struct problems *problems);
void lookup_free(struct lookup *lookup); /* NULL is fine */

/* What somebody registered, by the public suffix list: "mail.acme.co.uk" -> "acme.co.uk", in lower case. False: nobody can have
 * registered that. */
bool lookup_registered(struct str host, char out[DOMAIN_MAX + 1], struct str *domain);

struct task_lookup lookup_calls(struct lookup *lookup);

/* Its databases of addresses, see there; NULL for NULL. */
struct lookup_mmdb *lookup_databases(struct lookup *lookup);

#endif
