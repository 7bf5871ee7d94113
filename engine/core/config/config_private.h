/* config_private.h - between the files of the configuration: the table of settings, and values as text and back. */
#ifndef EMBUDO_CORE_CONFIG_PRIVATE_H
#define EMBUDO_CORE_CONFIG_PRIVATE_H

#include "core/config/config.h"

enum config_type {
  CONFIG_TEXT,     /* const char * */
  CONFIG_PATH,     /* const char *: a directory */
  CONFIG_ADDRESS,  /* const char *: HOST:PORT */
  CONFIG_INTEGER,  /* int64_t; also "50M" */
  CONFIG_SIZE,     /* int64_t bytes: "4 MiB" */
  CONFIG_DURATION, /* int64_t ms: "30s"; where max is TIME_NEVER also "never" */
  CONFIG_BOOLEAN,  /* bool */
  CONFIG_CHOICE,   /* int: index in words */
  CONFIG_STAGES,   /* int64_t: core/engine/stages.h */
  CONFIG_ROLES,    /* unsigned: a list of words */
  CONFIG_ORIGINS,  /* struct str * and size_t: a list; "*" alone is NULL */
  CONFIG_URLS,     /* struct str * and size_t: a list of http and https URLs */
  CONFIG_NETWORKS, /* struct network * and size_t: a list */
  CONFIG_HOSTS,    /* struct str * and size_t: a list of patterns of hosts */
  CONFIG_REACH,    /* struct str * and size_t: a list of networks and patterns of hosts */
  CONFIG_SECRET,   /* const char *: the SHA-256 of what is written */
  CONFIG_HIDDEN,   /* const char *: a secret as it is written, for sending; never printed */
  CONFIG_SHA256,   /* const char *: 64 hex digits */
  CONFIG_RECORDS   /* an array of structs and size_t */
};

struct config_setting {
  const char *path;
  enum config_type type;
  size_t offset;       /* of the value in struct config, or in the record */
  size_t count_offset; /* lists: of the number of items */
  const char
      *initial;     /* the default, as a flag would say it; of a record's field: NULL when it must be there */
  int64_t min, max; /* numbers; of texts: bytes; of secrets: the fewest bytes */
  const char *const *words; /* choices, roles */
  const struct config_record *record;
  bool fixed;      /* a running daemon cannot take a change over */
  const char *doc; /* whole sentences */
};

struct config_record { /* what CONFIG_RECORDS holds */
  size_t size;
  const struct config_setting *fields; /* ended by a NULL path */
  const char *secret; /* "write_key": exactly one of it and `hash` is needed; NULL: there are none */
  const char *hash;
  const char *example; /* the YAML of one entry, lines indented for a list at the left margin */
};

struct config_section {
  const char *name;
  const char *doc;
};

enum { CONFIG_NAME_MAX = 255 /* bytes of a name that people give */ };

extern const struct config_setting config_settings[]; /* in the order shown; ended by a NULL path */
extern const struct config_section config_sections[]; /* ended by a NULL name */

/* (config_records.c) Entries of lists. */
extern const struct config_record config_source_record, config_token_record, config_secret_record,
    config_destination_record;

const struct config_setting *config_find(struct str path); /* NULL: there is none */

/* Parses what a file or flag says into the setting's place in `base` (a struct config or a record); what must last is
 * put in `arena`. *err names the value, unless it is a secret, and what was expected; not the setting. */
int config_parse(struct arena *arena, const struct config_setting *setting, struct str text, void *base,
                 struct err *err);

/* The same for a list's items. */
int config_parse_list(struct arena *arena, const struct config_setting *setting, const struct str *items,
                      size_t count, void *base, struct err *err);
bool config_is_list(const struct config_setting *setting);

/* A value as the file would say it; records as "". */
void config_value_text(const struct config_setting *setting, const void *base, struct buf *out);

/* What the setting takes: "a size, 512 KiB to 64 MiB". */
void config_type_text(const struct config_setting *setting, struct buf *out);

/* ${NAME} and ${NAME:-text} replaced, appended to `out`. */
int config_expand(struct str text, config_env *env, struct buf *out, struct err *err);

#endif
