// @jitsu/js, unmodified, as a server uses it: one request a call, the key in X-Write-Key, a masked one in the body.
import { jitsuAnalytics } from "@jitsu/js";
import { test } from "node:test";
import assert from "node:assert/strict";
import { Daemon } from "./lib/daemon.mjs";
import { counts, idsOf, traitsOf } from "./lib/expect.mjs";

for (const s2s of [false, true])
  test(`@jitsu/js: calls arrive once each, ${s2s ? "server to server" : "as a page's"}`, async (t) => {
    const daemon = await Daemon.start();
    t.after(() => daemon.close());
    const jitsu = jitsuAnalytics({ host: daemon.url, writeKey: `embudo:${daemon.key}`, s2s, fetch: globalThis.fetch });
    await jitsu.reset(); // the library keeps who was known before in the process
    await jitsu.setAnonymousId("anon-ana");
    await jitsu.page({ name: "Pricing" });
    await jitsu.track("Content Downloaded", { title: "Größe" });
    await jitsu.identify("ana", { email: "ana@acme.example", title: "CTO" });
    for (let i = 0; i < 5; i++) await jitsu.track("Content Downloaded", { number: i });
    await jitsu.group("acme", { name: "Acme" });
    const events = await daemon.events();
    assert.deepEqual(counts(events), { page: 1, track: 6, identify: 1, group: 1 });
    assert.equal(new Set(events.map(({ messageId }) => messageId)).size, 9);
    const ana = await daemon.lead("ana");
    assert.deepEqual(idsOf(ana), ["anonymous_id anon-ana", "user_id ana"]);
    assert.equal(ana.scores.interest, 61);
    assert.equal(traitsOf(ana).title, "CTO");
  });
