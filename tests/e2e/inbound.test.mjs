// What other systems tell: changes of a CRM become people's acts, judged like all acts, once, and embudo's own do not come back.
import { after, before, test } from "node:test";
import { createHmac } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { Daemon, ROOT } from "./lib/daemon.mjs";
import { Hooks } from "./lib/hooks.mjs";
import { send } from "./lib/http.mjs";
import { Openapi } from "./lib/openapi.mjs";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const APP_SECRET = "e2e-hubspot-app-secret";
const PUBLIC = "https://embudo.example.com";
let daemon, hooks, openapi, rules, readme;

// A destination that renders as a CRM wants it, and two receivers: one of our own making, one as plugins/hubspot's page has it.
const rule_file = (url) => `
dimension "interest" {}
rule "any" { on = any_event {}, points = { interest = 1 } }
acts {
  assign = { doc = "Whose it is", by = "sales", asks = { "owner" }, sets = { "owner" } },
  note = { doc = "To remember", by = "marketing", asks = { "note" } },
}
lifecycle "main" {
  start = "lead",
  move { "lead", "mql", when = seen(track "Demo") },
  move { "mql", "sal", act = "accept", by = "sales" },
  move { "mql", "lead", act = "reject", by = "sales", reasons = { no_need = "30d" } },
  move { "sal", "customer", act = "win", by = "sales", asks = { "amount" } },
}
destination "crm" {
  url = "${url}/crm", secrets = secret "S",
  render = function(effect) return { body = { email = effect.data.profile.email, fields = { stage = effect.data.decision.to } } } end,
}
effect "stage" { on = entered "mql" | entered "sal" | entered "customer", to = "crm", type = "lead.stage", handoff = true }
destination "hubspot" { url = "${url}/crm", secrets = secret "S" }
receiver "crm" {
  secrets = secret "S", by = "sales", of = "crm",
  map = function(p)
    local items = {}
    if p.signup then items[1] = { type = "track", event = "Demo", userId = p.signup, traits = { email = p.lead } } end
    if p.signup then items[2] = { type = "identify", userId = p.signup, traits = { email = p.lead } } end
    for _, act in ipairs(p.acts or {}) do
      items[#items + 1] = {
        act = act.act, lead = p.lead, actor = act.by, role = act.role, reason = act.reason, properties = act.properties,
        messageId = act.id, same = act.same, nonsense = act.nonsense,
      }
    end
    return items
  end,
}
receiver "events_only" {
  secrets = secret "S",
  map = function(p) return { { act = "accept", lead = p.lead } } end,
}
`;

before(async () => {
  hooks = await Hooks.open([SECRET]);
  rules = await mkdtemp(join(tmpdir(), "embudo-e2e-rules-"));
  readme = await readFile(join(ROOT, "..", "..", "plugins/hubspot/README.md"), "utf8");
  const [example] = readme.match(/local stages[\s\S]*?\n```/);
  await writeFile(join(rules, "rules.lua"), rule_file(hooks.url));
  await writeFile(join(rules, "hubspot.lua"), example.replace("```", ""));
  const config = `secrets:
  - { name: S, value: ${SECRET} }
  - { name: HUBSPOT_APP_SECRET, value: ${APP_SECRET} }
public_url: ${PUBLIC}
outbound: { allow: [127.0.0.1] }
`;
  daemon = await Daemon.start({ rules, config });
  openapi = new Openapi((await send(daemon, { method: "GET", path: "/v1/openapi.json" })).json);
});
after(async () => {
  await daemon.close();
  await hooks.close();
  await rm(rules, { recursive: true, force: true });
});

let count = 0;
async function tell(payload, { id = `evt-${++count}`, name = "crm" } = {}) {
  const body = JSON.stringify(payload), at = new Date();
  const headers = { "webhook-id": id, "webhook-timestamp": String(Math.floor(at / 1000)), "webhook-signature": new Webhook(SECRET).sign(id, at, body) };
  const answer = await send(daemon, { path: `/v1/inbound/${name}`, headers: { "Content-Type": "application/json", ...headers }, body });
  openapi.checkAnswer("post", "/v1/inbound/{name}", answer);
  return answer;
}

async function hot(id) {
  assert.equal((await daemon.post("/v1/identify", { userId: id, traits: { email: `${id}@x.example` } })).status, 200);
  assert.equal((await daemon.post("/v1/track", { userId: id, event: "Demo" })).status, 200);
  await daemon.leads();
  return `${id}@x.example`;
}

const acts = ({ json }) => json.acts;
const stage = async (id) => (await daemon.leads(), (await daemon.lead(id)).stage);
const delivered = (id) => hooks.at("/crm").filter(({ json }) => json.email === `${id}@x.example`).map(({ json }) => json.fields.stage);

// Waits until the CRM has been told all of it, and no more.
async function told(id, stages) {
  for (const end = Date.now() + 20_000; ; await hooks.came("/crm", 1), await new Promise((resolve) => setTimeout(resolve, 50))) {
    const rows = (await daemon.read(`/v1/outbox?limit=1000&lead=${id}&destination=crm`)).json.outbox;
    if (rows.length === stages.length && rows.every(({ state }) => state === "delivered")) break;
    assert.ok(Date.now() < end, JSON.stringify(rows));
  }
  assert.deepEqual(delivered(id), stages);
}

test("a change over there is an act of whoever made it, once however often it is told", async () => {
  const lead = await hot("ana");
  const payload = { lead, acts: [{ act: "assign", by: "maria", properties: { owner: "maria" } }, { act: "accept", by: "maria" }] };
  const first = await tell(payload, { id: "twice" });
  assert.deepEqual([first.status, acts(first)], [200, { made: 2, duplicates: 0, own: 0, refused: 0 }], first.text);
  const second = await tell(payload, { id: "twice" });
  assert.deepEqual([second.status, acts(second)], [200, { made: 0, duplicates: 2, own: 0, refused: 0 }]);
  assert.equal(await stage("ana"), "sal");
  const { json } = await daemon.read("/v1/leads/ana");
  assert.equal(json.traits.owner.value, "maria");
  const [newest] = json.stage_history;
  assert.deepEqual([newest.to, newest.cause, newest.actor], ["sal", "person", "maria"]);
});

test("events of a message come first: its acts find the lead that they make", async () => {
  const answer = await tell({ signup: "new", lead: "new@x.example", acts: [{ act: "accept", by: "leo" }] });
  assert.deepEqual([answer.status, answer.json.accepted, acts(answer).made], [200, 2, 1], answer.text);
  assert.equal(await stage("new"), "sal");
});

test("what may not be done is refused with the reason, and told no failure", async () => {
  const lead = await hot("bob");
  const answer = await tell({
    lead,
    acts: [
      { act: "note", by: "maria", properties: { note: "x" } }, { act: "note", by: "maria", role: "marketing", properties: { note: "x" } },
      { act: "reject", by: "maria" }, { act: "win", by: "maria", properties: { amount: 1 } }, { act: "dance", by: "maria" },
      { act: "accept", by: "maria", nonsense: 1 }, { act: "reject", by: "maria", reason: "no_need" },
    ],
  });
  assert.equal(answer.status, 200);
  assert.deepEqual(acts(answer).refusals.map(({ code }) => code), ["role_not_allowed", "role_not_allowed", "missing_reason", "undeclared_move", "unknown_act", "invalid_act"]);
  assert.deepEqual([acts(answer).made, acts(answer).refused], [1, 6]);
  assert.equal(await stage("bob"), "lead");
  assert.match(daemon.said, /an act of another system was refused.*missing_reason/);
  const nobody = await tell({ lead: "nobody@x.example", acts: [{ act: "accept", by: "maria" }] });
  assert.equal(acts(nobody).refusals[0].code, "unknown_lead");
  const roleless = await tell({ lead }, { name: "events_only" });
  assert.deepEqual([roleless.status, /in which role it may/.test(roleless.json.message)], [400, true], roleless.text);
});

test("our own value, coming back late, is no act and is not told again; the same value set by somebody later is", async () => {
  const lead = await hot("eva");
  await told("eva", ["mql"]);
  assert.equal(acts(await tell({ lead, acts: [{ act: "accept", by: "maria" }] })).made, 1);
  await told("eva", ["mql", "sal"]);
  const echo = (value, act) => ({ lead, acts: [{ act, by: "crm", properties: { amount: 1 }, same: { stage: value } }] });
  assert.deepEqual(acts(await tell(echo("sal", "win"), { id: "echo" })), { made: 0, duplicates: 0, own: 1, refused: 0 });
  assert.deepEqual(acts(await tell(echo("sal", "win"), { id: "echo" })).own, 1, "the same message, sent again");
  assert.equal(acts(await tell(echo("mql", "win"))).own, 1, "a value of an older message");
  assert.equal(await stage("eva"), "sal");
  await told("eva", ["mql", "sal"]);
  assert.equal(acts(await tell(echo("other", "win"))).made, 1, "a value that we did not send");
  await told("eva", ["mql", "sal", "customer"]);
});

test("HubSpot's signature, and the receiver of plugins/hubspot", async () => {
  const lead = await hot("sol");
  const path = "/v1/inbound/hubspot?source=x%3Ay";
  const hubspot = (body, { at = Date.now(), secret = APP_SECRET, uri = `${PUBLIC}/v1/inbound/hubspot?source=x:y` } = {}) => {
    const signature = createHmac("sha256", secret).update(`POST${uri}${body}${at}`).digest("base64");
    const headers = { "Content-Type": "application/json", "X-HubSpot-Request-Timestamp": String(at), "X-HubSpot-Signature-v3": signature };
    return send(daemon, { path, headers, body });
  };
  const body = JSON.stringify({ email: lead, hubspot_owner_id: "77", lifecyclestage: "salesqualifiedlead", hs_updated_by: "maria" });
  assert.equal((await hubspot(body, { secret: "wrong" })).status, 401);
  assert.equal((await hubspot(body, { at: Date.now() - 301_000 })).status, 401);
  assert.equal((await hubspot(body, { uri: "https://elsewhere.example.com/v1/inbound/hubspot" })).status, 401);
  const answer = await hubspot(body);
  assert.deepEqual([answer.status, acts(answer).made], [200, 2], answer.text);
  assert.equal(await stage("sol"), "sal");
  assert.equal((await daemon.read("/v1/leads/sol")).json.traits.owner.value, "77");
});

test("after a restart nothing is made twice", async () => {
  const lead = await hot("kai");
  const payload = { lead, acts: [{ act: "accept", by: "maria", id: "crm-42" }] };
  assert.equal(acts(await tell(payload)).made, 1);
  await daemon.again("SIGKILL");
  assert.deepEqual(acts(await tell(payload)), { made: 0, duplicates: 1, own: 0, refused: 0 });
});
