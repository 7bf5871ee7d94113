/* doctor_leads.h - the part of `doctor` that takes the journal for what it says: read under the rules, do the records fit
 * together, and do leads stand where was recorded? */
#ifndef EMBUDO_CLI_DOCTOR_LEADS_H
#define EMBUDO_CLI_DOCTOR_LEADS_H

#include "cli/daemon/stored.h"

/* Appends to `finding` what a replay of `stored` found. 1: all is well, 0: something is worth a note, -1: something is wrong. */
int doctor_events(const struct stored *stored, struct buf *finding);

/* The same for where leads stand as of the latest reception. Folds everybody; nothing is decided. */
int doctor_stages(const struct stored *stored, struct buf *finding);

#endif
