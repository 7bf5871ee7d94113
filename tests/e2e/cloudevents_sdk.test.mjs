// cloudevents, the official JavaScript SDK, unmodified: its emitter in both modes, and batches as it serialises them.
import { CloudEvent, HTTP, Mode, emitterFor, httpTransport } from "cloudevents";
import { test } from "node:test";
import assert from "node:assert/strict";
import { Daemon } from "./lib/daemon.mjs";
import { assertExactly, assertTaken, counts, idsOf, traitsOf } from "./lib/expect.mjs";

function event(id, fields) {
  return new CloudEvent({ id, source: "/shop", type: "order.paid", subject: "ana", time: "2024-01-15T09:00:00.000Z", ...fields });
}

// What the SDK would send, through its own transport; the key goes where there are no ce- headers.
function emitter(daemon, mode) {
  const emit = emitterFor(httpTransport(`${daemon.url}/v1/events`), { mode });
  return (message) => emit(message, { headers: { authorization: daemon.basic() } });
}

test("cloudevents: binary and structured, emitted by the SDK", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const ids = [];
  for (const mode of [Mode.BINARY, Mode.STRUCTURED]) {
    const emit = emitter(daemon, mode);
    for (const [name, fields] of Object.entries({
      paid: { data: { total: 5 } },
      text: { data: "hello", datacontenttype: "text/plain" },
      null: { data: null },
      identify: { type: "com.segment.identify", data: { email: "ana@acme.example", title: "CTO" } },
      extended: { data: [1, 2], partitionkey: "k", sequence: "7" },
      ...(mode === Mode.STRUCTURED ? { none: {} } : {}), // the SDK cannot send it in binary mode
      spelled: { subject: "ana", type: "order.größe \"quoted\" 50%", data: {} },
    })) {
      ids.push(`/shop ${mode}-${name}`);
      const answer = await emit(event(`${mode}-${name}`, fields));
      assert.match(answer.body, /"success":true/);
    }
  }
  const events = await assertExactly(daemon, ids);
  assert.deepEqual(counts(events), { track: 11, identify: 2 });
  const lead = await daemon.lead("ana");
  assert.deepEqual(idsOf(lead).filter((id) => !id.startsWith("email")), ["user_id ana"]);
  assert.equal(lead.scores.interest, 900);
  assert.equal(traitsOf(lead).title, "CTO");
  assert.equal(lead.last_seen, "2024-01-15T09:00:00Z");
  assert.equal(events.filter(({ event: name }) => name === 'order.größe "quoted" 50%').length, 2);
});

test("cloudevents: the same event again is a duplicate, another source's is not", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const emit = emitter(daemon, Mode.BINARY);
  for (const source of ["/shop", "/shop", "/outlet", "/shop"]) await emit(event("1", { source, data: {} }));
  await assertExactly(daemon, ["/shop 1", "/outlet 1"]);
  assert.equal((await daemon.lead("ana")).scores.interest, 200);
});

test("cloudevents: a batch as the SDK writes it", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const events = ["a", "b", "c"].map((id) => JSON.parse(HTTP.structured(event(id, { data: { id } })).body));
  const type = { "Content-Type": "application/cloudevents-batch+json; charset=utf-8" };
  assertTaken(await daemon.post("/v1/events", events, type), 3);
  assertTaken(await daemon.post("/v1/events", [], type), 0);
  await assertExactly(daemon, ["/shop a", "/shop b", "/shop c"]);
});
