// A clock that runs out: Slack and the CRM are told, once, over a kill -9, and the lead goes to the next in turn.
import { after, before, test } from "node:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import { Daemon } from "./lib/daemon.mjs";
import { Hooks } from "./lib/hooks.mjs";
import { send } from "./lib/http.mjs";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
let hooks, slack, daemon, rules;

const rule_file = (url) => `dimension "intent" {}
rule "demo" { doc = "Asked for a demo", on = track "Demo Requested", points = { intent = 40 } }
lifecycle "main" {
  start = "lead", endorsed = { "mql" }, sales = { "sal" },
  move { "lead", "mql", when = score { intent = at_least(40) } },
  move { "mql", "sal", act = "accept", by = "sales" },
}
acts { log_call = { by = "sales", private = { "note" } } }
sla "first_touch" {
  stage = "mql", stops_at = act "log_call" | entered "sal", warn = "500ms", due = "1s",
  breach = { escalate = "sales_manager", reassign = true },
}
assign "sales" { stage = "mql", pool = { "maria", "jon" } }
destination "slack" { plugin = "slack", url = secret "SLACK_URL" }
destination "crm" { url = "${url}/crm", secrets = secret "CRM" }
effect "late" { doc = "Nobody has called", on = breached "first_touch", to = { "slack", "crm" }, type = "lead.late" }
effect "given" { doc = "Somebody's lead", on = act "assign", to = "crm", type = "lead.assigned" }
effect "called" { on = act "log_call", to = "crm", type = "lead.called" }
`;

before(async () => {
  hooks = await Hooks.open([SECRET]);
  slack = await Hooks.open([]);
  slack.plans["/slack"] = Array.from({ length: 100 }, () => ({ status: 200, body: "ok" }));
  rules = await mkdtemp(join(tmpdir(), "embudo-e2e-rules-"));
  await writeFile(join(rules, "rules.lua"), rule_file(hooks.url));
  const config = `secrets:
  - { name: SLACK_URL, value: "${slack.url}/slack" }
  - { name: CRM, value: ${SECRET} }
plugins: ${new URL("../../plugins", import.meta.url).pathname}
outbound: { allow: [127.0.0.1] }
`;
  daemon = await Daemon.start({ rules, config });
});

after(async () => {
  await daemon?.close();
  await hooks.close();
  await slack.close();
  await rm(rules, { recursive: true, force: true });
});

const asks = async (userId) => assert.equal((await daemon.post("/v1/track", { userId, event: "Demo Requested" })).status, 200);
// An attempt that a kill -9 interrupted may come twice, under its one id.
const told = (receiver, path) => [...new Map(receiver.at(path).map((one) => [one.id ?? one.body, one])).values()];
const types = () => told(hooks, "/crm").map(({ json }) => json.type);

async function until(count, receiver, path) {
  for (let more = count; told(receiver, path).length < count; more++) await receiver.came(path, more);
  return told(receiver, path);
}

test("a breach is told of with its clock, and the lead is the next one's", async () => {
  await asks("ana");
  const [told] = await slack.came("/slack", 1);
  assert.match(told.json.text, /^\*ana\*: first_touch \*breached\*, due .*, for sales_manager/);
  const messages = (await hooks.came("/crm", 3)).map(({ json }) => json);
  assert.deepEqual(types(), ["lead.assigned", "lead.late", "lead.assigned"]);
  const { clock, standing } = messages[1].data;
  assert.deepEqual([clock.what, clock.sla, clock.escalate, standing.owner], ["breached", "first_touch", "sales_manager", "maria"]);
  assert.equal(messages[1].timestamp, clock.due_at);
  assert.deepEqual([messages[2].data.event.act, messages[2].data.event.role, messages[2].data.standing.owner], ["assign", "system", "jon"]);
});

test("what a person says in private is told nobody", async () => {
  const headers = { Authorization: `Bearer ${daemon.token}`, "Content-Type": "application/json" };
  const body = JSON.stringify({ act: "log_call", actor: "maria", role: "sales", properties: { outcome: "connect", note: "Only for us" } });
  const answer = await send(daemon, { path: "/v1/leads/ana/acts", headers, body });
  assert.equal(answer.status, 200, answer.text);
  const messages = await hooks.came("/crm", 4);
  assert.equal(messages[3].json.data.event.act, "log_call");
  for (const { body: text } of messages) assert.ok(!text.includes("Only for us"));
});

test("what ran out while the daemon was dead is told when it is back, as of when it was due", async () => {
  await asks("bob");
  await until(5, hooks, "/crm"); // given to somebody: the clock runs
  await daemon.again("SIGKILL", 1500);
  const messages = await until(7, hooks, "/crm");
  assert.deepEqual(types().slice(4), ["lead.assigned", "lead.late", "lead.assigned"]);
  const { timestamp, data } = messages[5].json;
  assert.deepEqual([data.lead.id, timestamp], ["bob", data.clock.due_at]);
});

test("another start tells nobody anything again", async () => {
  await daemon.again("SIGKILL");
  await asks("eva"); // whatever the start had to tell comes before her
  await until(10, hooks, "/crm");
  assert.deepEqual(types().filter((type) => type === "lead.late").length, 3);
  await until(3, slack, "/slack");
  assert.equal(new Set(slack.at("/slack").map(({ body }) => body)).size, 3);
});
