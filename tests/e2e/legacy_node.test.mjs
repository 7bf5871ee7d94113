// analytics-node 6, the library before @segment/analytics-node, still in many applications. Unmodified.
import Analytics from "analytics-node";
import { test } from "node:test";
import assert from "node:assert/strict";
import { Daemon } from "./lib/daemon.mjs";
import { assertExactly } from "./lib/expect.mjs";
import { unreliable } from "./lib/unreliable.mjs";
import { assertPerformed, messageIds, perform, withCallbacks } from "./lib/workload.mjs";

function client(daemon, options = {}) {
  const errors = [];
  const analytics = new Analytics(daemon.key, { host: daemon.url, errorHandler: (error) => errors.push(error), ...options });
  return { sdk: withCallbacks(analytics, errors), errors };
}

test("analytics-node: an application's calls arrive once each", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const { sdk, errors } = client(daemon);
  const ids = messageIds("ln");
  perform(sdk, ids.next);
  await sdk.settled();
  assert.deepEqual(errors, []);
  await assertPerformed(daemon, ids.all);
});

test("analytics-node: numeric ids, ids of its own making", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const { sdk, errors } = client(daemon);
  for (let i = 0; i < 50; i++) sdk.track({ userId: 4711, event: "Content Downloaded" });
  await sdk.settled();
  assert.deepEqual(errors, []);
  assert.equal((await daemon.events()).length, 50);
  assert.equal((await daemon.lead("4711")).scores.interest, 500);
});

test("analytics-node: the daemon is killed and comes back", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const { sdk, errors } = client(daemon, { retryCount: 8 });
  const ids = messageIds("lr");
  const track = () => sdk.track({ userId: "u", event: "Content Downloaded", messageId: ids.next() });
  for (let i = 0; i < 30; i++) track();
  await daemon.down("SIGKILL");
  for (let i = 0; i < 30; i++) track();
  await daemon.up(`127.0.0.1:${daemon.port}`);
  await sdk.settled();
  assert.deepEqual(errors, []);
  await assertExactly(daemon, ids.all);
  assert.equal((await daemon.lead("u")).scores.interest, 600);
});

test("analytics-node: answers are lost after the commit", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const link = await unreliable(daemon, 2);
  t.after(() => link.close());
  const { sdk, errors } = client({ key: daemon.key, url: link.url });
  const ids = messageIds("ll");
  for (let i = 0; i < 41; i++) sdk.track({ userId: "u", event: "Content Downloaded", messageId: ids.next() });
  await sdk.settled();
  assert.deepEqual(errors, []);
  assert.equal(link.cut(), 2);
  await assertExactly(daemon, ids.all);
  assert.equal((await daemon.lead("u")).scores.interest, 410);
});
