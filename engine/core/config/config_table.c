/* Every setting of embudo.yaml: what it is called, takes and does. */
#include "core/config/config_private.h"

#include "base/log.h"
#include "base/timefmt.h"
#include "core/config/roles.h"

#define KIB(n)    (INT64_C(1024) * (n))
#define MIB(n)    (INT64_C(1048576) * (n))
#define GIB(n)    (INT64_C(1073741824) * (n))
#define AT(field) .offset = offsetof(struct config, field)
#define LIST(field, count)                                                                                   \
  .offset = offsetof(struct config, field), .count_offset = offsetof(struct config, count)
#define SECONDS(n) (TIME_MS_PER_SECOND * (n))
#define MINUTES(n) (TIME_MS_PER_MINUTE * (n))

const struct config_section config_sections[] = {
    {"log", "What is told on standard error."},
    {"limits", "Bounds that keep one client, or all of them together, from taking the machine down."},
    {"commit",
     "How many requests share one write to the disk. A request is answered when its events are there."},
    {"journal", "How the journal is kept small."},
    {"cors", "Which web pages may talk to embudo."},
    {"forms", "Forms of web pages that send here without any script: /v1/forms/NAME."},
    {"retention", "How long what came in is kept."},
    {"outbound", "Where enrichers and destinations may call out to, and for how long."},
    {"rulesets", "What happens when rules change."},
    {"metrics", "Numbers about embudo itself, for Prometheus."},
    {NULL, NULL}};

const struct config_setting config_settings[] = {
    {.path = "listen",
     .type = CONFIG_ADDRESS,
     AT(listen),
     .initial = "127.0.0.1:8080",
     .fixed = true,
     .doc = "Where HTTP is served. Only this machine can reach 127.0.0.1; 0.0.0.0:8080 is all IPv4 "
            "addresses, :8080 all "
            "addresses. There is no TLS here: put a reverse proxy in front, and name it under proxies."},
    {.path = "data",
     .type = CONFIG_PATH,
     AT(data),
     .initial = "./embudo-data",
     .min = 1,
     .max = CONFIG_TEXT_MAX,
     .fixed = true,
     .doc = "The directory of the journal and the keys. Made when it is not there."},
    {.path = "rules",
     .type = CONFIG_PATH,
     AT(rules),
     .initial = "",
     .max = CONFIG_TEXT_MAX,
     .fixed = true,
     .doc = "The rules directory. Empty: the default pack."},
    {.path = "plugins",
     .type = CONFIG_PATH,
     AT(plugins),
     .initial = "",
     .max = CONFIG_TEXT_MAX,
     .fixed = true,
     .doc = "The directory of plugins. Empty: none."},
    {.path = "sources",
     .type = CONFIG_RECORDS,
     LIST(sources, source_count),
     .record = &config_source_record,
     .doc = "Who may send events: write keys, each with the name its events are filed under. A name may have "
            "several keys, "
            "so that one can be replaced without a gap. Keys of `embudo key add` count too."},
    {.path = "tokens",
     .type = CONFIG_RECORDS,
     LIST(tokens, token_count),
     .record = &config_token_record,
     .doc = "Who may do everything else, with what roles."},
    {.path = "secrets",
     .type = CONFIG_RECORDS,
     LIST(secrets, secret_count),
     .record = &config_secret_record,
     .doc =
         "What rule files may use without seeing it: keys of services, signing secrets. Nothing ever shows "
         "them."},
    {.path = "destinations",
     .type = CONFIG_RECORDS,
     LIST(destinations, destination_count),
     .record = &config_destination_record,
     .doc = "What is different here about destinations that the rule files declare."},
    {.path = "public_url",
     .type = CONFIG_TEXT,
     AT(public_url),
     .initial = "",
     .max = CONFIG_TEXT_MAX,
     .doc = "Where people reach this embudo, as https://embudo.example.com: hand-offs link to a lead's "
            "explanation there. Empty: no links."},
    {.path = "proxies",
     .type = CONFIG_NETWORKS,
     LIST(proxies, proxy_count),
     .initial = "",
     .fixed = true,
     .doc = "Networks of reverse proxies. Their X-Forwarded-For is believed, and limits per address are not "
            "theirs."},
    {.path = "shutdown_time",
     .type = CONFIG_DURATION,
     AT(shutdown_ms),
     .initial = "10s",
     .min = 0,
     .max = MINUTES(10),
     .doc = "How long requests under way may take to finish after SIGTERM."},

    {.path = "log.level",
     .type = CONFIG_CHOICE,
     AT(log.level),
     .initial = "info",
     .words = log_level_words,
     .doc = "The least important lines that are written."},
    {.path = "log.format",
     .type = CONFIG_CHOICE,
     AT(log.format),
     .initial = "logfmt",
     .words = log_format_words,
     .doc = "How a line looks."},
    {.path = "log.requests",
     .type = CONFIG_BOOLEAN,
     AT(log.requests),
     .initial = "false",
     .doc = "Whether each HTTP request gets a line: method, route, status, time, request id; no addresses, "
            "no ids of "
            "people."},

    {.path = "limits.body_bytes",
     .type = CONFIG_SIZE,
     AT(limits.body_bytes),
     .initial = "4 MiB",
     .min = KIB(512),
     .max = MIB(64),
     .fixed = true,
     .doc = "Of a request's body after decompression."},
    {.path = "limits.event_bytes",
     .type = CONFIG_SIZE,
     AT(limits.event_bytes),
     .initial = "32 KiB",
     .min = KIB(1),
     .max = MIB(1),
     .doc = "Of one event. A larger one is left out of its batch and counted."},
    {.path = "limits.batch_events",
     .type = CONFIG_INTEGER,
     AT(limits.batch_events),
     .initial = "2500",
     .min = 1,
     .max = 65536,
     .doc = "Events in one request."},
    {.path = "limits.events_per_second",
     .type = CONFIG_INTEGER,
     AT(limits.events_per_second),
     .initial = "0",
     .min = 0,
     .max = 10000000,
     .doc = "Of each write key; beyond it requests are told to come back later. 0: no limit."},
    {.path = "limits.connections",
     .type = CONFIG_INTEGER,
     AT(limits.connections),
     .initial = "1024",
     .min = 16,
     .max = 65536,
     .fixed = true,
     .doc = "At the same time, of all clients."},
    {.path = "limits.connections_per_ip",
     .type = CONFIG_INTEGER,
     AT(limits.connections_per_ip),
     .initial = "256",
     .min = 1,
     .max = 65536,
     .fixed = true,
     .doc = "At the same time, of one address (of IPv6, a /64). SDKs open dozens. This machine and proxies "
            "have no such "
            "limit."},
    {.path = "limits.head_time",
     .type = CONFIG_DURATION,
     AT(limits.head_ms),
     .initial = "10s",
     .min = SECONDS(1),
     .max = MINUTES(10),
     .fixed = true,
     .doc = "For a request's first line and headers to arrive."},
    {.path = "limits.body_time",
     .type = CONFIG_DURATION,
     AT(limits.body_ms),
     .initial = "30s",
     .min = SECONDS(1),
     .max = MINUTES(60),
     .fixed = true,
     .doc = "For its body to arrive. Streams of events are bounded by their speed instead."},
    {.path = "limits.idle_time",
     .type = CONFIG_DURATION,
     AT(limits.idle_ms),
     .initial = "30s",
     .min = SECONDS(1),
     .max = MINUTES(60),
     .fixed = true,
     .doc = "For which a connection is kept between requests."},
    {.path = "limits.queue_requests",
     .type = CONFIG_INTEGER,
     AT(limits.queue_requests),
     .initial = "4096",
     .min = 16,
     .max = 1000000,
     .fixed = true,
     .doc = "Requests that wait for the disk. Beyond it clients are told to come back later."},
    {.path = "limits.queue_bytes",
     .type = CONFIG_SIZE,
     AT(limits.queue_bytes),
     .initial = "64 MiB",
     .min = MIB(1),
     .max = GIB(4),
     .fixed = true,
     .doc = "Of their events together."},
    {.path = "limits.dedupe_ids",
     .type = CONFIG_INTEGER,
     AT(limits.dedupe_ids),
     .initial = "50M",
     .min = 1000,
     .max = 1000000000,
     .fixed = true,
     .doc = "Message ids remembered to tell repetitions. The oldest are forgotten first, none before a day "
            "has passed "
            "unless this many came since."},
    {.path = "limits.failures_before_quarantine",
     .type = CONFIG_INTEGER,
     AT(limits.failures_before_quarantine),
     .initial = "5",
     .min = 1,
     .max = 1000000,
     .doc = "Failures of a rule's function after which it is no longer called and its answer is unknown, "
            "until its "
            "rule is changed or 'embudo quarantine release' lets it go."},
    {.path = "limits.rule_instructions",
     .type = CONFIG_INTEGER,
     AT(limits.rule_instructions),
     .initial = "500000",
     .min = 10000,
     .max = 100000000,
     .doc = "Steps of the script machine that one call of a rule's function may take, library functions "
            "included by "
            "what they do; 500 thousand take about 2 ms. The same on every machine. Behind it stands a limit "
            "that is no setting: 100 ms of processor time for a call, 1 s for a file that is loaded. For "
            "rules loaded from "
            "then on."},
    {.path = "limits.load_instructions",
     .type = CONFIG_INTEGER,
     AT(limits.load_instructions),
     .initial = "20M",
     .min = 100000,
     .max = 1000000000,
     .doc = "The same of what a rule file does while it is loaded."},
    {.path = "limits.rule_memory",
     .type = CONFIG_SIZE,
     AT(limits.rule_memory),
     .initial = "16 MiB",
     .min = MIB(2),
     .max = GIB(1),
     .doc = "What the scripts of one set of rules may hold in memory; beyond it the call at hand is ended. "
            "For rules "
            "loaded from then on."},

    {.path = "limits.rule_output",
     .type = CONFIG_SIZE,
     AT(limits.rule_output),
     .initial = "256 KiB",
     .min = KIB(1),
     .max = MIB(8),
     .doc = "What one call of a rule's function may give as data: a message for others, a request of an "
            "enricher, its "
            "answer. More is a failure of the function. (Points are one number for each dimension, errors "
            "600 bytes.) "
            "For rules loaded from then on."},
    {.path = "limits.stuck_time",
     .type = CONFIG_DURATION,
     AT(limits.stuck_ms),
     .initial = "5s",
     .min = SECONDS(1),
     .max = TIME_NEVER,
     .fixed = true,
     .doc = "How long embudo may fail to get round to anything new, which only a fault of its own can cause, "
            "before it ends itself to be started again. Nothing that was acknowledged is lost by that."},

    {.path = "commit.wait",
     .type = CONFIG_DURATION,
     AT(commit.wait_ms),
     .initial = "2ms",
     .min = 0,
     .max = SECONDS(1),
     .fixed = true,
     .doc = "How long a write waits for more requests to share it. 0s: not at all."},
    {.path = "journal.block_bytes",
     .type = CONFIG_SIZE,
     AT(journal.block_bytes),
     .initial = "1 MiB",
     .min = KIB(16),
     .max = MIB(8),
     .doc = "Single requests leave small blocks in the journal. They are packed together, up to 512 of them, "
            "into blocks of at "
            "most so much before compression, where that makes sixteen or more into one."},
    {.path = "journal.pack_share",
     .type = CONFIG_INTEGER,
     AT(journal.pack_share),
     .initial = "20",
     .min = 0,
     .max = 90,
     .doc =
         "How much of its time, in hundredths, the thread that writes may spend on that while there are "
         "small blocks, in steps of some milliseconds between writes. 0: blocks stay as they were written."},
    {.path = "journal.free_share",
     .type = CONFIG_INTEGER,
     AT(journal.free_share),
     .initial = "25",
     .min = 1,
     .max = 100,
     .doc = "How much of the journal's file, in hundredths, may be free room before some is given back to "
            "the disk; half of that stays for what comes. 100: none is given back."},
    {.path = "cors.ingest_origins",
     .type = CONFIG_ORIGINS,
     LIST(cors.origins, cors.origin_count),
     .initial = "*",
     .fixed = true,
     .doc = "Origins of pages that may send events from a browser, as https://www.example.com; \"*\" is all. "
            "Nothing but "
            "sending is open to other sites' pages."},

    {.path = "forms.redirects",
     .type = CONFIG_URLS,
     LIST(forms.redirects, forms.redirect_count),
     .initial = "",
     .doc = "Where a form may send its visitor afterwards, by its field `redirect`: nowhere else. The first "
            "is for forms "
            "that name none. Empty: the answer is JSON."},
    {.path = "forms.trap",
     .type = CONFIG_TEXT,
     AT(forms.trap),
     .initial = "",
     .max = CONFIG_NAME_MAX,
     .doc = "A field that people do not see and leave empty. What fills it in is a machine: it is answered "
            "as any "
            "other and not taken."},
    {.path = "forms.consent",
     .type = CONFIG_TEXT,
     AT(forms.consent),
     .initial = "consent",
     .max = CONFIG_NAME_MAX,
     .doc =
         "The field in which people agree to be contacted: it becomes the trait `consent`, yes or no. A box "
         "that is not "
         "ticked is not sent by browsers: put a hidden field of the same name with the value no before it."},

    {.path = "retention.leads",
     .type = CONFIG_DURATION,
     AT(retention.leads_ms),
     .initial = "never",
     .min = TIME_MS_PER_DAY,
     .max = TIME_NEVER,
     .doc = "People of whom nothing was heard for so long are erased, with all their events, as by 'embudo "
            "erase'. Nobody else's score changes. Looked for once an hour."},

    {.path = "outbound.hosts",
     .type = CONFIG_HOSTS,
     LIST(outbound.hosts, outbound.host_count),
     .initial = "",
     .fixed = true,
     .doc = "The only hosts that may be asked; *.example.com is everything below it. Empty: any public one."},
    {.path = "outbound.allow",
     .type = CONFIG_REACH,
     LIST(outbound.allow, outbound.allow_count),
     .initial = "",
     .fixed = true,
     .doc = "Networks and hosts that may be asked although their address is not a public one. Without it "
            "nothing in "
            "the "
            "inside can be reached: not this machine, private networks, link-local addresses or clouds' "
            "metadata, in "
            "no "
            "spelling."},
    {.path = "outbound.connect_time",
     .type = CONFIG_DURATION,
     AT(outbound.connect_ms),
     .initial = "2s",
     .min = 100,
     .max = MINUTES(1),
     .fixed = true,
     .doc = "For a connection to come about, its name's look-up included."},
    {.path = "outbound.call_time",
     .type = CONFIG_DURATION,
     AT(outbound.call_ms),
     .initial = "5s",
     .min = 100,
     .max = MINUTES(5),
     .fixed = true,
     .doc = "For one call from its start to the end of its answer."},
    {.path = "outbound.answer_bytes",
     .type = CONFIG_SIZE,
     AT(outbound.answer_bytes),
     .initial = "1 MiB",
     .min = KIB(1),
     .max = MIB(64),
     .fixed = true,
     .doc = "Of one answer, after decompression. A larger one is an error."},
    {.path = "outbound.name_servers",
     .type = CONFIG_TEXT,
     AT(outbound.name_servers),
     .initial = "",
     .max = CONFIG_TEXT_MAX,
     .fixed = true,
     .doc = "Which name servers enrichers' dns asks, as 192.0.2.1:53, with commas between. Empty: the "
            "system's."},
    {.path = "outbound.ca_file",
     .type = CONFIG_TEXT,
     AT(outbound.ca_file),
     .initial = "",
     .max = CONFIG_TEXT_MAX,
     .fixed = true,
     .doc = "A PEM file of the certificate authorities that are trusted. Empty: the system's."},

    {.path = "rulesets.stages",
     .type = CONFIG_STAGES,
     AT(rulesets.stages),
     .initial = "now",
     .doc =
         "When stage changes that other rules bring about by themselves are recorded, and so reach others: "
         "at once, when they are released (`embudo ruleset release`), or so many an hour. Scores are the "
         "new rules' at once."},
    {.path = "rulesets.keep",
     .type = CONFIG_INTEGER,
     AT(rulesets.keep),
     .initial = "50",
     .min = 2,
     .max = CONFIG_RULESETS_MAX,
     .doc = "How many rulesets that were in charge are kept, with all their files, to look at and to go back "
            "to."},
    {.path = "rulesets.keep_bytes",
     .type = CONFIG_SIZE,
     AT(rulesets.keep_bytes),
     .initial = "256 MiB",
     .min = MIB(1),
     .max = GIB(16),
     .doc = "Of their files together, before compression; a file that several share counts once. Those that "
            "were in charge longest ago go first, the present one never."},

    {.path = "metrics.public",
     .type = CONFIG_BOOLEAN,
     AT(metrics.is_public),
     .initial = "false",
     .doc = "Whether /metrics can be read without a token from anywhere. From this machine it can be while "
            "embudo listens on "
            "127.0.0.1 or ::1 alone, unless a proxy passes the request on."},
    {.path = NULL}};

const struct config_setting *config_find(struct str path) {
  for (const struct config_setting *setting = config_settings; setting->path; setting++)
    if (str_eq(path, str_of(setting->path))) return setting;
  return NULL;
}
