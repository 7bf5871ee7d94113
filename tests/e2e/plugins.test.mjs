// The destinations that come with embudo, part of a ruleset, against answers as those places give them.
import { after, before, test } from "node:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import { Daemon } from "./lib/daemon.mjs";
import { Hooks } from "./lib/hooks.mjs";

const UPSERT = "/crm/v3/objects/contacts/batch/upsert";
let hooks, daemon, rules;

const rule_file = (url) => `dimension "interest" {}
rule "any" { on = any_event {}, points = { interest = 1 } }
lifecycle "main" { start = "lead", move { "lead", "mql", when = score { interest = at_least(2) } } }
destination "hubspot" {
  plugin = "hubspot", schedule = "200ms",
  options = { token = secret "HUBSPOT_TOKEN", id_property = "embudo_message", properties = { embudo_interest = "standing.scores.interest" } },
}
destination "sales" { plugin = "slack", url = secret "SLACK_URL", schedule = "200ms" }
destination "log" { file = "leads.ndjson", plugin = "ndjson-file" }
destination "events" { plugin = "webhook", url = "${url}/events", options = { format = "cloudevents" } }
effect "hot" { on = entered "mql", to = { "hubspot", "sales", "log", "events" }, type = "lead.qualified", handoff = true }
`;

before(async () => {
  hooks = await Hooks.open([]);
  rules = await mkdtemp(join(tmpdir(), "embudo-e2e-rules-"));
  await writeFile(join(rules, "rules.lua"), rule_file(hooks.url));
  hooks.plans["/slack"] = [{ status: 200, body: "no_service" }, { status: 200, body: "ok" }];
  hooks.plans[UPSERT] = [
    { status: 207, body: JSON.stringify({ numErrors: 1, results: [], errors: [{ message: "no such property" }] }) },
    { status: 200, body: JSON.stringify({ status: "COMPLETE", results: [{ id: "1" }] }) },
  ];
  const config = `secrets:
  - { name: HUBSPOT_TOKEN, value: pat-1 }
  - { name: SLACK_URL, value: "${hooks.url}/slack" }
destinations:
  - { name: hubspot, url: "${hooks.url}" }
plugins: ${new URL("../../plugins", import.meta.url).pathname}
outbound: { allow: [127.0.0.1] }
`;
  daemon = await Daemon.start({ rules, config });
});

after(async () => {
  await daemon?.close();
  await hooks.close();
  await rm(rules, { recursive: true, force: true });
});

test("each gets its form, and what it refuses is tried again", async () => {
  const userId = "u-1", traits = { email: "ana@acme.example", first_name: "Ana" };
  assert.equal((await daemon.post("/v1/identify", { userId, traits })).status, 200);
  assert.equal((await daemon.post("/v1/track", { userId, event: "Demo Requested" })).status, 200);

  const [upsert, again] = await hooks.came(UPSERT, 2);
  assert.equal(upsert.headers.authorization, "Bearer pat-1");
  assert.equal(again.body, upsert.body);
  const [input] = upsert.json.inputs;
  assert.deepEqual([input.id, input.idProperty], ["ana@acme.example", "email"]);
  assert.deepEqual(input.properties, { email: "ana@acme.example", firstname: "Ana", embudo_interest: 2, embudo_message: upsert.id });

  const [told] = (await hooks.came("/slack", 2)).slice(-1);
  assert.match(told.json.text, /^\*ana@acme\.example\*: lead → \*mql\*\ninterest 2\n/);

  const [event] = await hooks.came("/events", 1);
  assert.equal(event.headers["content-type"], "application/cloudevents+json");
  assert.deepEqual([event.json.specversion, event.json.id, event.json.subject], ["1.0", event.id, "u-1"]);

  for (const end = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const rows = (await daemon.read("/v1/outbox?limit=10")).json.outbox;
    if (rows.length === 4 && rows.every((row) => row.state === "delivered")) break;
    assert.ok(Date.now() < end, JSON.stringify(rows));
  }
  const line = JSON.parse(await readFile(join(daemon.data, "outbox/leads.ndjson"), "utf8"));
  assert.deepEqual([line.type, line.lead, line.stage], ["lead.qualified", "u-1", "mql"]);
});
