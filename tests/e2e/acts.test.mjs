// People act on leads over HTTP: the way from a lead to a customer, what is refused, and who may do what.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { join } from "node:path";
import { Daemon, ROOT } from "./lib/daemon.mjs";
import { send } from "./lib/http.mjs";
import { Openapi } from "./lib/openapi.mjs";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const TOKENS = { maria: "e2e-sales-token-0123456789", pablo: "e2e-marketing-token-0123456" };
let daemon;
let openapi;

before(async () => {
  const tokens = `tokens:\n  - name: maria\n    token: ${TOKENS.maria}\n    roles: [sales]\n  - name: pablo\n    token: ${TOKENS.pablo}\n    roles: [marketing]\n`;
  daemon = await Daemon.start({ rules: join(ROOT, "..", "..", "rules"), config: tokens });
  openapi = new Openapi((await send(daemon, { method: "GET", path: "/v1/openapi.json" })).json);
  const traits = { first_name: "Ana", last_name: "Ruiz", title: "Sales Director", email: "ana@mills.example", country: "ES", company: { name: "Mills", employees: 300, industry: "Manufacturing" } };
  assert.equal((await daemon.post("/v1/identify", { userId: "ana", traits })).status, 200);
  assert.equal((await daemon.post("/v1/track", { userId: "ana", event: "Demo Requested" })).status, 200);
  assert.equal((await daemon.post("/v1/identify", { userId: "bob", traits: { email: "bob@x.example" } })).status, 200);
  await daemon.leads();
});
after(() => daemon.close());

async function act(who, lead, body) {
  const headers = { Authorization: `Bearer ${TOKENS[who]}`, "Content-Type": "application/json" };
  const answer = await send(daemon, { method: "POST", path: `/v1/leads/${lead}/acts`, headers, body: JSON.stringify(body) });
  openapi.checkAnswer("post", "/v1/leads/{id}/acts", answer);
  return answer;
}

const CHECKED = { meets_mql: true, can_talk: true, plausible: true, note: "Has a deadline" };

test("from an MQL to a customer, and each step has somebody who made it", async () => {
  const way = [
    { act: "accept", properties: CHECKED },
    { act: "log_call", properties: { outcome: "connect", note: "Sounds tired" } },
    { act: "consent" },
    { act: "qualify", properties: { need: "Loses a day a week" } },
    { act: "open", properties: { solution: "Two lines", next_step: "Trial", amount: 20000, close_date: new Date(Date.now() + 3e9).toISOString() } },
    { act: "win", properties: { amount: 18000 } },
  ];
  for (const body of way) {
    const answer = await act("maria", "ana", body);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json.act.actor, { id: "maria", role: "sales" });
  }
  await daemon.leads();
  const { json } = await daemon.read("/v1/leads/ana");
  assert.equal(json.stage, "customer");
  const people = json.stage_history.filter(({ cause }) => cause === "person");
  assert.deepEqual(people.map((one) => one.to), ["customer", "opportunity", "sql", "sal"]);
  for (const one of people) assert.equal(one.actor, "maria");
});

test("a refusal says which condition failed, and nobody gets to sales without a word, a claim or an override", async () => {
  const accept = await act("maria", "bob", { act: "accept", properties: CHECKED });
  assert.deepEqual([accept.status, accept.json.code], [409, "undeclared_move"]);
  const role = await act("pablo", "bob", { act: "claim" });
  assert.deepEqual([role.status, role.json.code], [403, "role_not_allowed"]);
  const role_of_others = await act("pablo", "bob", { act: "claim", role: "sales" });
  assert.deepEqual([role_of_others.status, role_of_others.json.code], [403, "role_not_allowed"]);
  const given = await act("maria", "bob", { act: "assign", properties: { owner: "maria" } });
  assert.deepEqual([given.status, given.json.code], [409, "not_handed_over"]);
  const move = await act("maria", "bob", { act: "move", to: "sql" });
  assert.deepEqual([move.status, move.json.code], [409, "undeclared_move"]);
  const claim = await act("maria", "bob", { act: "claim" });
  assert.deepEqual([claim.status, claim.json.act.claim], [200, true]);
  const qualify = await act("maria", "bob", { act: "qualify", properties: { need: "x" } });
  assert.deepEqual([qualify.status, qualify.json.code, qualify.json.failed.length], [409, "policy_failed", 2]);
});

test("two who act at once are judged one after the other", async () => {
  assert.equal((await daemon.post("/v1/identify", { userId: "eva", traits: { email: "eva@x.example" } })).status, 200);
  await daemon.leads();
  const answers = await Promise.all(Array.from({ length: 8 }, () => act("maria", "eva", { act: "claim" })));
  const codes = answers.map(({ status, json }) => (status === 200 ? "done" : json.code)).sort();
  assert.deepEqual(codes, [...Array(7).fill("already_there"), "done"]);
});

test("who is not qualified, and why", async () => {
  assert.equal((await daemon.post("/v1/identify", { userId: "leo", traits: { email: "leo@x.example" } })).status, 200);
  await daemon.leads();
  const { json } = await daemon.read("/v1/leads?qualified=false");
  const leo = json.leads.find(({ lead }) => lead === "leo");
  assert.ok(leo.failing.some(({ needed }) => needed.includes("title")), JSON.stringify(leo));
  assert.ok(!json.leads.some(({ lead }) => lead === "ana"));
});

test("a body that cannot be read is the client's to mend, not a reason to come again", async () => {
  const headers = { Authorization: `Bearer ${TOKENS.maria}`, "Content-Type": "application/json" };
  for (const body of [`{"act":"note","properties":{"note":${"[".repeat(100)}${"]".repeat(100)}}}`, "{", "[]", `{"act":"note"`]) {
    const answer = await send(daemon, { method: "POST", path: "/v1/leads/ana/acts", headers, body });
    assert.deepEqual([answer.status, answer.json.code], [400, "invalid_request"], answer.text);
  }
  const large = await send(daemon, { method: "POST", path: "/v1/leads/ana/acts", headers, body: `{"act":"note","properties":{"note":"${"x".repeat(100_000)}"}}` });
  assert.equal(large.status, 413, large.text);
});

test("both sides approve, each for itself, and the data directory tells it without the daemon", async () => {
  const approve = (who, role) => {
    const headers = { Authorization: `Bearer ${TOKENS[who]}`, "Content-Type": "application/json" };
    return send(daemon, { method: "POST", path: "/v1/agreement/approvals", headers, body: JSON.stringify({ role }) });
  };
  assert.equal((await approve("maria", "sales")).status, 200);
  assert.equal((await approve("maria", "marketing")).status, 403);
  assert.equal((await approve("pablo", "marketing")).status, 200);
  const rules = join(ROOT, "..", "..", "rules");
  const told = async () => (await promisify(execFile)(process.env.EMBUDO, ["agreement", "--data", daemon.data, "--rules", rules])).stdout;
  const running = await told();
  assert.match(running, /- \*\*sales\*\*: maria on .*\n- \*\*marketing\*\*: pablo on .*\n$/);
  assert.doesNotMatch(running, /STALE/);
  await daemon.down("SIGKILL");
  assert.equal(await told(), running);
  await daemon.up("127.0.0.1:0");
});
