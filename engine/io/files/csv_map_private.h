/* csv_map_private.h - the layout of struct csv_map, shared by csv_map*.c alone.
 *
 * csv_map.c        reading a map
 * csv_map_bind.c   finding its columns in a header, or guessing them
 * csv_map_event.c  a row as JSON
 */
#ifndef EMBUDO_IO_CSV_MAP_PRIVATE_H
#define EMBUDO_IO_CSV_MAP_PRIVATE_H

#include "base/arena.h"
#include "base/timefmt.h"
#include "io/files/csv_map.h"

enum cell { CELL_TEXT, CELL_NUMBER, CELL_BOOL };

/* The places a column can go to. The last three are objects, and roots of trees. */
enum slot { ID, ANONYMOUS_ID, ACCOUNT, TIME, MESSAGE_ID, EVENT, TRAITS, PROPERTIES, CONTEXT, SLOTS };

enum { NO_COLUMN = -1, NO_NODE = -1 };

struct node { /* of what an event holds: a value, or an object of such */
  struct str key;
  struct str column_name;
  int column;
  enum cell cell;
  int first_child, sibling;
};

struct csv_map {
  struct arena arena;
  struct node *nodes; /* the first SLOTS are the places themselves */
  int count, cap;
  bool rest;                /* other columns are traits */
  bool guess;               /* headers are recognised */
  size_t width;             /* of the header */
  char time[TIME_TEXT_MAX]; /* of rows when no column gives it */
};

/* The member of an object, made when it is new; children keep the order they were named in. */
int csv_map_child(struct csv_map *map, int parent, struct str key);

bool csv_map_is_taken(const struct csv_map *map, int node); /* it has a column, or will have */

#endif
