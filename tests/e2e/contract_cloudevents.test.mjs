// The wire contract: POST /v1/events, for CloudEvents in three modes and for lines of JSON.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import zlib from "node:zlib";
import { Daemon } from "./lib/daemon.mjs";
import { assertRefused, assertTaken } from "./lib/expect.mjs";
import { raw } from "./lib/http.mjs";

let daemon;
let serial = 0;
before(async () => (daemon = await Daemon.start()));
after(() => daemon.close());

const post = (body, headers) => daemon.post("/v1/events", body, headers);
const STRUCTURED = { "Content-Type": "application/cloudevents+json; charset=utf-8" };
const BATCHED = { "Content-Type": "application/cloudevents-batch+json" };
const LINES = { "Content-Type": "application/x-ndjson" };

function ce(more = {}) {
  return { specversion: "1.0", id: `c-${serial++}`, source: "/ce", type: "order.paid", subject: "u", ...more };
}

function headersOf(event) {
  const attributes = Object.entries(event).filter(([, value]) => value !== undefined);
  return Object.fromEntries(attributes.map(([name, value]) => [`ce-${name}`, value]));
}

const stored = (event) => daemon.event(`${event.source} ${event.id}`);

describe("binary mode", () => {
  test("attributes in headers, in any case; data by its media type", async () => {
    const event = ce({ time: "2024-01-15T09:00:00Z", subject: "ce-1" });
    assertTaken(await post({ total: 5 }, headersOf(event)), 1);
    const shouted = ce({ subject: "ce-1" });
    assertTaken(await post("{}", Object.fromEntries(Object.entries(headersOf(shouted)).map(([k, v]) => [k.toUpperCase(), v]))), 1);
    assert.equal((await stored(event)).userId, "ce-1");
    assert.equal((await stored(shouted)).type, "track");
    assert.equal((await daemon.lead("ce-1")).scores.interest, 200);
  });

  test("header values: quotes, escapes, one percent-decoding", async () => {
    const cases = { plain: "plain", "a%20b": "a b", "%41%6a": "Aj", "%e2%82%ac": "€", "%2525": "%25", '"x \\"y\\" \\\\ z"': 'x "y" \\ z', '"q%20r"': "q r",
      "100%": "100%", "größe": "größe" }; // as the SDK sends them, without escapes
    for (const [subject, userId] of Object.entries(cases)) {
      const event = ce({ subject });
      assertTaken(await post("{}", headersOf(event)), 1);
      assert.equal((await stored(event)).userId, userId, subject);
    }
  });

  test("refused with 400", async () => {
    const changes = [{ id: undefined }, { source: undefined }, { type: undefined }, { specversion: undefined }, { specversion: "0.3" }, { specversion: "2.0" },
      { id: "" }, { time: "soon" }, { time: "2024-01-15" }, { subject: "%C0%A0" }, { subject: "%FF" }, { my_extension: "x" }];
    for (const change of changes) assertRefused(await post("{}", headersOf(ce(change))), 400);
    assertRefused(await post("{", headersOf(ce())), 400);
  });

  test("no subject: ids from the data, or refused", async () => {
    const event = ce({ subject: undefined });
    assertTaken(await post({ userId: "ce-2", anonymousId: "ce-2-a" }, headersOf(event)), 1);
    assert.equal((await stored(event)).userId, "ce-2");
    assertRefused(await post({ total: 1 }, headersOf(ce({ subject: undefined }))), 400);
  });
});

describe("structured mode", () => {
  test("data in every form", async () => {
    for (const more of [{ data: { a: 1 } }, { data: [1] }, { data: "text", datacontenttype: "text/plain" }, { data: null }, {},
      { data_base64: "AAEC" }, { data_base64: "eyJhIjoxfQ==", datacontenttype: "application/json" }, { extension: true, sequence: 5 }]) {
      const event = ce(more);
      assertTaken(await post(event, STRUCTURED), 1);
      assert.ok(await stored(event), JSON.stringify(more));
    }
  });

  test("without a time, it counts when it was received", async () => {
    const before = Date.now();
    assertTaken(await post(ce({ subject: "ce-3" }), STRUCTURED), 1);
    const after = Date.now();
    const counts = Date.parse((await daemon.lead("ce-3")).last_seen);
    assert.ok(before <= counts + 1 && counts <= after + 1, `${counts} is not between ${before} and ${after}`);
  });

  test("refused with 400", async () => {
    for (const change of [{ id: undefined }, { source: 5 }, { type: undefined }, { specversion: "0.3" }, { time: "soon" }, { Bad_Name: 1 }, { x: {} }, { data: 1, data_base64: "AA==" }])
      assertRefused(await post(ce(change), STRUCTURED), 400);
    for (const body of ["[]", "5", "{", ""]) assertRefused(await post(body, STRUCTURED), 400);
  });

  test("Segment's calls by their type", async () => {
    assertTaken(await post(ce({ type: "com.segment.identify", subject: "ce-4", data: { title: "CTO" } }), STRUCTURED), 1);
    assert.equal((await daemon.lead("ce-4")).traits.title.value, "CTO");
  });
});

describe("batched mode", () => {
  test("events, none, and bad ones among good ones", async () => {
    const [a, b] = [ce(), ce()];
    assertTaken(await post([a, b], BATCHED), 2);
    assertTaken(await post([], BATCHED), 0);
    const [c, d] = [ce(), ce()];
    const answer = await post([c, { id: "x" }, d, 5], BATCHED);
    assertTaken(answer, 2);
    assert.equal(answer.json.rejected, 2);
    for (const event of [a, b, c, d]) assert.ok(await stored(event));
  });

  test("no list: 400", async () => {
    for (const body of ["{}", "5", "[", ""]) assertRefused(await post(body, BATCHED), 400);
  });
});

test("other formats of CloudEvents: 415", async () => {
  for (const type of ["application/cloudevents+avro", "application/cloudevents+protobuf", "application/cloudevents-batch+protobuf"])
    assertRefused(await post("x", { "Content-Type": type }), 415);
});

test("the same source and id is one event, whatever the mode", async () => {
  const event = ce({ subject: "ce-5", data: {} });
  const { data, ...attributes } = event;
  assertTaken(await post(data, headersOf(attributes)));
  assertTaken(await post(event, STRUCTURED));
  assertTaken(await post([event, event], BATCHED));
  assert.equal((await daemon.lead("ce-5")).scores.interest, 100);
});

describe("lines of JSON", () => {
  const line = (more) => ({ type: "track", event: "Content Downloaded", userId: "lines", messageId: `n-${serial++}`, ...more });
  const text = (events) => events.map((event) => JSON.stringify(event)).join("\n");

  test("one event a line, with or without the last line's end", async () => {
    assertTaken(await post(`${text([line(), line()])}\n`, LINES), 2);
    assertTaken(await post(text([line(), line(), line()]), LINES), 3);
    assertTaken(await post(`\r\n${text([line()])}\r\n\n`, LINES), 1);
    assert.equal((await daemon.lead("lines")).scores.interest, 60);
  });

  test("bad lines are counted and told, the others taken", async () => {
    const good = [line({ userId: "lines-2" }), line({ userId: "lines-2" })];
    const answer = await post(`${JSON.stringify(good[0])}\n{"broken\n5\n${JSON.stringify(line({ event: "" }))}\n${JSON.stringify(good[1])}\n`, LINES);
    assertTaken(answer, 2);
    assert.equal(answer.json.rejected, 3, answer.text);
    assert.equal((await daemon.lead("lines-2")).scores.interest, 20);
  });

  test("a stream larger than any other body, plain and gzipped", async () => {
    const events = Array.from({ length: 20_000 }, () => line({ userId: "stream", properties: { text: "x".repeat(400) } }));
    const body = text(events);
    assert.ok(body.length > 8 << 20);
    assertTaken(await post(body, { ...LINES, "Transfer-Encoding": "chunked" }), 20_000);
    assert.equal((await daemon.lead("stream")).scores.interest, 200_000 > 100_000 ? 100_000 : 0);
    const again = await post(zlib.gzipSync(body), { ...LINES, "Content-Encoding": "gzip" });
    assertTaken(again);
    assert.equal((await daemon.events()).filter(({ userId }) => userId === "stream").length, 20_000);
  });

  test("what came before a broken connection may be there, each once", async () => {
    const events = Array.from({ length: 500 }, () => line({ userId: "broken" }));
    const body = text(events);
    const head = `POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Write-Key: ${daemon.key}\r\nContent-Type: application/x-ndjson\r\nContent-Length: ${body.length}\r\n\r\n`;
    await raw(daemon, [head + body.slice(0, body.length / 2)], { until: "HTTP/1.1", give_up_ms: 300 });
    assertTaken(await post(body, LINES));
    assert.equal((await daemon.events()).filter(({ userId }) => userId === "broken").length, 500);
  });

  test("keys stand in headers or the query", async () => {
    const none = { Authorization: undefined };
    assertRefused(await post(text([line()]), { ...LINES, ...none }), 401);
    assertTaken(await post(text([line()]), { ...LINES, ...none, "X-Write-Key": daemon.key }), 1);
    assertTaken(await daemon.post(`/v1/events?writeKey=${daemon.key}`, text([line()]), { ...LINES, ...none }), 1);
  });
});
