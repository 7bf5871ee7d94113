// Other rules: previewed, put in charge, held back, released, run beside the live ones; every answer as the document describes it.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Daemon, pause } from "./lib/daemon.mjs";
import { send } from "./lib/http.mjs";
import { Openapi } from "./lib/openapi.mjs";

const WAIT_MS = 30_000;
const LEADS = ["ana", "bo", "cy"];
const first = `dimension "interest" { min = 0 }
rule "paid" { on = track "order.paid", points = { interest = 100 }, doc = "paid an order" }
rule "looked" { on = page {}, points = { interest = 1 } }
lifecycle "main" {
  start = "lead",
  move { "lead", "mql", when = score { interest = at_least(100) } },
}
`;
const second = `dimension "interest" { min = 0, max = 1000 }
rule "paid" { on = track "order.paid", points = { interest = 50 }, doc = "paid an order" }
rule "asked" { on = page {}, points = { interest = 1 } }
lifecycle "main" {
  start = "lead",
  move { "lead", "mql", when = score { interest = at_least(200) } },
}
`;
let daemon;
let openapi;
let rules;

before(async () => {
  rules = await mkdtemp(join(tmpdir(), "embudo-e2e-rules-"));
  await writeFile(join(rules, "web.lua"), first);
  daemon = await Daemon.start({ rules });
  openapi = new Openapi((await send(daemon, { method: "GET", path: "/v1/openapi.json" })).json);
  for (const userId of LEADS) await daemon.post("/v1/track", { event: "order.paid", userId });
  // Recorded, not only folded: a preview compares with what the journal has.
  await until("all are MQLs", async () => (await daemon.read("/v1/decisions?to=mql")).json.decisions.length === LEADS.length);
});
after(async () => {
  await daemon.close();
  await rm(rules, { recursive: true, force: true });
});

// An answer that is as the document says, with its status.
async function ask(method, at, path, { status = 200, body = {}, accept } = {}) {
  const headers = { Authorization: `Bearer ${daemon.token}`, "Content-Type": "application/json", ...(accept && { Accept: accept }) };
  const answer = await send(daemon, { method, path: at, headers, ...(method === "POST" && { body: JSON.stringify(body) }) });
  assert.equal(answer.status, status, `${method} ${at}: ${answer.text}`);
  openapi.checkAnswer(method.toLowerCase(), path, answer);
  return answer.json ?? answer.text;
}

const rulesets = () => ask("GET", "/v1/rulesets", "/v1/rulesets");
const held = (tail = "") => ask("GET", `/v1/rulesets/held${tail}`, "/v1/rulesets/held");
const activate = (hash, stages, status = 200) => ask("POST", `/v1/rulesets/${hash}/activate${stages ? `?stages=${stages}` : ""}`, "/v1/rulesets/{hash}/activate", { status });

async function until(what, look) {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await pause(20)) {
    const found = await look();
    if (found) return found;
  }
  assert.fail(`${what}: not within ${WAIT_MS} ms`);
}

test("a preview says who would move, and moves nobody", async () => {
  const told = await ask("POST", "/v1/rulesets/preview", "/v1/rulesets/preview", { body: { files: { "web.lua": second } } });
  assert.deepEqual(told.moves, [{ lifecycle: "main", from: "mql", to: "lead", leads: 3 }]);
  assert.equal(told.leads, 3);
  assert.equal((await daemon.lead("ana")).stage, "mql");
  await ask("POST", "/v1/rulesets/preview", "/v1/rulesets/preview", { status: 404, body: { ruleset: "0123456789" } });
});

test("two rulesets, and how they differ", async () => {
  const before = (await rulesets()).rulesets[0].ruleset;
  await writeFile(join(rules, "web.lua"), second);
  const list = await until("the files are in charge", async () => {
    const now = await rulesets();
    return now.rulesets[0].ruleset !== before && now.kept.every(({ complete }) => complete) && now;
  });
  const now = list.rulesets[0].ruleset;
  const path = "/v1/rulesets/{hash}/diff";
  const diff = await ask("GET", `/v1/rulesets/${before}/diff?with=${now}`, path);
  assert.deepEqual([diff.from, diff.to], [before, now]);
  assert.deepEqual(diff.files, { added: [], removed: [], changed: ["web.lua"] });
  const { added, removed, changed } = diff.declarations;
  assert.deepEqual(added, [{ kind: "rule", name: "asked", file: "web.lua", line: 3 }]);
  assert.deepEqual(removed, [{ kind: "rule", name: "looked", file: "web.lua", line: 3 }]);
  assert.deepEqual(changed.map(({ kind, name, changes }) => [kind, name, changes]), [
    ["dimension", "interest", [{ what: "max", from: null, to: "1000" }]],
    ["rule", "paid", [{ what: "points.interest", from: "100", to: "50" }]],
    ["lifecycle", "main", [{ what: 'move { "lead", "mql" }.when', from: "score { interest = at_least(100) }", to: "score { interest = at_least(200) }" }]],
  ]);
  assert.match(await ask("GET", `/v1/rulesets/${before}/diff`, path, { accept: "text/plain" }), /~ rule paid/);
  await ask("GET", `/v1/rulesets/${before}`, "/v1/rulesets/{hash}");
});

test("an older one is put in charge, what it moves is held and released", async () => {
  const { kept } = await rulesets();
  await until("nobody moves any more", async () => (await rulesets()).activation.phase === "idle");
  const done = await activate(kept[1].ruleset, "hold");
  assert.equal(done.done, true);
  assert.equal((await rulesets()).pinned, true);
  await until("three are held", async () => (await held()).total === 3);
  const one = await held("?limit=1");
  assert.equal(one.held.length, 1);
  assert.deepEqual(one.held[0].stages, [{ lifecycle: "main", from: "lead", to: "mql" }]);
  const release = (body) => ask("POST", "/v1/rulesets/release", "/v1/rulesets/release", { body });
  await release({ leads: [one.held[0].lead] });
  await until("two are held", async () => (await held()).total === 2);
  await release({ all: true });
  await until("nobody is held", async () => (await held()).total === 0);
  for (const what of ["pause", "resume", "cancel"]) {
    const { activation } = await ask("POST", `/v1/rulesets/${what}`, `/v1/rulesets/${what}`);
    assert.equal(activation.preview, false);
  }
  await activate("999999", undefined, 404);
  await activate(kept[1].ruleset, "sometimes", 400);
});

// Enough in the journal that reading it under other rules takes a while.
test("somebody is erased while an activation is paused, and while a shadow runs", async () => {
  const many = Array.from({ length: 500 }, (_, i) => ({ type: "page", userId: LEADS[i % LEADS.length], properties: { path: `/${i}` } }));
  for (let i = 0; i < 40; i++) await daemon.post("/v1/batch", { batch: many });
  await daemon.post("/v1/identify", { userId: "eve", traits: { email: "eve@acme.example" } });
  const erase = () => ask("DELETE", "/v1/leads/eve?forget=true", "/v1/leads/{id}");
  const act = (what) => ask("POST", `/v1/rulesets/${what}`, `/v1/rulesets/${what}`);
  const third = second.replace("page {}", 'page { path = glob "/1*" }'); // other patterns: the journal is read anew
  await writeFile(join(rules, "web.lua"), third);
  await until("it reads, and is paused", async () => {
    const { activation } = await act("pause");
    return activation.phase === "reading" && activation.paused;
  });
  assert.ok((await erase()).events > 0);
  const { activation } = await rulesets();
  assert.deepEqual([activation.phase, activation.paused], ["reading", true]);
  assert.equal((await daemon.read("/v1/leads/eve")).status, 404);
  await act("resume");
  const before = activation.ruleset;
  await until("the others are in charge", async () => (await rulesets()).rulesets[0].ruleset === before);

  await until("nothing is under way", async () => (await rulesets()).activation.phase === "idle");
  await daemon.post("/v1/identify", { userId: "eve", traits: { email: "eve@acme.example" } });
  const { kept } = await rulesets();
  await ask("POST", "/v1/rulesets/shadow", "/v1/rulesets/shadow", { body: { ruleset: kept[1].ruleset } });
  assert.ok((await erase()).events > 0);
  assert.equal((await daemon.read("/v1/leads/eve")).status, 404);
  await until("the shadow runs again", async () => (await ask("GET", "/v1/rulesets/shadow", "/v1/rulesets/shadow")).running);
  await ask("DELETE", "/v1/rulesets/shadow", "/v1/rulesets/shadow");
});

test("others beside the live ones", async () => {
  const path = "/v1/rulesets/shadow";
  const { kept, rulesets: [live] } = await rulesets();
  const other = kept.find(({ ruleset }) => ruleset !== live.ruleset).ruleset;
  await ask("POST", path, path, { body: { ruleset: other } });
  await ask("POST", path, path, { body: { ruleset: other }, status: 409 });
  const { report } = await until("it has looked", async () => {
    const now = await ask("GET", path, path);
    return now.report && now;
  });
  assert.equal(report.differences.differing, 3);
  await ask("DELETE", path, path);
  await ask("DELETE", path, path, { status: 404 });
});

test("the files again", async () => {
  assert.deepEqual(await activate("files"), { success: true, done: false });
  await until("they are in charge", async () => !(await rulesets()).pinned);
});
