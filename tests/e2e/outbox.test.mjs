// What is told others: every delivery verified by the receivers' own libraries, through everything that a receiver can do wrong.
import { after, before, describe, test } from "node:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import { Daemon } from "./lib/daemon.mjs";
import { send } from "./lib/http.mjs";
import { Hooks } from "./lib/hooks.mjs";
import { Webhook } from "standardwebhooks";

const NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OLD = "whsec_c3VjaCBhIHNlY3JldCBpcyBub3QgZm9yIHJlYWwgdXNl";
const WAIT_MS = 30_000;
const PATHS = ["fine", "errors", "later", "gone", "moved", "hangs", "resets", "half", "kept", "huge", "slow", "no", "dies", "never"];

let hooks, daemon, rules;
let alone; // a receiver for /resets: no connection to it was kept open from an earlier message

// Each kind of trouble has a destination and an event of its own.
function rule_file(url) {
  const one = (name) => `
destination "${name}" { url = "${name === "resets" ? alone.url : url}/${name}", secrets = { secret "NEW", secret "OLD" }, timeout = "2s", schedule = { "200ms", "400ms", "800ms" }${name === "never" ? ", refusals = { 422 }" : ""} }
effect "${name}" { on = track "${name}", to = "${name}", type = "test.${name}" }`;
  return `dimension "interest" {}
rule "any" { on = any_event {}, points = { interest = 1 } }
lifecycle "main" { start = "lead", move { "lead", "mql", when = score { interest = at_least(1) } } }
destination "stages" { url = "${url}/stages", secrets = { secret "NEW", secret "OLD" } }
destination "file" { file = "leads.ndjson" }
effect "hot" { on = entered "mql", to = { "stages", "file" }, type = "lead.qualified", handoff = true }
${PATHS.map(one).join("\n")}
receiver "crm" {
  secrets = { secret "NEW", secret "OLD" },
  map = function(payload)
    if payload.kind == "note" then return nil end
    return { { type = "track", event = "Deal " .. payload.state, userId = payload.contact, properties = payload } }
  end,
}
receiver "plain" {
  secrets = secret "NEW", header = "x-shared-secret",
  map = function(payload) return { { type = "identify", userId = payload.contact, traits = { owner = payload.owner } } } end,
}
`;
}

before(async () => {
  hooks = await Hooks.open([NEW, OLD]);
  alone = await Hooks.open([NEW, OLD]);
  rules = await mkdtemp(join(tmpdir(), "embudo-e2e-rules-"));
  await writeFile(join(rules, "rules.lua"), rule_file(hooks.url));
  const config = `secrets:
  - { name: NEW, value: ${NEW} }
  - { name: OLD, value: ${OLD} }
public_url: https://embudo.example.com
outbound: { allow: [127.0.0.1] }
`;
  daemon = await Daemon.start({ rules, config });
});

after(async () => {
  await daemon.close();
  await hooks.close();
  await alone.close();
  await rm(rules, { recursive: true, force: true });
});

const happens = async (event, userId = `u-${event}`) => {
  const answer = await daemon.post("/v1/track", { event, userId });
  assert.equal(answer.status, 200, answer.text);
};

const outbox = async (query) => (await daemon.read(`/v1/outbox?limit=1000&${query}`)).json.outbox;
const act = (path) => send(daemon, { path, headers: { Authorization: `Bearer ${daemon.token}`, "Content-Type": "application/json" }, body: "{}" });

// Waits until all messages to a destination are in that state.
async function becomes(destination, state) {
  for (const end = Date.now() + WAIT_MS; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const rows = await outbox(`destination=${destination}`);
    if (rows.length && rows.every((row) => row.state === state)) return rows;
    assert.ok(Date.now() < end, `${destination} did not become ${state}: ${JSON.stringify(rows)}`);
  }
}

// All attempts say the same.
function same(attempts) {
  for (const one of attempts) assert.deepEqual([one.id, one.body], [attempts[0].id, attempts[0].body]);
}

const history = async (id) => (await daemon.read(`/v1/outbox/${id}`)).json.history;

// After each failure so much time was to pass, and did. By the daemon's own clock: a receiver with much to do notes what comes late.
function waited(attempts, gaps_ms) {
  assert.ok(attempts.length > gaps_ms.length, JSON.stringify(attempts));
  for (const [i, gap] of gaps_ms.entries()) {
    const [at, next, then] = [attempts[i].at, attempts[i].next, attempts[i + 1].at].map((text) => Date.parse(text));
    assert.ok(next - at >= gap && then >= next, `attempt ${i + 2} waited less than ${gap} ms: ${JSON.stringify(attempts)}`);
  }
}

describe("deliveries", () => {
  test("a stage that is entered, with what a person needs, to a URL and a file", async () => {
    await happens("fine", "u-fine");
    const [hook] = await hooks.came("/stages", 1);
    assert.match(hook.id, /^msg_[0-9a-f]{32}$/);
    assert.equal(hook.headers["user-agent"].split("/")[0], "embudo");
    const { type, data } = hook.json;
    assert.equal(type, "lead.qualified");
    assert.deepEqual(data.lead, { id: "u-fine", kind: "user" });
    assert.equal(data.decision.to, "mql");
    assert.ok(data.brief && data.explanation && data.sequence > 0);
    assert.match(data.url, /^https:\/\/embudo\.example\.com\/v1\/leads\/u-fine\/explain\?at=/);
    const opened = await daemon.read(data.url.replace("https://embudo.example.com", ""));
    assert.equal(opened.status, 200);
    await becomes("file", "delivered");
    const [line] = (await readFile(join(daemon.data, "outbox/leads.ndjson"), "utf8")).trim().split("\n").map((text) => JSON.parse(text));
    assert.equal(line.data.lead.id, "u-fine");
    assert.notEqual(line.id, hook.id);
  });

  test("failures are tried again as the schedule says, then parked, and can be sent again", async () => {
    hooks.plans["/errors"] = [500, 404, 400, 503];
    await happens("errors");
    same(await hooks.came("/errors", 4));
    const [row] = await becomes("errors", "parked");
    assert.equal(row.attempts, 4);
    const attempts = await history(row.id);
    assert.deepEqual(attempts.map(({ what, status }) => [what, status]), [["failed", 500], ["failed", 404], ["failed", 400], ["parked", 503]]);
    waited(attempts, [200, 400, 800]);
    assert.equal((await act(`/v1/outbox/${row.id}/retry`)).status, 200);
    same(await hooks.came("/errors", 5));
    await becomes("errors", "delivered");
  });

  test("Retry-After is waited for", async () => {
    hooks.plans["/later"] = [{ status: 429, headers: { "Retry-After": "2" } }];
    await happens("later");
    same(await hooks.came("/later", 2));
    const [row] = await becomes("later", "delivered");
    waited(await history(row.id), [2000]);
  });

  test("410 disables until somebody enables", async () => {
    hooks.plans["/gone"] = [410];
    await happens("gone");
    await hooks.came("/gone", 1);
    for (const end = Date.now() + WAIT_MS; ; ) {
      const { destinations } = (await daemon.read("/v1/destinations")).json;
      const gone = destinations.find(({ name }) => name === "gone");
      if (gone.disabled) {
        assert.match(gone.reason, /410/);
        assert.equal(gone.waiting, 1);
        break;
      }
      assert.ok(Date.now() < end);
    }
    assert.equal((await act("/v1/destinations/gone/enable")).status, 200);
    same(await hooks.came("/gone", 2));
    await becomes("gone", "delivered");
  });

  test("redirections are failures, and not followed", async () => {
    hooks.plans["/moved"] = [{ status: 302, headers: { Location: `${hooks.url}/elsewhere` } }];
    await happens("moved");
    same(await hooks.came("/moved", 2));
    const [row] = await becomes("moved", "delivered");
    waited(await history(row.id), [200]);
    assert.equal(hooks.at("/elsewhere").length, 0);
  });

  test("who hangs, resets or sends half an answer is asked again", async () => {
    hooks.plans["/hangs"] = [() => {}];
    alone.plans["/resets"] = [(request) => request.socket.resetAndDestroy()];
    hooks.plans["/half"] = [
      (_, response) => {
        response.writeHead(200, { "Content-Length": 1000 });
        response.write("half");
        setImmediate(() => response.destroy());
      },
    ];
    for (const path of ["hangs", "resets", "half"]) await happens(path);
    for (const path of ["hangs", "resets", "half"]) {
      same(await (path === "resets" ? alone : hooks).came(`/${path}`, 2));
      const [row] = await becomes(path, "delivered");
      const attempts = await history(row.id);
      waited(attempts, [200]);
      if (path === "hangs") assert.ok(attempts[0].ms >= 2000, JSON.stringify(attempts[0]));
    }
  });

  test("a connection that was kept open and is dead is replaced within the attempt", async () => {
    await happens("kept", "u-kept-1"); // leaves a connection
    await becomes("kept", "delivered");
    hooks.plans["/kept"] = [(request) => request.socket.resetAndDestroy()];
    await happens("kept", "u-kept-2");
    const came = await hooks.came("/kept", 3);
    same(came.slice(1));
    for (const row of await becomes("kept", "delivered")) assert.equal((await history(row.id)).length, 1, row.id);
  });

  test("an answer without end counts by its status", async () => {
    hooks.plans["/huge"] = [(_, response) => response.writeHead(200) && response.end("x".repeat(1 << 20))];
    await happens("huge");
    await becomes("huge", "delivered");
    assert.equal(hooks.at("/huge").length, 1);
  });

  test("a receiver can decline one message", async () => {
    hooks.plans["/no"] = [{ status: 400, headers: { "webhook-delivery": "abort-message" } }];
    await happens("no");
    await becomes("no", "parked");
    assert.equal(hooks.at("/no").length, 1);
  });

  test("what a destination says it refuses for good is parked at once, with the answer", async () => {
    hooks.plans["/never"] = [{ status: 422, body: "no such field" }];
    await happens("never");
    const [row] = await becomes("never", "parked");
    assert.equal(hooks.at("/never").length, 1);
    assert.deepEqual((await history(row.id)).map(({ what, status, answer }) => [what, status, answer]), [["aborted", 422, "no such field"]]);
  });

  test("a slow receiver holds up nobody else", async () => {
    const waiting = [];
    hooks.plans["/slow"] = Array.from({ length: 20 }, () => (_, response) => waiting.push(response));
    for (let i = 0; i < 20; i++) await happens("slow", `u-slow-${i}`);
    await hooks.came("/slow", 8); // as many as go at once
    const already = hooks.at("/fine").length;
    await happens("fine", "u-beside");
    await hooks.came("/fine", already + 1);
    assert.equal(waiting.length, hooks.at("/slow").length, "and the slow one has answered nothing yet");
    hooks.plans["/slow"] = [];
    for (const response of waiting) response.end();
    await becomes("slow", "delivered");
  });

  test("SIGTERM with an attempt under way ends soon, and it is sent again under its id", async () => {
    const already = hooks.at("/slow").length;
    hooks.plans["/slow"] = [() => undefined];
    await happens("slow", "u-term");
    await hooks.came("/slow", already + 1);
    const began_ms = Date.now();
    await daemon.again("SIGTERM");
    assert.ok(Date.now() - began_ms < 15_000, `took ${Date.now() - began_ms} ms`);
    same((await hooks.came("/slow", already + 2)).slice(already));
    await becomes("slow", "delivered");
  });

  test("kill -9 between attempts: nothing is lost, id and bytes are the same", async () => {
    hooks.plans["/dies"] = [500, 500];
    await happens("dies");
    await hooks.came("/dies", 1);
    await daemon.again("SIGKILL");
    const attempts = await hooks.came("/dies", 2);
    await becomes("dies", "delivered");
    same(attempts);
    const seen = new Set(hooks.at("/dies").map(({ id }) => id));
    assert.equal(seen.size, 1);
    const [row] = await outbox("destination=dies");
    assert.ok(seen.has(row.id));
  });
});

describe("what comes back", () => {
  const payload = (more) => JSON.stringify({ kind: "deal", state: "Won", contact: "u-back", ...more });
  const tell = (body, { secret = OLD, id = "evt_1", at = new Date(), name = "crm" } = {}) => {
    const headers = { "webhook-id": id, "webhook-timestamp": String(Math.floor(at / 1000)), "webhook-signature": new Webhook(secret).sign(id, at, body) };
    return send(daemon, { path: `/v1/inbound/${name}`, headers: { "Content-Type": "application/json", ...headers }, body });
  };

  test("a signed message becomes events, once", async () => {
    for (const [accepted, duplicates] of [[1, 0], [0, 1]]) {
      const answer = await tell(payload());
      assert.deepEqual([answer.status, answer.json.accepted, answer.json.duplicates ?? 0], [200, accepted, duplicates], answer.text);
    }
    const { json } = await daemon.read("/v1/leads/u-back/timeline");
    assert.ok(JSON.stringify(json).includes("crm"));
    assert.equal((await tell(payload({ kind: "note" }), { id: "evt_2" })).json.accepted, 0);
  });

  test("who cannot show that it is genuine is refused", async () => {
    assert.equal((await tell(payload(), { secret: "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" })).status, 401);
    assert.equal((await tell(payload(), { at: new Date(Date.now() - 600_000) })).status, 401);
    assert.equal((await send(daemon, { path: "/v1/inbound/crm", body: payload() })).status, 401);
    assert.equal((await tell(payload(), { name: "nobody" })).status, 404);
    const shared = (secret) => send(daemon, { path: "/v1/inbound/plain", headers: { "X-Shared-Secret": secret }, body: payload({ owner: "maria" }) });
    assert.deepEqual([(await shared("wrong")).status, (await shared(NEW)).status], [401, 200]);
  });

  test("what cannot be understood is refused with the place in the rules", async () => {
    const answer = await tell("{}", { id: "evt_3" });
    assert.equal(answer.status, 400);
    assert.match(answer.json.message, /rules\.lua:\d+/);
  });

  test("our own change, coming back, is passed over", async () => {
    const [row] = await outbox("destination=fine");
    const answer = await tell(payload({ embudo: row.id, contact: "u-echo" }), { id: "evt_4" });
    assert.deepEqual([answer.status, answer.json.own], [200, true]);
    assert.equal((await daemon.lead("u-echo")), undefined);
  });
});

test("secrets stand nowhere", async () => {
  const journal = await readFile(join(daemon.data, "journal.db"), "latin1");
  assert.ok(!journal.includes(NEW) && !daemon.said.includes(NEW));
  const rows = await outbox("");
  for (const row of rows.slice(0, 20)) assert.ok(!(await daemon.read(`/v1/outbox/${row.id}`)).text.includes("whsec_"));
});

test("of the erased nothing is left to tell", async () => {
  await happens("errors", "u-gone");
  const answer = await send(daemon, { method: "DELETE", path: "/v1/leads/u-gone?forget=true", headers: { Authorization: `Bearer ${daemon.token}` } });
  assert.equal(answer.status, 200, answer.text);
  assert.equal((await outbox("lead=u-gone")).length, 0);
});

test("what was known then is kept, and goes with the person", async () => {
  const person = { userId: "u-brief", properties: { path: "/precios", title: "Precios" } };
  assert.equal((await daemon.post("/v1/page", person)).status, 200);
  let rows = [];
  for (const end = Date.now() + WAIT_MS; !rows.length; assert.ok(Date.now() < end, "nothing was told"))
    rows = (await outbox("destination=stages&lead=u-brief&state=delivered")).map(({ id }) => id);
  assert.equal((await daemon.post("/v1/page", { ...person, properties: { path: "/later" } })).status, 200);
  for (const end = Date.now() + WAIT_MS; ; ) {
    const now = (await daemon.read("/v1/leads/u-brief/brief")).json;
    if (now.seen.length === 2) break;
    assert.ok(Date.now() < end, JSON.stringify(now));
  }
  const { lead, briefs } = (await daemon.read("/v1/leads/u-brief/briefs")).json;
  assert.equal(lead, "u-brief");
  assert.deepEqual(briefs.map(({ destination }) => destination).sort(), ["file", "stages"]);
  for (const { brief } of briefs) {
    assert.deepEqual(brief.seen.map(({ type, what, title }) => [type, what, title]), [["page", "/precios", "Precios"]]);
    assert.match(brief.text, /\/precios: Precios/);
  }
  const one = (await daemon.read(`/v1/leads/u-brief/briefs?handoff=${rows[0]}`)).json;
  assert.deepEqual(one.briefs.map(({ handoff }) => handoff), rows);
  assert.match((await daemon.read("/v1/leads/u-brief/briefs?as=text")).text, /hot to (stages|file)/);
  const gone = await send(daemon, { method: "DELETE", path: "/v1/leads/u-brief?forget=true", headers: { Authorization: `Bearer ${daemon.token}` } });
  assert.equal(gone.status, 200, gone.text);
  assert.equal((await daemon.read("/v1/leads/u-brief/briefs")).status, 404);
  assert.equal((await daemon.read(`/v1/outbox/${rows[0]}`)).json?.request, undefined);
});
