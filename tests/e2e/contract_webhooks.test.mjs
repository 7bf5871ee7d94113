// The contract of outbound webhooks (Standard Webhooks 1.0.0 and what its receivers are used to), line by line where outbox.test.mjs
// does not say it already. Each delivery is verified by the libraries that receivers use.
import { after, before, beforeEach, describe, test } from "node:test";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { Daemon, pause } from "./lib/daemon.mjs";
import { send } from "./lib/http.mjs";
import { Hooks } from "./lib/hooks.mjs";

const OLD = "whsec_c3VjaCBhIHNlY3JldCBpcyBub3QgZm9yIHJlYWwgdXNl";
const NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const WAIT_MS = 30_000;
const VERSION = /^embudo\/\d+\.\d+\.\d+\S*$/;
const PATHS = ["ok", "moved", "throttled", "dated", "order", "rotated", "frozen", "wanted", "again"];

let hooks, daemon, rules;

function rule_file({ secrets = 'secret "OLD"', note = "as it was" } = {}) {
  const one = (name) => `
destination "${name}" { url = "${hooks.url}/${name}", secrets = ${secrets}, timeout = "2s", schedule = { "200ms", "400ms" }, concurrency = 1 }
effect "${name}" { on = track "${name}", to = "${name}", type = "test.${name}",
  data = function(lead, event) return { note = "${note}", number = event.properties.number } end }`;
  return `dimension "interest" {}
rule "any" { on = any_event {}, points = { interest = 1 } }
${PATHS.map(one).join("\n")}
destination "filtered" { url = "${hooks.url}/filtered", secrets = ${secrets}, events = "test.wanted" }
effect "both" { on = track "both", to = { "filtered", "ok" }, type = "test.wanted" }
effect "unwanted" { on = track "both", to = { "filtered", "ok" }, type = "test.unwanted" }
`;
}

async function change_rules(options) {
  const hash = async () => (await daemon.read("/v1/rulesets")).json.rulesets[0].ruleset;
  const before_hash = await hash();
  await writeFile(join(rules, "rules.new"), rule_file(options));
  await rename(join(rules, "rules.new"), join(rules, "rules.lua"));
  await until(async () => (await hash()) !== before_hash);
}

before(async () => {
  hooks = await Hooks.open([OLD]);
  rules = await mkdtemp(join(tmpdir(), "embudo-e2e-rules-"));
  await writeFile(join(rules, "rules.lua"), rule_file());
  daemon = await Daemon.start({ rules, config: `secrets: [{ name: OLD, value: ${OLD} }, { name: NEW, value: ${NEW} }]\noutbound: { allow: [127.0.0.1] }\n` });
});

after(async () => {
  await daemon?.close();
  await hooks.close();
  await rm(rules, { recursive: true, force: true });
});

beforeEach(() => {
  hooks.got = [];
  hooks.plans = {};
});

async function until(look) {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await pause(20)) {
    const found = await look();
    if (found) return found;
  }
  return assert.fail(`not within ${WAIT_MS} ms: ${look}`);
}

async function happens(event, { userId = `u-${event}`, number = 0, timestamp } = {}) {
  const answer = await daemon.post("/v1/track", { event, userId, timestamp, properties: { number } });
  assert.equal(answer.status, 200, answer.text);
}

const rows_of = async (query) => (await daemon.read(`/v1/outbox?limit=1000&${query}`)).json.outbox;
const becomes = (destination, state, count) =>
  until(async () => {
    const rows = (await rows_of(`destination=${destination}`)).filter((row) => row.state === state);
    return rows.length >= count && rows;
  });
const act = (path) => send(daemon, { path, headers: { Authorization: `Bearer ${daemon.token}`, "Content-Type": "application/json" }, body: "{}" });

describe("request", () => {
  test("head and body are as the standard has them, timestamps are the attempt's and the event's", async () => {
    const timestamp = new Date(Date.now() - 3600_000).toISOString();
    hooks.plans["/ok"] = [500, 500];
    await happens("ok", { timestamp });
    const attempts = await hooks.came("/ok", 3);
    for (const { headers, json, body, at } of attempts) {
      assert.equal(headers["content-type"], "application/json");
      assert.match(headers["user-agent"], VERSION);
      assert.match(headers["webhook-id"], /^msg_[^.]+$/);
      assert.match(headers["webhook-timestamp"], /^\d+$/);
      assert.ok(Math.abs(headers["webhook-timestamp"] * 1000 - at) < 1500, "the instant of the attempt");
      assert.match(headers["webhook-signature"], /^v1,[A-Za-z0-9+/]{43}=$/);
      assert.match(json.type, /^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/);
      assert.deepEqual(Object.keys(json).sort(), ["data", "timestamp", "type"]);
      assert.ok(Math.abs(new Date(json.timestamp) - new Date(timestamp)) < 2, "when it happened");
      assert.ok(body.length < 20_000);
    }
    assert.equal(new Set(attempts.map(({ id, body }) => id + body)).size, 1);
  });

  test("a message that waited long is signed when it is sent", async () => {
    hooks.plans["/ok"] = [{ status: 503, headers: { "Retry-After": "2" } }];
    await happens("ok", { userId: "u-late" });
    const [first, second] = await hooks.came("/ok", 2);
    assert.ok(second.headers["webhook-timestamp"] - first.headers["webhook-timestamp"] >= 2);
    assert.notEqual(second.headers["webhook-signature"], first.headers["webhook-signature"]);
  });
});

describe("answers", () => {
  test("every 2xx is success", async () => {
    const statuses = [200, 201, 202, 204, 207, 299];
    hooks.plans["/ok"] = [...statuses];
    for (const status of statuses) await happens("ok", { userId: `u-${status}` });
    await hooks.came("/ok", statuses.length);
    for (const status of statuses) await until(async () => (await rows_of(`lead=u-${status}`))[0]?.state === "delivered");
    assert.equal(hooks.at("/ok").length, statuses.length);
  });

  test("no kind of redirection is followed", async () => {
    const statuses = [301, 302, 303, 307, 308, 304];
    for (const status of statuses) {
      hooks.plans["/moved"] = [{ status, headers: { Location: `${hooks.url}/elsewhere` } }, 200];
      await happens("moved", { userId: `u-moved-${status}` });
      const [row] = await until(async () => {
        const rows = await rows_of(`lead=u-moved-${status}`);
        return rows[0]?.state === "delivered" && rows;
      });
      const { history } = (await daemon.read(`/v1/outbox/${row.id}`)).json;
      assert.deepEqual(history.map((one) => [one.what, one.status]), [["failed", status], ["delivered", 200]]);
      assert.match(history[0].error, /redirections are not followed/);
    }
    assert.equal(hooks.at("/elsewhere").length, 0);
  });

  test("429 and 503 throttle the endpoint: nothing else is sent there meanwhile", async () => {
    hooks.plans["/throttled"] = [{ status: 429, headers: { "Retry-After": "2" } }];
    await happens("throttled", { userId: "u-first" });
    await hooks.came("/throttled", 1);
    await until(async () => (await rows_of("lead=u-first"))[0].attempts === 1);
    await happens("throttled", { userId: "u-second" });
    const [first, second] = await hooks.came("/throttled", 3);
    assert.ok(second.at - first.at >= 1950, `${second.at - first.at} ms`);
  });

  test("Retry-After may be a date", async () => {
    const date = new Date(Date.now() + 3000).toUTCString(); // whole seconds
    hooks.plans["/dated"] = [{ status: 503, headers: { "Retry-After": date } }];
    await happens("dated");
    const [, second] = await hooks.came("/dated", 2);
    assert.ok(second.at >= Date.parse(date), `${second.at - Date.parse(date)} ms`);
  });

  test("attempts are listed with status, time and the beginning of the answer; a parked one is in the log and the metrics", async () => {
    const body = "no such table ".repeat(1000);
    hooks.plans["/again"] = [{ status: 500, body }, { status: 404, body: "nobody" }, 500];
    await happens("again", { userId: "u-listed" });
    const [row] = await becomes("again", "parked", 1);
    const { history } = (await daemon.read(`/v1/outbox/${row.id}`)).json;
    assert.deepEqual(history.map((one) => [one.what, one.status]), [["failed", 500], ["failed", 404], ["parked", 500]]);
    assert.ok(history[0].answer.length > 100 && body.startsWith(history[0].answer) && history[0].answer.length < body.length);
    assert.equal(history[1].answer, "nobody");
    assert.ok(history.every((one) => one.ms >= 0 && new Date(one.at) > 0));
    assert.ok(daemon.said.includes(row.id) && /it is parked/.test(daemon.said));
    assert.match((await daemon.read("/metrics")).text, /embudo_outbox_messages\{destination="again",state="parked"\} 1/);
  });
});

describe("order", () => {
  test("per lead, also when the first fails; the sequence rises", async () => {
    hooks.plans["/order"] = [500, 500];
    for (let number = 1; number <= 5; number++) await happens("order", { number });
    const attempts = await hooks.came("/order", 7);
    assert.deepEqual(attempts.map(({ json }) => json.data.number), [1, 1, 1, 2, 3, 4, 5]);
    const sequence = attempts.slice(2).map(({ json }) => json.data.sequence);
    assert.deepEqual(sequence, [...sequence].sort((a, b) => a - b));
    assert.equal(new Set(sequence).size, 5);
  });

  test("who is parked is passed", async () => {
    hooks.plans["/order"] = [500, 500, 500];
    for (let number = 1; number <= 2; number++) await happens("order", { number, userId: "u-passed" });
    const attempts = await hooks.came("/order", 4);
    assert.deepEqual(attempts.map(({ json }) => json.data.number), [1, 1, 1, 2]);
  });
});

test("an endpoint gets the types it wants, and several get the same", async () => {
  await happens("both");
  await hooks.came("/ok", 2);
  const [wanted] = await hooks.came("/filtered", 1);
  assert.equal(wanted.json.type, "test.wanted");
  const other = hooks.at("/ok").find(({ json }) => json.type === "test.wanted");
  assert.deepEqual(other.json.data.event, wanted.json.data.event);
  assert.notEqual(other.id, wanted.id);
  await becomes("filtered", "delivered", 1);
  assert.equal(hooks.at("/filtered").length, 1);
});

describe("replays", () => {
  test("by id: the same id and bytes, also of what has arrived", async () => {
    await happens("again", { userId: "u-again" });
    const [row] = await until(async () => {
      const rows = await rows_of("lead=u-again");
      return rows[0]?.state === "delivered" && rows;
    });
    assert.equal((await act(`/v1/outbox/${row.id}/retry`)).status, 200);
    const [first, second] = await hooks.came("/again", 2);
    assert.deepEqual([second.id, second.body], [first.id, first.body]);
  });

  test("by time: parked ones of a span, those and no others", async () => {
    const count = 3;
    hooks.plans["/again"] = Array(count).fill({ status: 400, headers: { "webhook-delivery": "abort-message" } });
    const from = new Date().toISOString();
    for (let number = 0; number < count; number++) await happens("again", { userId: `u-span-${number}`, number });
    await until(async () => (await rows_of(`destination=again&state=parked&from=${from}`)).length === count);
    const first = new Map(hooks.at("/again").map(({ id, body }) => [id, body]));
    hooks.got = [];
    hooks.plans = {};
    const answer = await act(`/v1/outbox/replay?destination=again&from=${from}`);
    assert.equal(answer.status, 200, answer.text);
    const again = await hooks.came("/again", count);
    assert.deepEqual(new Map(again.map(({ id, body }) => [id, body])), first);
    assert.equal((await rows_of("lead=u-listed"))[0].state, "parked", "from before the span");
  });
});

describe("while rules and secrets change", () => {
  const parked = async (name) => {
    hooks.plans[`/${name}`] = [500, 500, 500];
    await happens(name);
    const [row] = await becomes(name, "parked", 1);
    return row;
  };
  const signs = (secret, { headers, body }) => {
    try {
      return Boolean(new Webhook(secret).verify(body, headers));
    } catch {
      return false;
    }
  };

  test("a message is what it was when it was made, and signed with what is active when it is sent", async () => {
    const [frozen, rotated] = [await parked("frozen"), await parked("rotated")];
    const before_change = hooks.at("/frozen")[0];
    hooks.secrets = [OLD, NEW];
    await change_rules({ secrets: '{ secret "NEW", secret "OLD" }', note: "another" });
    await act(`/v1/outbox/${frozen.id}/retry`);
    const during = (await hooks.came("/frozen", 4))[3];
    assert.deepEqual([during.id, during.body, during.json.data.note], [before_change.id, before_change.body, "as it was"]);
    assert.equal(during.headers["webhook-signature"].split(" ").length, 2);

    hooks.secrets = [NEW];
    await change_rules({ secrets: 'secret "NEW"', note: "another" });
    await act(`/v1/outbox/${rotated.id}/retry`);
    const later = (await hooks.came("/rotated", 4))[3];
    assert.deepEqual([signs(NEW, later), signs(OLD, later), signs(OLD, before_change)], [true, false, true]);
    await happens("frozen", { userId: "u-fresh" });
    assert.equal((await hooks.came("/frozen", 5))[4].json.data.note, "another");
  });
});

test("nothing came that its receivers could not verify", () => assert.equal(hooks.failure, undefined));
