// The document at /v1/openapi.json: sound by itself, and true of what the daemon answers.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Daemon, ROOT } from "./lib/daemon.mjs";
import { send } from "./lib/http.mjs";
import { Openapi } from "./lib/openapi.mjs";

const ROOT_OF_ALL = join(ROOT, "..", "..");
const SENDER = "e2e-sender-token-0123456789";
const STREAM_MS = 30_000;
let daemon;
let openapi;
let ids;
let rules;

// Others are told of one event, in a file.
const told = `destination "file" { file = "told.ndjson" }
effect "told" { on = track "Told", to = "file", handoff = true }
`;

async function message() {
  for (const end = Date.now() + STREAM_MS; Date.now() < end; ) {
    const { json } = await daemon.read("/v1/outbox?state=delivered");
    if (json.outbox.length) return json.outbox[0].id;
  }
  assert.fail("nothing was told");
}

// A first answer of each kind: a lead with much behind it, a company, a rule.
async function choose() {
  const { json: accounts } = await daemon.read("/v1/accounts?sort=leads&limit=1");
  const { json: rules } = await daemon.read("/v1/rules");
  const [best] = await daemon.leads();
  const used = rules.rules.toSorted((a, b) => (b.matches ?? 0) - (a.matches ?? 0))[0];
  await daemon.post("/v1/page", { name: "Told", userId: "u-told", properties: { path: "/told" } });
  await daemon.post("/v1/track", { event: "Told", userId: "u-told" });
  ids = { lead: best.lead, told: "u-told", account: accounts.accounts[0].account, rule: used.rule, ruleset: rules.ruleset, message: await message() };
}

before(async () => {
  const config = `tokens:\n  - name: sender\n    token: ${SENDER}\n    roles: [ingest]\n`;
  rules = await mkdtemp(join(tmpdir(), "embudo-e2e-rules-"));
  await cp(join(ROOT_OF_ALL, "rules"), rules, { recursive: true });
  await writeFile(join(rules, "told.lua"), told);
  daemon = await Daemon.start({ rules, config });
  const events = await readFile(join(ROOT_OF_ALL, "examples/quickstart/events.ndjson"));
  const taken = await daemon.post("/v1/events", events, { "Content-Type": "application/x-ndjson" });
  assert.equal(taken.status, 200, taken.text);
  const group = { groupId: "acme", userId: "u-group", traits: { name: "Acme", employees: 300 } };
  assert.equal((await daemon.post("/v1/group", group)).status, 200);
  await daemon.leads();
  const answer = await send(daemon, { method: "GET", path: "/v1/openapi.json" });
  assert.equal(answer.status, 200);
  openapi = new Openapi(answer.json);
  await choose();
});
after(async () => {
  await daemon.close();
  await rm(rules, { recursive: true, force: true });
});

test("it is an OpenAPI 3.1 document", async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(openapi.document));
  assert.ok(valid, JSON.stringify(errors, null, 2));
});

test("operations have different names, and a summary each", () => {
  const all = openapi.operations();
  const names = all.map(({ operation }) => operation.operationId).filter(Boolean);
  assert.equal(new Set(names).size, names.length);
  for (const { path, operation } of all) assert.ok(operation.summary && operation.tags, path);
});

// What is open is open on purpose: an object names its members, or says that there may be others.
test("every object says what may be in it", () => {
  const vague = [];
  const look = (node, path) => {
    if (typeof node !== "object" || node === null) return;
    const is_object = [node.type].flat().includes("object");
    if (is_object && !["properties", "allOf", "additionalProperties", "patternProperties"].some((key) => key in node)) vague.push(path);
    for (const [key, value] of Object.entries(node)) look(value, `${path}/${key}`);
  };
  look(openapi.document, "");
  assert.deepEqual(vague, []);
});

// path of the document -> what is asked, per status
const asked = () => ({
  "/v1/leads": {
    200: ["?limit=1000", "?limit=2", "?q=a&sort=last_seen", "?stage=mql", "?limit=1&cursor=0_0_0", "?qualified=false", "?qualified=true"],
    400: ["?limit=0", "?stage=nowhere", "?stgae=mql", "?qualified=maybe", "?lifecycle=nowhere"],
  },
  "/v1/leads/{id}": { 200: [`/${ids.lead}`, `/${ids.lead}?at=2026-11-20T00:00:00Z`, "/u-group"], 400: [`/${ids.lead}?at=soon`], 404: ["/nobody"] },
  "/v1/leads/{id}/explain": { 200: [`/${ids.lead}/explain`, "/u-group/explain"], 400: [`/${ids.lead}/explain?at=soon`], 404: ["/nobody/explain"] },
  "/v1/leads/{id}/qualification": {
    200: [`/${ids.lead}/qualification`, `/${ids.lead}/qualification?framework=bant`],
    400: [`/${ids.lead}/qualification?framework=none`],
    404: ["/nobody/qualification"],
  },
  "/v1/leads/{id}/next-question": {
    200: [`/${ids.lead}/next-question`, `/${ids.lead}/next-question?framework=meddic`],
    400: [`/${ids.lead}/next-question?frame=x`],
    404: ["/nobody/next-question"],
  },
  "/v1/leads/{id}/timeline": {
    200: [`/${ids.lead}/timeline?limit=200`, `/${ids.lead}/timeline?limit=1`, "/u-group/timeline"],
    400: [`/${ids.lead}/timeline?before=x`],
    404: ["/nobody/timeline"],
  },
  "/v1/leads/{id}/acts": { 200: [`/${ids.lead}/acts`, "/u-group/acts"], 400: [`/${ids.lead}/acts?at=0`], 404: ["/nobody/acts"] },
  "/v1/leads/{id}/data": { 200: [`/${ids.lead}/data`, "/u-group/data"], 400: ["/%00/data"], 404: ["/nobody/data"] },
  "/v1/accounts": { 200: ["?limit=1000", "?limit=1", "?q=ACME&sort=max.fit"], 400: ["?sort=nothing"] },
  "/v1/accounts/{id}": { 200: [`/${encodeURIComponent(ids.account)}`, "/acme?limit=1"], 400: ["/acme?limit=0"], 404: ["/nobody"] },
  "/v1/apart": { 200: [""] },
  "/v1/decisions": { 200: ["?limit=1000", "?limit=1", "?since=0", "?to=mql"], 400: ["?since=x"] },
  "/v1/outbox": { 200: ["", "?state=parked&limit=1", "?destination=none"], 400: ["?state=gone", "?from=x"] },
  "/v1/outbox/{id}": { 200: [`/${ids.message}`], 400: ["/%00"], 404: ["/none"] },
  "/v1/destinations": { 200: [""] },
  "/v1/rules": { 200: [""] },
  "/v1/rules/{id}": { 200: [`/${ids.rule}`], 400: ["/%00"], 404: ["/none"] },
  "/v1/worklists": { 200: [""] },
  "/v1/worklists/{name}": { 200: ["/hot", "/hot?limit=1", "/hot?owner="], 400: ["/hot?limti=1"], 404: ["/none"] },
  "/v1/clocks": { 200: ["", "?state=all&limit=1"], 400: ["?state=none"] },
  "/v1/leads/{id}/clocks": { 200: [`/${ids.lead}/clocks`, "/u-group/clocks"], 400: ["/%00/clocks"], 404: ["/nobody/clocks"] },
  "/v1/leads/{id}/brief": { 200: [`/${ids.lead}/brief`], 400: [`/${ids.lead}/brief?x=1`], 404: ["/nobody/brief"] },
  "/v1/leads/{id}/briefs": {
    200: [`/${ids.lead}/briefs`, `/${ids.told}/briefs`, `/${ids.told}/briefs?handoff=${ids.message}`],
    400: [`/${ids.lead}/briefs?handoff=x`, `/${ids.lead}/briefs?as=pdf`],
    404: ["/nobody/briefs"],
  },
  "/v1/sla": { 200: [""], 400: ["?x=1"] },
  "/v1/agreement": { 200: [""], 400: ["?x=1"] },
  "/v1/rulesets": { 200: ["", "?limit=0", "?limit=1000"], 400: ["?limit=-1", "?limit=1001", "?cursor=nobody", "?page=2"] },
  "/v1/rulesets/{hash}": { 200: [`/${ids.ruleset}`], 400: ["/%00"], 404: ["/none"] },
  "/v1/rulesets/{hash}/diff": { 200: [`/${ids.ruleset}/diff`, `/${ids.ruleset}/diff?with=${ids.ruleset}`], 400: [`/${ids.ruleset}/diff?x=1`], 404: ["/none/diff"] },
  "/v1/rulesets/held": { 200: ["", "?limit=1"], 400: ["?x=1"] },
  "/v1/rulesets/shadow": { 200: [""] },
  "/v1/quarantine": { 200: [""] },
  "/v1/status": { 200: [""] },
});

describe("what is read is as described", () => {
  test("every reading path is asked, with each of its answers to a question", () => {
    for (const { method, path, operation } of openapi.operations()) {
      if (method !== "get" || operation.tags[0] === "events" || operation.tags[0] === "system" || path === "/v1/stream") continue;
      const cases = asked()[path];
      assert.ok(cases, `${path} is not asked in openapi.test.mjs`);
      for (const status of ["200", "400", "404"])
        assert.equal(status in operation.responses, status in cases, `${path} with ${status}`);
    }
  });

  test("answers and refusals", async () => {
    for (const [path, statuses] of Object.entries(asked())) {
      const base = path.replace(/\/\{(id|name|hash)\}.*$/, "");
      for (const [status, tails] of Object.entries(statuses))
        for (const tail of tails) {
          const answer = await daemon.read(base + tail);
          assert.equal(String(answer.status), status, `${base + tail}: ${answer.text}`);
          openapi.checkAnswer("get", path, answer);
        }
    }
  });

  test("without a token, with a wrong one, with one that may not", async () => {
    for (const path of [...Object.keys(asked()), "/v1/stream"]) {
      const at = path.replace(/\{\w+\}/, "x");
      const stranger = await send(daemon, { method: "GET", path: at });
      const sender = await send(daemon, { method: "GET", path: at, headers: { Authorization: `Bearer ${SENDER}` } });
      assert.deepEqual([stranger.status, sender.status], [401, 403], path);
      assert.equal(stranger.headers["www-authenticate"], 'Bearer realm="embudo"');
      openapi.checkAnswer("get", path, stranger);
      openapi.checkAnswer("get", path, sender);
    }
  });

  test("pages end, and hold everything once", async () => {
    const all = await daemon.leads();
    const seen = [];
    for (let next = ""; next !== null; ) {
      const { json } = await daemon.read(`/v1/leads?limit=7${next && `&cursor=${next}`}`);
      seen.push(...json.leads.map(({ lead }) => lead));
      next = json.next;
    }
    assert.deepEqual(seen, all.map(({ lead }) => lead));
  });

  test("a timeline's points add up in every entry", async () => {
    const { json } = await daemon.read(`/v1/leads/${ids.lead}/timeline?limit=200`);
    assert.ok(json.entries.length > 3);
    for (const entry of json.entries)
      for (const [dimension, { before: from, after: to, cut = 0 }] of Object.entries(entry.scores)) {
        const points = entry.rules.reduce((sum, rule) => sum + (rule.points[dimension] ?? 0), 0);
        assert.ok(Math.abs(from + points + cut - to) < 1e-6, `${entry.at} ${dimension}: ${from} + ${points} + ${cut} is not ${to}`);
      }
  });
});

// The first events of the stream that have these names, with an order sent as soon as somebody listens.
function listen(daemon, names) {
  const found = {};
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${daemon.token}` };
    const request = http.get({ host: "127.0.0.1", port: daemon.port, path: "/v1/stream", headers, agent: false }, (response) => {
      assert.match(response.headers["content-type"], /^text\/event-stream/);
      daemon.post("/v1/track", { event: "order.paid", userId: "u-stream" });
      let text = "";
      response.on("data", (bytes) => {
        text += bytes;
        const blocks = text.split("\n\n").slice(0, -1);
        for (const block of blocks) {
          const name = block.match(/^event: ?(.*)$/m)?.[1];
          if (name) found[name] ??= JSON.parse(block.match(/^data: ?(.*)$/m)[1]);
        }
        if (names.every((name) => name in found)) (clearTimeout(timer), request.destroy(), resolve(found));
      });
    });
    const timer = setTimeout(() => (request.destroy(), reject(new Error(`only ${Object.keys(found)} came`))), STREAM_MS);
  });
}

test("news of the stream", async () => {
  const small = await Daemon.start();
  try {
    const found = await listen(small, ["lead.scored", "lead.stage_changed"]);
    openapi.check({ $ref: "#/components/schemas/LeadRow" }, found["lead.scored"], "lead.scored");
    const { lead, ...decision } = found["lead.stage_changed"];
    assert.equal(lead, "u-stream");
    openapi.check({ $ref: "#/components/schemas/Decision" }, decision, "lead.stage_changed");
  } finally {
    await small.close();
  }
});

test("numbers", async () => {
  for (const accept of ["text/plain", "application/openmetrics-text; version=1.0.0"]) openapi.checkAnswer("get", "/metrics", await daemon.read("/metrics", { Accept: accept }));
});

test("health, readiness and the document itself need no token", async () => {
  for (const path of ["/healthz", "/readyz", "/v1/openapi.json"]) openapi.checkAnswer("get", path, await send(daemon, { method: "GET", path }));
});

// What people do -> [what is sent, expected status], each a request of its own.
const acts = {
  // Before anything that has leads worked out anew: one activation at a time.
  "/v1/rulesets/{hash}/activate": [["none", {}, 404], [() => ids.ruleset, {}, 200]],
  "/v1/rulesets/preview": [["", {}, 400], ["", { files: { "bad.lua": "rule" } }, 422]],
  "/v1/rulesets/release": [["", {}, 400], ["", { all: true }, 200]],
  "/v1/rulesets/pause": [["", {}, 200]],
  "/v1/rulesets/resume": [["", {}, 200]],
  "/v1/rulesets/cancel": [["", {}, 200]],
  "/v1/rulesets/shadow": [["", {}, 400], ["", { files: { "bad.lua": "rule" } }, 422]],
  "/v1/leads/{id}/acts": [["u-split", { act: "claim" }, 200], ["u-split", { act: "claim" }, 409], ["u-split", { act: "dance" }, 422], ["u-split", {}, 400], ["nobody", { act: "claim" }, 404]],
  "/v1/leads/{id}/split": [["u-split", { anonymous_id: "a-split" }, 202], ["u-split", { anonymous_id: "nobody" }, 409], ["u-split", {}, 400], ["nobody", { user_id: "u" }, 404]],
  "/v1/agreement/approvals": [["", {}, 400], ["", { role: "marketing" }, 200]],
  "/v1/outbox/{id}/retry": [["none", {}, 404], [() => ids.message, {}, 200]],
  "/v1/outbox/{id}/drop": [["none", {}, 404], [() => ids.message, {}, 409]],
  "/v1/outbox/replay": [["", {}, 200]],
  "/v1/destinations/{name}/disable": [["none", {}, 404], ["file", {}, 200]],
  "/v1/destinations/{name}/enable": [["none", {}, 404], ["file", {}, 200]],
  "/v1/quarantine/release": [["", { all: true }, 404], ["", { function: "rule none" }, 404], ["", {}, 400]],
  "/v1/leads/{id}/unsplit": [["u-split", { anonymous_id: "nobody" }, 409], ["u-split", {}, 400], ["nobody", { user_id: "u" }, 404]],
};

describe("what people do is answered as described", () => {
  test("erasing", async () => {
    await daemon.post("/v1/track", { event: "Demo Requested", userId: "u-gone" });
    const erase = (tail, token = daemon.token) =>
      send(daemon, { method: "DELETE", path: `/v1/leads/u-gone${tail}`, headers: { Authorization: `Bearer ${token}` } });
    for (const [tail, token, status] of [["", undefined, 400], ["?forget=true", SENDER, 403], ["?forget=true", undefined, 200]]) {
      const answer = await erase(tail, token);
      assert.equal(answer.status, status, answer.text);
      openapi.checkAnswer("delete", "/v1/leads/{id}", answer);
    }
    assert.equal((await daemon.read("/v1/leads/u-gone")).status, 404);
  });

  test("everything that changes something is asked", () => {
    for (const { method, path, operation } of openapi.operations())
      if (method === "post" && operation.tags[0] !== "events") assert.ok(path in acts, `${path} is not asked in openapi.test.mjs`);
  });

  test("acts and refusals", async () => {
    await daemon.post("/v1/page", { anonymousId: "a-split" });
    await daemon.post("/v1/track", { event: "Demo Requested", userId: "u-split", anonymousId: "a-split" });
    for (const [path, cases] of Object.entries(acts))
      for (const [id, body, status] of cases) {
        const headers = { Authorization: `Bearer ${daemon.token}`, "Content-Type": "application/json" };
        const answer = await send(daemon, { path: path.replace(/\{(id|name|hash)\}/, typeof id === "function" ? id() : id), headers, body: JSON.stringify(body) });
        assert.equal(answer.status, status, `${path}: ${answer.text}`);
        openapi.checkAnswer("post", path, answer);
      }
    openapi.checkAnswer("get", "/v1/apart", await daemon.read("/v1/apart"));
  });
});

describe("what is sent is answered as described", () => {
  const event = (more) => ({ type: "track", event: "Demo Requested", userId: "u", messageId: `o-${Math.random()}`, ...more });
  // Forms are no JSON: forms.test.mjs asks for them.
  const takes_key = ({ method, path, operation }) =>
    method !== "get" && !path.startsWith("/v1/forms/") && operation.security.some((way) => "basic" in way);

  test("taken, in part, not at all, by strangers", async () => {
    for (const { method, path } of openapi.operations().filter(takes_key)) {
      const at = path.replace("{type}", "track");
      const ask = (body, headers) =>
        send(daemon, { method: method.toUpperCase(), path: at, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });
      const own = { Authorization: daemon.basic() };
      const wants_batch = /batch|\/b$|import|events/.test(path);
      const good = wants_batch ? { batch: [event(), event(), { type: "track", userId: "u" }] } : event({ previousId: "p", groupId: "g" });
      const answers = [await ask(good, own), await ask([], own), await ask(good, {}), await ask(good, { Authorization: daemon.basic("nobody-has-this") })];
      assert.deepEqual(answers.map(({ status }) => status), [200, 400, 401, 401], `${path}: ${answers.map(({ text }) => text)}`);
      for (const answer of answers) openapi.checkAnswer(method, path, answer);
    }
  });

  test("CloudEvents and what cannot be read", async () => {
    const ce = { specversion: "1.0", id: "1", source: "/s", type: "Demo", subject: "u" };
    const headers = { "Content-Type": "application/cloudevents-batch+json" };
    openapi.checkAnswer("post", "/v1/events", await daemon.post("/v1/events", [ce, { ...ce, id: "" }], headers));
    const odd = await daemon.post("/v1/events", "x", { "Content-Type": "application/cloudevents+avro" });
    assert.equal(odd.status, 415);
    openapi.checkAnswer("post", "/v1/events", odd);
    openapi.checkAnswer("post", "/v1/m", await daemon.post("/v1/m", { series: [] }));
  });

  test("history", async () => {
    const ask = (body, token) =>
      send(daemon, { path: "/v1/history", headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/x-ndjson" }, body });
    const line = JSON.stringify(event({ timestamp: "2025-01-02T03:04:05Z", receivedAt: "2025-01-02T03:04:05Z" }));
    const answers = [await ask(`${line}\n{}\n`, daemon.token), await ask(line, SENDER), await ask(line, "nobody-has-this-token")];
    assert.deepEqual(answers.map(({ status }) => status), [200, 403, 401], answers.map(({ text }) => text).join());
    for (const answer of answers) openapi.checkAnswer("post", "/v1/history", answer);
  });

  test("what browsers ask for", async () => {
    const key = daemon.key;
    const paths = {
      "/sourceConfig": `/sourceConfig?writeKey=${key}`,
      "/v1/projects/{key}/settings": `/v1/projects/${key}/settings`,
      "/pixel/v1/track": `/pixel/v1/track?writeKey=${key}&userId=u&event=Demo`,
      "/v1/forms/{name}": `/v1/forms/demo?writeKey=${key}&anonymousId=a`,
      "/pixel/v1/page": `/pixel/v1/page?writeKey=${key}&userId=u&path=/x`,
    };
    for (const { method, path, operation } of openapi.operations())
      if (method === "get" && operation.tags[0] === "events") assert.ok(paths[path], `${path} is not asked in openapi.test.mjs`);
    for (const [path, at] of Object.entries(paths)) {
      const answers = [await send(daemon, { method: "GET", path: at }), await send(daemon, { method: "GET", path: at.replace(key, "nobody-has-this") })];
      assert.deepEqual(answers.map(({ status }) => status), [200, 401], path);
      for (const answer of answers) openapi.checkAnswer("get", path, answer);
    }
  });
});
