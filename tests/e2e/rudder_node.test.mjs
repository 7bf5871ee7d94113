// @rudderstack/rudder-sdk-node, unmodified: gzip by default, and a Content-Type that is not JSON's.
import Analytics from "@rudderstack/rudder-sdk-node";
import { test } from "node:test";
import assert from "node:assert/strict";
import { Daemon } from "./lib/daemon.mjs";
import { assertExactly } from "./lib/expect.mjs";
import { unreliable } from "./lib/unreliable.mjs";
import { assertPerformed, messageIds, perform, withCallbacks } from "./lib/workload.mjs";

function client(daemon, options = {}) {
  const errors = [];
  const errorHandler = (error) => errors.push(error);
  const analytics = new Analytics(daemon.key, { dataPlaneUrl: daemon.url, errorHandler, logLevel: "error", ...options });
  return { sdk: withCallbacks(analytics, errors), errors };
}

for (const gzip of [true, false])
  test(`rudder-sdk-node: an application's calls arrive once each, gzip ${gzip}`, async (t) => {
    const daemon = await Daemon.start();
    t.after(() => daemon.close());
    const { sdk, errors } = client(daemon, { gzip });
    const ids = messageIds("rn");
    perform(sdk, ids.next);
    await sdk.settled();
    assert.deepEqual(errors, []);
    await assertPerformed(daemon, ids.all);
  });

test("rudder-sdk-node: history keeps its dates", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const { sdk, errors } = client(daemon);
  sdk.track({ userId: "u", event: "Content Downloaded", timestamp: new Date("2024-03-01T10:00:00Z") });
  await sdk.settled();
  assert.deepEqual(errors, []);
  const lead = await daemon.lead("u");
  assert.equal(lead.last_seen, "2024-03-01T10:00:00Z");
});

test("rudder-sdk-node: a batch of a megabyte", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const { sdk, errors } = client(daemon, { flushAt: 100, maxQueueSize: 4_000_000 });
  const ids = messageIds("rm");
  const text = "x".repeat(20_000);
  for (let i = 0; i < 60; i++)
    sdk.track({ userId: "u", event: "Content Downloaded", properties: { text }, messageId: ids.next() });
  await sdk.settled();
  assert.deepEqual(errors, []);
  await assertExactly(daemon, ids.all);
});

test("rudder-sdk-node: the daemon is killed, comes back, and loses an answer", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const link = await unreliable(daemon, 1);
  t.after(() => link.close());
  const { sdk, errors } = client({ key: daemon.key, url: link.url }, { retryCount: 8 });
  const ids = messageIds("rr");
  const track = () => sdk.track({ userId: "u", event: "Content Downloaded", messageId: ids.next() });
  for (let i = 0; i < 30; i++) track();
  await daemon.down("SIGKILL");
  for (let i = 0; i < 30; i++) track();
  await daemon.up(`127.0.0.1:${daemon.port}`);
  await sdk.settled();
  assert.deepEqual(errors, []);
  assert.equal(link.cut(), 1);
  await assertExactly(daemon, ids.all);
  assert.equal((await daemon.lead("u")).scores.interest, 600);
});
