// A page of another origin in Chromium, with Segment's and Rudder's browser libraries as sites load them: preflights,
// text/plain, keepalive, beacons. Unmodified but for the host they send to, which is a setting.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { Chromium } from "./lib/chromium.mjs";
import { Daemon, pause } from "./lib/daemon.mjs";
import { counts, idsOf, traitsOf } from "./lib/expect.mjs";
import { send } from "./lib/http.mjs";
import { site } from "./lib/site.mjs";

const ARRIVE_MS = 30_000;

function settings(daemon, more = {}) {
  const to = { apiKey: daemon.key, apiHost: `127.0.0.1:${daemon.port}/v1`, protocol: "http", ...more };
  return { integrations: { "Segment.io": to } };
}

// Waits until so many events have arrived.
async function arrived(daemon, count) {
  let events = [];
  for (const end = Date.now() + ARRIVE_MS; Date.now() < end; await pause(100)) {
    events = await daemon.events();
    if (events.length >= count) break;
  }
  assert.equal(events.length, count, JSON.stringify(counts(events)));
  return events;
}

// In the page: resolves when the library has sent what it was called with.
const CALLS = `(async () => {
  await new Promise((ready) => analytics.ready(ready));
  await analytics.track("Content Downloaded", { title: "Größe" });
  await analytics.identify("ana", { email: "ana@acme.example", firstName: "Ana" });
  for (let i = 0; i < 5; i++) await analytics.track("Content Downloaded", { number: i });
  await analytics.group("acme", { name: "Acme" });
  await analytics.alias("ana");
  return analytics.user().anonymousId();
})()`;

describe("a page of another origin", () => {
  let browser, daemon;
  before(async () => {
    browser = await Chromium.start();
  });
  after(() => browser.close());

  async function visit(t, more, path = "/pricing") {
    daemon = await Daemon.start();
    t.after(() => daemon.close());
    const shop = await site(settings(daemon, more));
    t.after(() => shop.close());
    const page = await browser.open(`${shop.url}${path}?key=${daemon.key}&utm_source=news&utm_medium=mail`);
    t.after(() => page.close());
    return { page, shop };
  }

  async function assertVisited(anonymousId) {
    const events = await arrived(daemon, 10);
    assert.deepEqual(counts(events), { page: 1, track: 6, identify: 1, group: 1, alias: 1 });
    assert.equal(new Set(events.map(({ messageId }) => messageId)).size, 10);
    const leads = await daemon.leads();
    assert.deepEqual(leads.map(({ lead }) => lead), ["ana"]);
    const ana = await daemon.lead("ana");
    assert.deepEqual(idsOf(ana), [`anonymous_id ${anonymousId}`, "user_id ana"]);
    assert.equal(ana.scores.interest, 61);
    assert.equal(ana.account, "acme");
    assert.equal(traitsOf(ana).email, "ana@acme.example");
  }

  test("the library as sites load it, one request an event", async (t) => {
    const { page, shop } = await visit(t, {});
    await assertVisited(await page(CALLS));
    assert.deepEqual(shop.missing, []);
  });

  test("the library sending batches", async (t) => {
    const { page } = await visit(t, { deliveryStrategy: { strategy: "batching", config: { size: 4, timeout: 300 } } });
    await assertVisited(await page(CALLS));
  });

  test("the daemon is away while the page sends; the library tries again", async (t) => {
    const { page } = await visit(t, {});
    await page("new Promise((ready) => analytics.ready(ready))");
    await arrived(daemon, 1);
    await daemon.down("SIGKILL");
    const calls = page(`(async () => { for (let i = 0; i < 3; i++) analytics.track("Content Downloaded", { i }); })()`);
    await pause(300);
    await daemon.up(`127.0.0.1:${daemon.port}`);
    await calls;
    const events = await arrived(daemon, 4);
    assert.equal(new Set(events.map(({ messageId }) => messageId)).size, 4);
  });

  test("the library with the settings that the daemon hands out", async (t) => {
    daemon = await Daemon.start();
    t.after(() => daemon.close());
    const answer = await send(daemon, { method: "GET", path: `/v1/projects/${daemon.key}/settings` });
    assert.equal(answer.status, 200, answer.text);
    const shop = await site(answer.json);
    t.after(() => shop.close());
    const page = await browser.open(`${shop.url}/pricing?key=${daemon.key}`);
    t.after(() => page.close());
    await assertVisited(await page(CALLS));
  });

  for (const useBeacon of [false, true])
    test(`Rudder's library, ${useBeacon ? "with beacons" : "with its queue"}, which asks the daemon for its settings`, async (t) => {
      daemon = await Daemon.start();
      t.after(() => daemon.close());
      const shop = await site({});
      t.after(() => shop.close());
      const page = await browser.open(`${shop.url}/rudder.html?utm_source=news`);
      t.after(() => page.close());
      const anonymousId = await page(`(async () => {
        const analytics = new rudderanalytics.RudderAnalytics();
        await new Promise((ready) => analytics.load("${daemon.key}", "${daemon.url}", {
          configUrl: "${daemon.url}", lockIntegrationsVersion: true, logLevel: "ERROR", sendAdblockPage: false,
          useBeacon: ${useBeacon}, beaconQueueOptions: { flushQueueInterval: 300 }, onLoaded: ready,
        }));
        analytics.page();
        analytics.track("Content Downloaded", { title: "Größe" });
        analytics.identify("ana", { email: "ana@acme.example", firstName: "Ana" });
        for (let i = 0; i < 5; i++) analytics.track("Content Downloaded", { number: i });
        analytics.group("acme", { name: "Acme" });
        analytics.alias("ana");
        return analytics.getAnonymousId();
      })()`);
      await assertVisited(anonymousId);
    });

  test("sendBeacon when the page goes away", async (t) => {
    const { page } = await visit(t, {});
    await page("new Promise((ready) => analytics.ready(ready))");
    await arrived(daemon, 1);
    const batch = [1, 2, 3].map((n) => ({ type: "track", event: "Content Downloaded", anonymousId: "b", messageId: `beacon-${n}` }));
    const url = `${daemon.url}/beacon/v1/batch?writeKey=${daemon.key}`;
    const body = JSON.stringify({ batch, sentAt: new Date().toISOString() });
    assert.equal(await page(`navigator.sendBeacon(${JSON.stringify(url)}, ${JSON.stringify(body)})`), true);
    const events = await arrived(daemon, 4);
    assert.equal(events.filter(({ messageId }) => /^beacon-/.test(messageId)).length, 3);
  });

  test("fetch with every header the SDKs send; answers and errors can be read", async (t) => {
    const { page } = await visit(t, {});
    const statuses = await page(`(async () => {
      const post = async (path, headers, body) => {
        const answer = await fetch("${daemon.url}" + path, { method: "POST", headers, body });
        const text = await answer.text();
        return [answer.status, JSON.parse(text).success, answer.headers.get("Retry-After")];
      };
      const event = JSON.stringify({ event: "Content Downloaded", anonymousId: "f", messageId: "f1" });
      const all = { Authorization: "${daemon.basic()}", "Content-Type": "application/json;charset=UTF-8",
        AnonymousId: btoa("f"), SentAt: new Date().toISOString(), "X-Retry-Count": "1", "X-Write-Key": "${daemon.key}" };
      const ce = { "X-Write-Key": "${daemon.key}", "Content-Type": "application/json", "ce-specversion": "1.0", "ce-id": "1",
        "ce-source": "/page", "ce-type": "looked", "ce-subject": "f" };
      return [
        await post("/v1/track", all, event),
        await post("/v1/track", { Authorization: "Basic eDo=" }, event),
        await post("/v1/track", { Authorization: "${daemon.basic()}" }, "{"),
        await post("/v1/events", ce, "{}"),
      ];
    })()`);
    assert.deepEqual(statuses, [[200, true, null], [401, false, null], [400, false, null], [200, true, null]]);
  });

  test("other sites' pages cannot read leads, not even with a token", async (t) => {
    const { page } = await visit(t, {});
    for (const path of ["/v1/leads", "/v1/leads/ana", "/metrics"]) {
      const outcome = await page(`fetch("${daemon.url}${path}", { headers: { Authorization: "Bearer ${daemon.token}" } })
        .then((answer) => "read: " + answer.status, (error) => error.name)`);
      assert.equal(outcome, "TypeError", path);
    }
  });
});
