/* What an entry of the lists in embudo.yaml says: sources, tokens, secrets, destinations. */
#include "core/config/config_private.h"

#include "core/config/credential.h"
#include "core/config/roles.h"

static const struct config_setting source_fields[] = {
    {.path = "name",
     .type = CONFIG_TEXT,
     .offset = offsetof(struct config_source, name),
     .min = 1,
     .max = CONFIG_NAME_MAX,
     .doc = "What the events of this key are filed under."},
    {.path = "write_key",
     .type = CONFIG_SECRET,
     .offset = offsetof(struct config_source, sha256),
     .initial = "",
     .min = CREDENTIAL_WRITE_KEY_MIN,
     .doc = "The key that clients send, best as ${NAME} or file:/path."},
    {.path = "write_key_sha256",
     .type = CONFIG_SHA256,
     .offset = offsetof(struct config_source, sha256),
     .initial = "",
     .doc = "Instead of the key: its SHA-256 in hex."},
    {.path = NULL}};

static const struct config_setting token_fields[] = {
    {.path = "name",
     .type = CONFIG_TEXT,
     .offset = offsetof(struct config_token, name),
     .min = 1,
     .max = CONFIG_NAME_MAX,
     .doc = "Who or what holds the token: it is named where people act."},
    {.path = "token",
     .type = CONFIG_SECRET,
     .offset = offsetof(struct config_token, sha256),
     .initial = "",
     .min = CREDENTIAL_TOKEN_MIN,
     .doc = "The token, best as ${NAME} or file:/path."},
    {.path = "token_sha256",
     .type = CONFIG_SHA256,
     .offset = offsetof(struct config_token, sha256),
     .initial = "",
     .doc = "Instead of the token: its SHA-256 in hex."},
    {.path = "roles",
     .type = CONFIG_ROLES,
     .offset = offsetof(struct config_token, roles),
     .words = role_words,
     .doc = "What it may do. admin covers the others."},
    {.path = NULL}};

static const struct config_setting secret_fields[] = {
    {.path = "name",
     .type = CONFIG_TEXT,
     .offset = offsetof(struct config_secret, name),
     .min = 1,
     .max = CONFIG_NAME_MAX,
     .doc = "What rule files call it: secret \"NAME\"."},
    {.path = "value",
     .type = CONFIG_HIDDEN,
     .offset = offsetof(struct config_secret, value),
     .min = 1,
     .max = CONFIG_TEXT_MAX,
     .doc = "The secret itself, best as ${NAME} or file:/path."},
    {.path = NULL}};

static const struct config_setting destination_fields[] = {
    {.path = "name",
     .type = CONFIG_TEXT,
     .offset = offsetof(struct config_destination, name),
     .min = 1,
     .max = CONFIG_NAME_MAX,
     .doc = "The destination's name in the rule files."},
    {.path = "url",
     .type = CONFIG_TEXT,
     .offset = offsetof(struct config_destination, url),
     .min = 1,
     .max = CONFIG_TEXT_MAX,
     .doc = "Where it is here, in place of the rule files' `url`."},
    {.path = NULL}};

const struct config_record config_secret_record = {sizeof(struct config_secret), secret_fields, NULL, NULL,
                                                   "  - name: CRM_HOOK\n    value: ${CRM_HOOK}\n"};

const struct config_record config_destination_record = {
    sizeof(struct config_destination), destination_fields, NULL, NULL,
    "  - name: crm\n    url: https://crm.example.com/hooks/embudo\n"};

const struct config_record config_source_record = {
    sizeof(struct config_source), source_fields, "write_key", "write_key_sha256",
    "  - name: website\n    write_key: ${WEBSITE_WRITE_KEY}\n"};

const struct config_record config_token_record = {
    sizeof(struct config_token), token_fields, "token", "token_sha256",
    "  - name: crm\n    token: file:/etc/embudo/crm.token\n    roles: [sales]\n"};
