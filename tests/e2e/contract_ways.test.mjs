// The wire contract: paths and methods, where keys may stand, media types and encodings, what answers look like, CORS.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import zlib from "node:zlib";
import { Daemon } from "./lib/daemon.mjs";
import { assertRefused, assertTaken } from "./lib/expect.mjs";
import { send } from "./lib/http.mjs";

let daemon;
let serial = 0;
before(async () => (daemon = await Daemon.start()));
after(() => daemon.close());

// A track call of its own: { messageId, ... }.
function track(more = {}) {
  return { type: "track", event: "Content Downloaded", userId: "u", messageId: `w-${serial++}`, ...more };
}

async function assertStored(...messageIds) {
  const stored = new Set((await daemon.events()).map(({ messageId }) => messageId));
  for (const id of messageIds) assert.ok(stored.has(id), `${id} is not in the journal`);
}

async function assertNotStored(...messageIds) {
  const stored = new Set((await daemon.events()).map(({ messageId }) => messageId));
  for (const id of messageIds) assert.ok(!stored.has(id), `${id} is in the journal`);
}

describe("paths", () => {
  const batches = ["/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"];
  const calls = {
    track: { event: "Content Downloaded" },
    identify: { traits: { a: 1 } },
    page: { name: "Home" },
    screen: { name: "Home" },
    group: { groupId: "acme" },
    alias: { previousId: "old" },
  };

  for (const path of batches.flatMap((path) => [path, `${path}/`]))
    test(`POST ${path} takes a batch`, async () => {
      const events = [track(), track()];
      assertTaken(await daemon.post(path, { batch: events, sentAt: new Date().toISOString() }), 2);
      await assertStored(...events.map(({ messageId }) => messageId));
    });

  for (const [type, members] of Object.entries(calls))
    for (const path of [`/v1/${type}`, `/v1/${type}/`, `/v1/${type[0]}`])
      test(`POST ${path} takes one call without a type`, async () => {
        const call = { userId: `u-${type}`, messageId: `w-${serial++}`, ...members };
        assertTaken(await daemon.post(path, call), 1);
        assert.equal((await daemon.event(call.messageId)).type, type);
      });

  test("the body's type wins over the path's", async () => {
    const call = { type: "screen", name: "Home", userId: "u", messageId: `w-${serial++}` };
    assertTaken(await daemon.post("/v1/page", call), 1);
    assert.equal((await daemon.event(call.messageId)).type, "screen");
  });

  test("POST /v1/m is taken and ignored", async () => {
    assertTaken(await daemon.post("/v1/m", { series: [{ metric: "x", type: "Counter", value: 1 }] }));
  });

  for (const method of ["GET", "PUT", "DELETE", "PATCH"])
    for (const path of ["/v1/batch", "/v1/track", "/v1/t"])
      test(`${method} ${path}: 405 with Allow`, async () => {
        const answer = await send(daemon, { method, path, headers: { Authorization: daemon.basic() } });
        assertRefused(answer, 405);
        assert.match(answer.headers.allow ?? "", /\bPOST\b/);
      });

  for (const path of ["/", "/v1", "/v2/track", "/v1/tracks", "/v1/track/x", "/batch", "/v1//track", "/V1/track"])
    test(`POST ${path}: 404 in JSON`, async () => assertRefused(await daemon.post(path, track()), 404));

  test("POST is never redirected", async () => {
    for (const path of ["/v1/batch/", "//v1/batch", "/v1/./batch", "/v1/x/../batch"]) {
      const { status } = await daemon.post(path, { batch: [track()] });
      assert.ok(status < 300 || status > 399, `${path}: ${status}`);
    }
  });
});

describe("what some libraries ask for besides", () => {
  const get = (path, headers = {}) => send(daemon, { method: "GET", path, headers });

  test("Segment's settings lead back to the host that was asked", async () => {
    const { status, json } = await get(`/v1/projects/${daemon.key}/settings`);
    assert.equal(status, 200);
    const expected = { apiKey: daemon.key, apiHost: `127.0.0.1:${daemon.port}/v1`, protocol: "http" };
    assert.deepEqual(json.integrations["Segment.io"], expected);
    assertRefused(await get("/v1/projects/nobodys-key-0123456789/settings"), 401);
  });

  test("Rudder's source configuration: enabled, no destinations, no statistics", async () => {
    for (const path of [`/sourceConfig/?p=web&v=3&writeKey=${daemon.key}`, `/sourceConfig?writeKey=${daemon.key}`]) {
      const { status, json } = await get(path);
      assert.equal(status, 200);
      assert.equal(json.source.enabled, true);
      assert.equal(json.source.writeKey, daemon.key);
      assert.deepEqual(json.source.destinations, []);
    }
    const asked = await get("/sourceConfig/?p=web", { Authorization: daemon.basic(), Origin: "https://shop.example" });
    assert.equal(asked.status, 200);
    assert.ok(["*", "https://shop.example"].includes(asked.headers["access-control-allow-origin"]));
    assertRefused(await get("/sourceConfig/?writeKey=wrong"), 401);
  });

  test("the pixel is an image, and an event", async () => {
    const messageId = `w-${serial++}`;
    const answer = await get(`/pixel/v1/track?writeKey=${daemon.key}&anonymousId=pixel&event=Content+Downloaded&messageId=${messageId}&plan=team`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers["content-type"], /^image\//);
    assert.equal((await daemon.event(messageId)).event, "Content Downloaded");
    assert.equal((await get(`/pixel/v1/page?writeKey=${daemon.key}&anonymousId=pixel&name=Home`)).status, 200);
    const before = (await daemon.lead("pixel")).scores.interest;
    assert.equal(before, 11);
    const head = await send(daemon, { method: "HEAD", path: `/pixel/v1/page?writeKey=${daemon.key}&anonymousId=pixel&name=Home` });
    assert.deepEqual([head.status, head.headers["content-type"], head.text], [200, "image/gif", ""]);
    assert.equal((await get(`/pixel/v1/page?writeKey=${daemon.key}&anonymousId=pixel&name=Home`)).status, 200);
    assert.equal((await daemon.lead("pixel")).scores.interest, 12, "HEAD was counted");
  });

  for (const path of ["/api/s/track", "/api/s/s2s/track"])
    test(`POST ${path}, Jitsu's: the key as ID:KEY, a masked one in the body`, async () => {
      const call = { ...track(), writeKey: "id:***" };
      assertTaken(await daemon.post(path, call, { Authorization: undefined, "X-Write-Key": `id:${daemon.key}` }), 1);
      await assertStored(call.messageId);
      assertRefused(await daemon.post(path, track(), { Authorization: undefined, "X-Write-Key": "id:wrong" }), 401);
    });
});

describe("keys", () => {
  const batch = (more) => ({ batch: [track()], ...more });
  const post = (path, body, headers = {}) => daemon.post(path, body, { Authorization: undefined, ...headers });
  const basic = (text) => ({ Authorization: `Basic ${Buffer.from(text).toString("base64")}` });

  test("Basic, with and without the colon, in any case of the word", async () => {
    for (const text of [`${daemon.key}:`, daemon.key, `${daemon.key}:ignored`])
      assertTaken(await post("/v1/batch", batch(), basic(text)), 1);
    const encoded = basic(`${daemon.key}:`).Authorization.slice("Basic ".length);
    assertTaken(await post("/v1/batch", batch(), { Authorization: `basic ${encoded}` }), 1);
    assertTaken(await post("/v1/batch", batch(), { authorization: `Basic ${encoded.replace(/=+$/, "")}` }), 1);
  });

  test("the body's writeKey", async () => {
    assertTaken(await post("/v1/batch", batch({ writeKey: daemon.key })), 1);
    assertTaken(await post("/v1/track", track({ writeKey: daemon.key })), 1);
  });

  test("X-Write-Key", async () => assertTaken(await post("/v1/track", track(), { "X-Write-Key": daemon.key }), 1));

  test("?writeKey=, as beacons have it", async () => {
    assertTaken(await post(`/beacon/v1/batch?writeKey=${daemon.key}`, JSON.stringify(batch()), { "Content-Type": "text/plain" }), 1);
    assertTaken(await post(`/v1/track?x=1&writeKey=${daemon.key}`, track()), 1);
  });

  test("a write key as a bearer's token, for senders that know nothing else", async () => {
    assertTaken(await post("/v1/track", track(), { Authorization: `Bearer ${daemon.key}` }), 1);
    const ce = { "Content-Type": "application/json", "ce-specversion": "1.0", "ce-id": "bearer-1", "ce-source": "/s", "ce-type": "t", "ce-subject": "u" };
    assertTaken(await post("/v1/events", { userId: "u" }, { ...ce, Authorization: `Bearer ${daemon.key}` }), 1);
    assertRefused(await post("/v1/track", track(), { Authorization: `Bearer ${daemon.key}x` }), 401);
  });

  test("Bearer of another system beside the body's writeKey (OAuth)", async () => {
    assertTaken(await post("/v1/batch", batch({ writeKey: daemon.key }), { Authorization: "Bearer some.jwt.token" }), 1);
  });

  test("Basic wins over a differing body", async () => {
    assertTaken(await post("/v1/batch", batch({ writeKey: "wrong" }), basic(`${daemon.key}:`)), 1);
    assertRefused(await post("/v1/batch", batch({ writeKey: daemon.key }), basic("wrong:")), 401);
  });

  test("no key, or one nobody knows: 401, nothing is kept", async () => {
    const event = track();
    for (const headers of [{}, basic("wrong:"), basic(""), { Authorization: "Basic !!!" }, { "X-Write-Key": "wrong" }, { "X-Write-Key": "" }]) {
      assertRefused(await post("/v1/track", event, headers), 401);
      assertRefused(await post("/v1/batch", { batch: [event] }, headers), 401);
    }
    assertRefused(await post("/v1/batch", { batch: [event], writeKey: "wrong" }), 401);
    assertRefused(await post("/v1/batch?writeKey=wrong", { batch: [event] }), 401);
    assertRefused(await post("/v1/batch", { batch: [event], writeKey: 12 }), 401);
    await assertNotStored(event.messageId);
  });

  test("a write key opens nothing else, the admin token everything", async () => {
    for (const path of ["/v1/leads", "/v1/leads/u", "/v1/leads/u/explain"]) {
      for (const headers of [{}, { Authorization: daemon.basic() }, { Authorization: `Bearer ${daemon.key}` }, { Authorization: "Bearer x" }])
        assertRefused(await send(daemon, { method: "GET", path, headers }), 401, 403);
      assert.equal((await daemon.read(path)).status, 200, path);
    }
  });

  test("the write key is in no export and no answer", async () => {
    const event = track({ writeKey: daemon.key });
    assertTaken(await post("/v1/track", event), 1);
    assert.ok(!JSON.stringify(await daemon.events()).includes(daemon.key));
    assert.ok(!daemon.said.includes(daemon.key));
  });
});

describe("media types and encodings", () => {
  const types = [
    "application/json", "application/json;charset=UTF-8", "application/json; charset=utf-8", "text/plain", "text/plain;charset=UTF-8",
    "application/x-www-form-urlencoded", "application/octet-stream", "text/html", "nonsense", undefined,
  ];
  for (const type of types)
    test(`JSON as ${type ?? "no Content-Type"}`, async () => {
      const event = track();
      assertTaken(await daemon.post("/v1/track", event, { "Content-Type": type }), 1);
      await assertStored(event.messageId);
    });

  const packed = (body) => zlib.gzipSync(JSON.stringify(body));
  const gzip = { "Content-Encoding": "gzip" };

  test("gzip, of a length and in chunks, in any case", async () => {
    for (const headers of [gzip, { "Content-Encoding": "GZIP" }, { ...gzip, "Transfer-Encoding": "chunked" },
      { ...gzip, "Content-Type": "application/x-www-form-urlencoded" }]) {
      const event = track();
      assertTaken(await daemon.post("/v1/batch", packed({ batch: [event] }), headers), 1);
      await assertStored(event.messageId);
    }
  });

  test("gzip of several members", async () => {
    const text = JSON.stringify(track());
    const body = Buffer.concat([zlib.gzipSync(text.slice(0, 30)), zlib.gzipSync(text.slice(30))]);
    assertTaken(await daemon.post("/v1/track", body, gzip), 1);
  });

  test("a megabyte that shrinks to 3 KB is taken: ratios do not count", async () => {
    const events = Array.from({ length: 40 }, () => track({ properties: { text: "x".repeat(25_000) } }));
    const body = packed({ batch: events });
    assert.ok(body.length < 20_000);
    assertTaken(await daemon.post("/v1/batch", body, gzip), 40);
  });

  test("corrupt gzip: 400", async () => {
    const whole = packed(track());
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 5] ^= 0xff;
    for (const body of [Buffer.from("no gzip"), whole.subarray(0, whole.length - 9), flipped, Buffer.concat([whole, Buffer.from("tail")])])
      assertRefused(await daemon.post("/v1/track", body, gzip), 400);
  });

  test("a bomb: refused while it inflates", async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(200 << 20));
    assertRefused(await daemon.post("/v1/track", bomb, gzip), 400, 413);
    const nested = packed({ ...track(), properties: { text: "x".repeat(30 << 20) } });
    assertRefused(await daemon.post("/v1/track", nested, gzip), 400, 413);
  });

  test("an encoding nobody announced: 415; identity is none", async () => {
    for (const encoding of ["br", "zstd", "compress", "x"])
      assertRefused(await daemon.post("/v1/track", track(), { "Content-Encoding": encoding }), 415);
    assertTaken(await daemon.post("/v1/track", track(), { "Content-Encoding": "identity" }), 1);
  });
});

describe("bodies that are none", () => {
  const cases = {
    "no body": "", "not JSON": "hello", "cut JSON": '{"batch":[', "a list": "[]", "a text": '"x"', "a number": "5", null: "null",
    "batch is no list": '{"batch":{}}', "two documents": "{}{}", "bad UTF-8": Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    NUL: Buffer.from('{"a":"\0"}'),
  };
  for (const [name, body] of Object.entries(cases))
    for (const path of ["/v1/batch", "/v1/track"])
      test(`${name} to ${path}: 400`, async () => assertRefused(await daemon.post(path, body), 400));

  test("a single call that cannot be taken: 400 with the reason", async () => {
    for (const [path, call] of [["/v1/track", { userId: "u" }], ["/v1/track", { event: "x" }], ["/v1/page", { userId: "" }], ["/v1/alias", {}]])
      assertRefused(await daemon.post(path, call), 400);
  });

  test("an empty batch is a success", async () => assertTaken(await daemon.post("/v1/batch", { batch: [] }), 0));
});

describe("CORS", () => {
  const origin = "https://shop.example";
  const paths = ["/v1/batch", "/v1/batch/", "/v1/b", "/v1/t", "/v1/track", "/v1/import", "/beacon/v1/batch", "/v1/m", "/v1/events"];
  const preflight = (path, wanted, method = "POST") =>
    send(daemon, { method: "OPTIONS", path,
      headers: { Origin: origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": wanted } });
  const words = (text) => (text ?? "").toLowerCase().split(/\s*,\s*/);

  for (const path of paths)
    test(`preflight of ${path}`, async () => {
      for (const wanted of ["authorization", "anonymousid,authorization,content-type,sentat", "authorization,x-retry-count", "ce-id,ce-weird,x-write-key"]) {
        const { status, headers } = await preflight(path, wanted);
        assert.ok([200, 204].includes(status), `${status}`);
        assert.ok([origin, "*"].includes(headers["access-control-allow-origin"]));
        assert.ok(words(headers["access-control-allow-methods"]).includes("post"));
        for (const word of words(wanted)) assert.ok(words(headers["access-control-allow-headers"]).includes(word), word);
        assert.ok(Number(headers["access-control-max-age"]) >= 600);
        assert.equal(headers["access-control-allow-credentials"], undefined);
      }
    });

  test("answers, errors too, may be read by the page", async () => {
    const from = { Origin: origin };
    for (const answer of [
      await daemon.post("/v1/track", track(), from),
      await daemon.post("/v1/track", "{", from),
      await daemon.post("/v1/track", track(), { ...from, Authorization: "Basic eDo=" }),
      await daemon.post("/v1/track", "x".repeat(5 << 20), from),
      await send(daemon, { method: "PUT", path: "/v1/track", headers: from }),
    ]) {
      assert.ok([origin, "*"].includes(answer.headers["access-control-allow-origin"]), `${answer.status} ${JSON.stringify(answer.headers)}`);
      assert.ok(words(answer.headers["access-control-expose-headers"]).includes("retry-after"), `${answer.status}`);
    }
  });

  test("nothing but sending is open to other sites", async () => {
    for (const path of ["/v1/leads", "/v1/leads/u", "/v1/stream", "/metrics"]) {
      const { headers } = await preflight(path, "authorization", "GET");
      assert.equal(headers["access-control-allow-origin"], undefined, path);
      assert.equal((await daemon.read(path.replace("/v1/stream", "/v1/leads"), { Origin: origin })).headers["access-control-allow-origin"], undefined);
    }
  });
});

describe("CORS with a list of origins", () => {
  let strict;
  before(async () => (strict = await Daemon.start({ config: 'cors:\n  ingest_origins: ["https://shop.example"]\n' })));
  after(() => strict.close());

  test("only those origins are told that they may", async () => {
    for (const [origin, may] of [["https://shop.example", true], ["https://evil.example", false], ["http://shop.example", false], ["null", false]]) {
      const answer = await strict.post("/v1/track", track(), { Origin: origin });
      assertTaken(answer, 1);
      assert.equal(answer.headers["access-control-allow-origin"], may ? origin : undefined);
      if (may) assert.match(answer.headers.vary ?? "", /origin/i);
    }
  });
});
