// @segment/analytics-node, unmodified.
import { Analytics } from "@segment/analytics-node";
import { test } from "node:test";
import assert from "node:assert/strict";
import { Daemon, pause } from "./lib/daemon.mjs";
import { assertExactly } from "./lib/expect.mjs";
import { unreliable } from "./lib/unreliable.mjs";
import { assertPerformed, messageIds, perform } from "./lib/workload.mjs";

function client(daemon, options = {}) {
  const errors = [];
  const analytics = new Analytics({ writeKey: daemon.key, host: daemon.url, ...options });
  analytics.on("error", (error) => errors.push(error));
  return { analytics, errors };
}

test("segment-node: an application's calls arrive once each", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const { analytics, errors } = client(daemon);
  const ids = messageIds("sn");
  perform(analytics, ids.next);
  await analytics.closeAndFlush();
  assert.deepEqual(errors, []);
  await assertPerformed(daemon, ids.all);
  const events = await daemon.events();
  assert.equal(events.filter(({ source }) => source !== events[0].source).length, 0);
});

test("segment-node: ids of its own making, on many connections at once", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const { analytics, errors } = client(daemon);
  const sent = [];
  analytics.on("track", ({ messageId }) => messageId && sent.push(messageId));
  for (let i = 0; i < 600; i++) analytics.track({ userId: `u${i % 7}`, event: "Content Downloaded" });
  await analytics.closeAndFlush();
  assert.deepEqual(errors, []);
  const events = await daemon.events();
  assert.equal(events.length, 600);
  assert.equal(new Set(events.map(({ messageId }) => messageId)).size, 600);
  const leads = await daemon.leads();
  assert.equal(leads.length, 7);
  assert.equal(leads.reduce((sum, lead) => sum + lead.scores.interest, 0), 6000);
});

for (const signal of ["SIGTERM", "SIGKILL"])
  test(`segment-node: the daemon ends by ${signal} in the middle and comes back`, async (t) => {
    const daemon = await Daemon.start();
    t.after(() => daemon.close());
    const { analytics, errors } = client(daemon, { flushAt: 5 });
    const ids = messageIds("sr");
    const track = () => analytics.track({ userId: "u", event: "Content Downloaded", messageId: ids.next() });
    for (let i = 0; i < 20; i++) track();
    const end = daemon.down(signal);
    for (let i = 0; i < 20; i++) track();
    await end;
    await pause(200);
    await daemon.up(`127.0.0.1:${daemon.port}`);
    for (let i = 0; i < 20; i++) track();
    await analytics.closeAndFlush();
    assert.deepEqual(errors, []);
    await assertExactly(daemon, ids.all);
    assert.equal((await daemon.lead("u")).scores.interest, 600);
  });

test("segment-node: answers are lost after the commit, so batches come twice", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const link = await unreliable(daemon, 3);
  t.after(() => link.close());
  const { analytics, errors } = client({ key: daemon.key, url: link.url }, { flushAt: 5 });
  const ids = messageIds("sl");
  for (let i = 0; i < 20; i++) analytics.track({ userId: "u", event: "Content Downloaded", messageId: ids.next() });
  await analytics.closeAndFlush();
  assert.deepEqual(errors, []);
  assert.equal(link.cut(), 3);
  await assertExactly(daemon, ids.all);
  assert.equal((await daemon.lead("u")).scores.interest, 200);
});

test("segment-node: a wrong key is reported and not tried again", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const { analytics, errors } = client({ key: "another-key", url: daemon.url });
  analytics.track({ userId: "u", event: "Content Downloaded" });
  await analytics.closeAndFlush();
  assert.equal(errors.length, 1);
  assert.deepEqual(await daemon.events(), []);
});
