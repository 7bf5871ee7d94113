// The wire contract: what becomes of the events themselves. Limits, time, identity, duplicates.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import http from "node:http";
import { Daemon } from "./lib/daemon.mjs";
import { assertRefused, assertTaken, idsOf, traitsOf } from "./lib/expect.mjs";
import { send } from "./lib/http.mjs";

let daemon;
let serial = 0;
before(async () => (daemon = await Daemon.start()));
after(() => daemon.close());

function event(more = {}) {
  return { type: "track", event: "Content Downloaded", userId: "u", messageId: `e-${serial++}`, ...more };
}

// Sends a batch of which `refused` (indexes) must be left out, for `code`.
async function assertPartly(batch, refused, code) {
  const answer = await daemon.post("/v1/batch", { batch });
  assertTaken(answer, batch.length - refused.length);
  assert.equal(answer.json.rejected, refused.length, answer.text);
  assert.deepEqual(answer.json.errors.map(({ item }) => item), refused);
  for (const error of answer.json.errors) assert.equal(error.code, code, answer.text);
  const stored = new Set((await daemon.events()).map(({ messageId }) => messageId));
  batch.forEach((item, i) => item?.messageId && assert.equal(stored.has(item.messageId), !refused.includes(i), `item ${i}`));
}

describe("limits", () => {
  test("bad items are left out, the batch is a success", async () => {
    const cases = [
      ["missing_event", { event: undefined }], ["missing_event", { event: " " }], ["bad_type", { type: "trak" }], ["bad_type", { type: undefined }],
      ["no_user_anon_id", { userId: undefined }], ["no_user_anon_id", { userId: null, anonymousId: "" }],
    ];
    for (const [code, change] of cases) await assertPartly([event(), event(change), event()], [1], code);
    await assertPartly([event(), 5, event(), null, "x"], [1, 3, 4], "not_object");
  });

  test("an event of 32 KB is taken, a larger one left out", async () => {
    const sized = (bytes) => {
      const item = event({ properties: { text: "" } });
      item.properties.text = "x".repeat(bytes - JSON.stringify(item).length);
      return item;
    };
    await assertPartly([sized(32 * 1024), sized(32 * 1024 + 1), sized(1000)], [1], "too_large");
    assertRefused(await daemon.post("/v1/track", sized(40_000)), 400, 413);
  });

  test("messageIds of up to 200 bytes", async () => {
    await assertPartly([event({ messageId: "m".repeat(200) }), event({ messageId: "m".repeat(201) })], [1], "id_too_long");
  });

  test("ids of up to 512 bytes", async () => {
    await assertPartly([event({ userId: "i".repeat(512) }), event({ userId: "i".repeat(513) })], [1], "id_too_long");
  });

  test("2,500 events in a batch, not one more", async () => {
    const batch = Array.from({ length: 2500 }, () => event({ userId: `many-${serial % 50}` }));
    assertTaken(await daemon.post("/v1/batch", { batch }), 2500);
    assertRefused(await daemon.post("/v1/batch", { batch: [...batch, event()] }), 400, 413);
  });

  test("a request of 4 MiB, not more", async () => {
    const body = JSON.stringify({ batch: Array.from({ length: 150 }, () => event({ properties: { text: "x".repeat(25_000) } })) });
    const padded = (size) => body.slice(0, -1) + " ".repeat(size - body.length) + "}";
    assertTaken(await daemon.post("/v1/batch", padded(4 << 20)), 150);
    assertRefused(await daemon.post("/v1/batch", padded((4 << 20) + 1)), 400, 413);
    assertRefused(await daemon.post("/v1/batch", padded(6 << 20), { "Transfer-Encoding": "chunked" }), 400, 413);
  });

  test("nesting: 60 levels are taken, 1,000 not", async () => {
    const nested = (levels) => JSON.stringify(event()).slice(0, -1) + `,"properties":{"a":${"[".repeat(levels)}${"]".repeat(levels)}}}`;
    assertTaken(await daemon.post("/v1/track", nested(55)), 1);
    assertRefused(await daemon.post("/v1/track", nested(1000)), 400);
  });
});

describe("duplicates", () => {
  test("in one batch, in another, after a restart", async () => {
    const [a, b] = [event({ userId: "twice" }), event({ userId: "twice" })];
    assertTaken(await daemon.post("/v1/batch", { batch: [a, b, a] }));
    assertTaken(await daemon.post("/v1/batch", { batch: [b, a] }));
    await daemon.again("SIGKILL");
    assertTaken(await daemon.post("/v1/track", a));
    assert.equal((await daemon.events()).filter(({ userId }) => userId === "twice").length, 2);
    assert.equal((await daemon.lead("twice")).scores.interest, 20);
  });

  test("on many connections at the same instant", async () => {
    const item = event({ userId: "racing" });
    const answers = await Promise.all(Array.from({ length: 40 }, () => daemon.post("/v1/track", item)));
    for (const answer of answers) assertTaken(answer);
    assert.ok(await daemon.event(item.messageId));
    assert.equal((await daemon.lead("racing")).scores.interest, 10);
  });

  test("without a messageId nothing is one", async () => {
    const item = event({ userId: "nameless", messageId: undefined });
    for (let i = 0; i < 3; i++) assertTaken(await daemon.post("/v1/track", item), 1);
    assert.equal((await daemon.lead("nameless")).scores.interest, 30);
  });
});

describe("ids", () => {
  const forms = { null: null, empty: "", absent: undefined, dashes: "---", "the word null": "null", zero: 0 };
  for (const [name, userId] of Object.entries(forms))
    test(`a userId that is ${name} means anonymous`, async () => {
      const anonymousId = `anon-${serial++}`;
      assertTaken(await daemon.post("/v1/track", event({ userId, anonymousId })), 1);
      assert.deepEqual(idsOf(await daemon.lead(anonymousId)), [`anonymous_id ${anonymousId}`]);
    });

  test("numbers are texts", async () => {
    assertTaken(await daemon.post("/v1/identify", { userId: 12345, anonymousId: 678, traits: { a: 1 } }), 1);
    assert.deepEqual(idsOf(await daemon.lead("12345")), ["user_id 12345"]);
    assert.equal((await daemon.lead("678")).lead, "12345");
  });

  test("64 connections of one client, kept open", async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
    const headers = { Authorization: daemon.basic(), "Content-Type": "application/json" };
    const answers = await Promise.all(Array.from({ length: 640 }, () =>
      send(daemon, { path: "/v1/track", headers, agent, body: JSON.stringify(event({ userId: "parallel" })) })));
    agent.destroy();
    for (const answer of answers) assertTaken(answer, 1);
    assert.equal((await daemon.lead("parallel")).scores.interest, 6400);
  });
});

describe("identity", () => {
  const post = async (...batch) => assertTaken(await daemon.post("/v1/batch", { batch }), batch.length);
  const at = (minute) => new Date(Date.UTC(2024, 0, 15, 9, minute)).toISOString();

  test("identify links what was anonymous, in any order of arrival", async () => {
    await post({ type: "identify", userId: "i1", anonymousId: "i1-a", timestamp: at(5), traits: { email: "i1@x.example" } });
    await post(event({ userId: undefined, anonymousId: "i1-a", timestamp: at(1) }));
    const lead = await daemon.lead("i1");
    assert.equal(lead.scores.interest, 10);
    assert.equal((await daemon.lead("i1-a")).lead, "i1");
  });

  test("traits only in context.traits, and not from group calls", async () => {
    await post({ type: "identify", userId: "i2", context: { traits: { title: "CTO" } } });
    await post({ type: "group", userId: "i2", groupId: "g2", traits: { title: "a company's" }, context: { traits: { title: "CTO" } } });
    const lead = await daemon.lead("i2");
    assert.equal(traitsOf(lead).title, "CTO");
    assert.equal(lead.account, "g2");
  });

  test("the newest trait wins by its own time, null clears", async () => {
    await post({ type: "identify", userId: "i3", timestamp: at(9), traits: { title: "CEO", plan: "team", old: 1 } });
    await post({ type: "identify", userId: "i3", timestamp: at(2), traits: { title: "Intern", city: "Graz" } });
    await post({ type: "identify", userId: "i3", timestamp: at(10), traits: { plan: null } });
    const traits = traitsOf(await daemon.lead("i3"));
    assert.deepEqual([traits.title, traits.city, traits.plan ?? null, traits.old], ["CEO", "Graz", null, 1]);
  });

  test("a device shared by two people does not make them one", async () => {
    await post(
      { type: "identify", userId: "i4", anonymousId: "i4-a", timestamp: at(1) },
      event({ userId: undefined, anonymousId: "i4-a", timestamp: at(2) }),
      { type: "identify", userId: "i5", anonymousId: "i4-a", timestamp: at(3) },
      event({ userId: undefined, anonymousId: "i4-a", timestamp: at(4) }),
      event({ userId: undefined, anonymousId: "i4-a", timestamp: at(5) }),
    );
    assert.equal((await daemon.lead("i4")).scores.interest, 10);
    assert.equal((await daemon.lead("i5")).scores.interest, 20);
  });

  test("alias: chains, circles, onto itself, without a previousId", async () => {
    await post(event({ userId: "i6-a" }), event({ userId: "i6-b" }), event({ userId: "i6-c" }));
    await post({ type: "alias", previousId: "i6-a", userId: "i6-b" }, { type: "alias", previousId: "i6-b", userId: "i6-c" });
    await post({ type: "alias", previousId: "i6-c", userId: "i6-a" }, { type: "alias", previousId: "i6-a", userId: "i6-a" });
    const leads = await Promise.all(["i6-a", "i6-b", "i6-c"].map((id) => daemon.lead(id)));
    assert.equal(new Set(leads.map(({ lead }) => lead)).size, 1);
    assert.equal(leads[0].scores.interest, 30);
    await post(event({ userId: undefined, anonymousId: "i7-a" }), { type: "alias", userId: "i7", anonymousId: "i7-a" });
    assert.equal((await daemon.lead("i7")).scores.interest, 10);
    await post({ type: "alias", userId: "i7", previousId: "i7" });
    assert.equal((await daemon.lead("i7")).scores.interest, 10);
  });

  test("an account's own call needs no person", async () => {
    await post({ type: "group", groupId: "g8", traits: { name: "Eight" } });
    await post(event({ userId: "i8", context: { groupId: "g8" } }));
    assert.equal((await daemon.lead("i8")).account, "g8");
  });

  test("all of it is the same after a restart", async () => {
    const before = await daemon.leads();
    await daemon.again("SIGKILL");
    assert.deepEqual(await daemon.leads(), before);
  });
});

describe("time", () => {
  const iso = (ms) => new Date(ms).toISOString();
  const HOUR = 3_600_000;

  // The instant at which the event counts, in milliseconds from `expected`; where that hangs on when it was received, on a slow
  // machine by so much longer as sending takes.
  async function assertCounts(name, item, envelope, expected, tolerance_ms) {
    const userId = `t-${serial++}`;
    const begun = Date.now();
    assertTaken(await daemon.post("/v1/batch", { batch: [event({ userId, ...item })], ...envelope }), 1);
    if (tolerance_ms) tolerance_ms += Date.now() - begun;
    const { last_seen } = await daemon.lead(userId);
    const off = Date.parse(last_seen) - expected;
    assert.ok(Math.abs(off) <= tolerance_ms, `${name}: ${last_seen}, ${off} ms off ${iso(expected)}`);
  }

  test("a client's clock is corrected by sentAt", async () => {
    const soon = 3000;
    const counts = (name, make) => {
      const now = Date.now();
      const [item, envelope, expected] = make(now);
      return assertCounts(name, item, envelope, expected, soon);
    };
    await counts("an hour behind", (now) => [{ timestamp: iso(now - HOUR - 5000) }, { sentAt: iso(now - HOUR) }, now - 5000]);
    await counts("an hour ahead", (now) => [{ timestamp: iso(now + HOUR - 5000) }, { sentAt: iso(now + HOUR) }, now - 5000]);
    await counts("its own sentAt", (now) => [{ timestamp: iso(now - HOUR - 5000), sentAt: iso(now - HOUR) }, { sentAt: iso(now) }, now - 5000]);
    await counts("only originalTimestamp", (now) => [{ originalTimestamp: iso(now - HOUR - 5000) }, { sentAt: iso(now - HOUR) }, now - 5000]);
    await counts("no time at all", (now) => [{}, { sentAt: iso(now - HOUR) }, now]);
  });

  test("history keeps its dates", async () => {
    const then = Date.parse("2024-01-15T09:00:00.123Z");
    await assertCounts("sent at once", { timestamp: iso(then) }, { sentAt: iso(Date.now()) }, then, 2000);
    await assertCounts("Rudder's import", { timestamp: iso(then), originalTimestamp: iso(Date.now()) }, { sentAt: iso(Date.now() - HOUR) }, then, 0);
    await assertCounts("no sentAt", { timestamp: iso(then) }, {}, then, 0);
    await assertCounts("the envelope's timestamp is noise", { timestamp: iso(then) }, { timestamp: iso(Date.now()) }, then, 0);
  });

  test("the future is now", async () => {
    await assertCounts("a day ahead", { timestamp: iso(Date.now() + 24 * HOUR) }, {}, Date.now(), 3000);
  });

  test("every form of time stamp", async () => {
    const then = Date.parse("2024-01-15T09:00:00Z");
    for (const timestamp of ["2024-01-15T09:00:00Z", "2024-01-15T09:00:00.000Z", "2024-01-15T10:00:00.000000+01:00",
      "2024-01-15T09:00:00.000+00:00", "2024-01-15T09:00:00+00:00", then / 1000, then])
      await assertCounts(String(timestamp), { timestamp }, {}, then, 0);
    for (const timestamp of ["yesterday", "2024-13-01T00:00:00Z", {}, "", null, true]) await assertCounts(JSON.stringify(timestamp), { timestamp }, {}, Date.now(), 3000);
  });
});
