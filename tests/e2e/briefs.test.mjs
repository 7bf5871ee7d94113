// What sales knew when it got a lead, with the default rules: they tell nobody, a lead just comes where sales sees it.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFile, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { becomes } from "./lib/becomes.mjs";
import { Daemon, ROOT } from "./lib/daemon.mjs";
import { send } from "./lib/http.mjs";

const REASONS_MAX = 255;
const SALES = "e2e-sales-token-0123456789";

let daemon, rules, frozen;

before(async () => {
  rules = await mkdtemp(join(tmpdir(), "embudo-e2e-rules-"));
  await cp(join(ROOT, "..", "..", "rules"), rules, { recursive: true });
  daemon = await Daemon.start({ rules, config: `tokens:\n  - name: maria\n    token: ${SALES}\n    roles: [sales]\n` });
});
after(async () => {
  await daemon.close();
  await rm(rules, { recursive: true, force: true });
});

const get = async (path) => {
  const answer = await daemon.read(path);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const sent = async (...batch) => assert.equal((await daemon.post("/v1/batch", { batch })).status, 200);
const briefs = async (id) => (await get(`/v1/leads/${id}/briefs`)).briefs;
const stage = (id, name) => becomes(() => daemon.lead(id), (lead) => lead?.stage === name);
const running = async () => (await get("/v1/rulesets")).rulesets[0].ruleset;
const act = async (id, type, more) => {
  const headers = { Authorization: `Bearer ${SALES}`, "Content-Type": "application/json" };
  const answer = await daemon.post(`/v1/leads/${id}/acts`, { act: type, properties: more }, headers);
  assert.equal(answer.status, 200, answer.text);
};
const person = (userId) => ({
  type: "identify", userId,
  traits: {
    email: `${userId}@mills.example`, first_name: "Ana", title: "Sales Director", country: "ES",
    company: { name: "Mills", employees: 300 },
  },
});
const viewed = (userId, path) => ({ type: "page", userId, properties: { path } });

describe("what is known when sales gets to see a lead", () => {
  test("is kept, though nobody is told", async () => {
    await sent(person("ana"), viewed("ana", "/pricing"), { type: "track", userId: "ana", event: "Demo Requested" });
    await stage("ana", "mql");
    frozen = await becomes(() => briefs("ana"), (all) => all.length > 0); // when the decision is on the disk
    assert.equal(frozen.length, 1);
    const { handoff, lifecycle, stage: into, cause, brief } = frozen[0];
    assert.match(handoff, /^dec_[1-9]\d*$/);
    assert.deepEqual([lifecycle, into, cause, brief.stage, brief.lead], ["main", "mql", "rule", "mql", "ana"]);
    assert.ok(brief.scores.intent > 0 && brief.grade && brief.at, JSON.stringify(brief));
    assert.ok(brief.reasons.length > 0 && [...brief.reasons].length <= REASONS_MAX, brief.reasons);
    assert.deepEqual(brief.seen.map(({ what }) => what), ["/pricing"]);
    assert.deepEqual(brief.missing, ["last_name"], JSON.stringify(brief));
    assert.ok(brief.open.length && brief.question === brief.open[0].ask);
  });

  test("is what it was, whatever comes later, after a crash and under other rules", async () => {
    await sent(viewed("ana", "/about"), viewed("ana", "/customers"));
    await becomes(() => get("/v1/leads/ana/brief"), ({ seen }) => seen.length === 3);
    assert.deepEqual(await briefs("ana"), frozen);
    await daemon.again("SIGKILL");
    assert.deepEqual(await briefs("ana"), frozen);
    const before = await running();
    await appendFile(join(rules, "segments.lua"), 'segment "brand_new" { doc = "For this test", when = score { intent = at_least(1) } }\n');
    await becomes(running, (now) => now !== before);
    assert.deepEqual(await briefs("ana"), frozen);
  });

  test("is not kept again as sales goes on with it", async () => {
    await act("ana", "accept", { meets_mql: true, can_talk: true, plausible: true, note: "Has a deadline" });
    await stage("ana", "sal");
    assert.deepEqual(await briefs("ana"), frozen);
  });

  test("is kept of who is claimed without marketing's word", async () => {
    await sent(person("claimed"));
    await stage("claimed", "lead");
    assert.deepEqual(await briefs("claimed"), []);
    await act("claimed", "claim");
    await stage("claimed", "sal");
    const [{ stage: into, cause }, ...others] = await becomes(() => briefs("claimed"), (all) => all.length > 0);
    assert.deepEqual([into, cause, others.length], ["sal", "person", 0]);
  });

  test("is one by its name, as text, and read without the daemon", async () => {
    const { handoff, brief } = frozen[0];
    assert.deepEqual((await get(`/v1/leads/ana/briefs?handoff=${handoff}`)).briefs, frozen);
    assert.deepEqual((await get("/v1/leads/claimed/briefs?handoff=" + handoff)).briefs, []);
    assert.equal((await daemon.read("/v1/leads/ana/briefs?handoff=dec_0")).status, 400);
    const { text } = await daemon.read("/v1/leads/ana/briefs?as=text");
    assert.ok(text.includes(`entered mql (${handoff})`) && text.includes(brief.text), text);
    const { stdout } = await promisify(execFile)(process.env.EMBUDO, ["brief", "ana", "--handed-over", "--json", "--rules", rules, "--data", daemon.data, "--quiet"]);
    assert.deepEqual(JSON.parse(stdout), frozen);
  });

  test("goes with the person, to the last byte of the journal", async () => {
    const headers = { Authorization: `Bearer ${daemon.token}` };
    assert.ok((await get("/v1/leads/ana/data")).decisions.some(({ brief }) => brief?.reasons));
    const gone = await send(daemon, { method: "DELETE", path: "/v1/leads/ana?forget=true", headers });
    assert.equal(gone.status, 200, gone.text);
    assert.equal((await daemon.read("/v1/leads/ana/briefs")).status, 404);
    const left = JSON.stringify(await daemon.exported("decisions"));
    assert.ok(!left.includes("/pricing") && !left.includes('"ana"'), left);
  });
});
