// The wire contract: HTTP as real clients and hostile ones speak it.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import net from "node:net";
import { Daemon, pause } from "./lib/daemon.mjs";
import { assertTaken } from "./lib/expect.mjs";
import { raw, send } from "./lib/http.mjs";

let daemon;
let serial = 0;
before(async () => (daemon = await Daemon.start()));
after(() => daemon.close());

function body(more = {}) {
  return JSON.stringify({ event: "Content Downloaded", userId: "u", messageId: `h-${serial++}`, ...more });
}

// A request as text; lines: further headers.
function request(text, lines = [], { method = "POST", path = "/v1/track", version = "1.1", length = true } = {}) {
  const head = [`${method} ${path} HTTP/${version}`, "Host: 127.0.0.1", `X-Write-Key: ${daemon.key}`, ...lines];
  if (length) head.push(`Content-Length: ${Buffer.byteLength(text)}`);
  return `${head.join("\r\n")}\r\n\r\n${text}`;
}

const statuses = (got) => [...got.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));
const chunked = (...parts) => `${parts.map((part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`).join("")}0\r\n\r\n`;
const CHUNKED = { length: false };

describe("requests as clients send them", () => {
  test("header names in any case, blanks around values", async () => {
    const text = body();
    const got = await raw(daemon, `POST /v1/track HTTP/1.1\r\nhOST:127.0.0.1\r\nx-wRITE-key:   ${daemon.key}  \r\nCONTENT-length:${text.length}\r\n\r\n${text}`, { until: "true" });
    assert.deepEqual(statuses(got), [200]);
  });

  test("bodies in chunks, with extensions", async () => {
    const text = body();
    const plain = request(chunked(text.slice(0, 7), text.slice(7)), ["Transfer-Encoding: chunked"], CHUNKED);
    assert.deepEqual(statuses(await raw(daemon, plain, { until: "true" })), [200]);
    for (const extension of [";name=value", " ; name = value", ';a="x; \\"y\\"" ;b']) {
      const own = body();
      const odd = `${own.length.toString(16)}${extension}\r\n${own}\r\n0\r\n\r\n`;
      assert.deepEqual(statuses(await raw(daemon, request(odd, ["Transfer-Encoding: chunked"], CHUNKED), { until: "true" })), [200], extension);
    }
  });

  test("trailer fields are read, and say nothing", async () => {
    const text = body(), trailers = "0\r\nX-Checksum: abc\r\nX-Write-Key: nobody\r\n\r\n";
    const chunks = chunked(text).replace(/0\r\n\r\n$/, trailers);
    const both = request(chunks, ["Trailer: X-Checksum", "Transfer-Encoding: chunked"], CHUNKED) + request(body());
    const got = await raw(daemon, both, { until: '"accepted":1', times: 2 });
    assert.deepEqual(statuses(got), [200, 200]);
    assert.equal(got.split('"accepted":1').length, 3, got);
  });

  test("byte by byte", async () => {
    const got = await raw(daemon, [...request(body())].map(String), { until: "true", pause_ms: 0 });
    assert.deepEqual(statuses(got), [200]);
  });

  test("pipelined: answers in the order of the requests", async () => {
    const all = [request(body()), request("{"), request(body(), [], { path: "/nowhere" }), request(body())].join("");
    const got = await raw(daemon, all, { until: "HTTP/1.1 ", times: 4 });
    assert.deepEqual(statuses(got), [200, 400, 404, 200]);
  });

  test("Expect: 100-continue", async () => {
    const text = body();
    const [head] = request(text, ["Expect: 100-continue"]).split("\r\n\r\n");
    const got = await raw(daemon, [`${head}\r\n\r\n`, text], { until: "true", pause_ms: 100 });
    assert.deepEqual(statuses(got), [100, 200]);
  });

  test("HTTP/1.0 and Connection: close end the connection", async () => {
    const old = await raw(daemon, request(body(), [], { version: "1.0" }));
    assert.match(old, /^HTTP\/1\.[01] 200/);
    const last = await raw(daemon, request(body(), ["Connection: close"]) + request(body()));
    assert.deepEqual(statuses(last), [200]);
    assert.match(last, /connection: close/i);
  });

  test("HEAD is GET without a body", async () => {
    const got = await raw(daemon, `HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    assert.match(got, /^HTTP\/1\.1 200/);
    assert.equal(got.split("\r\n\r\n")[1], "");
  });

  test("HEAD of every path has the headers of its GET", async () => {
    const { paths } = (await daemon.read("/v1/openapi.json")).json;
    const authorization = { Authorization: `Bearer ${daemon.token}` };
    const shape = ({ status, headers }) => {
      const { connection, "keep-alive": keep, ...rest } = headers;
      return { status, type: headers["content-type"], names: Object.keys(rest).sort() };
    };
    const readable = Object.keys(paths).filter((path) => paths[path].get);
    assert.ok(readable.length > 30);
    for (const pattern of readable) {
      const query = pattern.startsWith("/pixel/") ? `?writeKey=${daemon.key}&userId=u&event=Seen` : ""; // else its GET is no event
      const path = pattern.replace("{key}", daemon.key).replace(/\{\w+\}/g, "nobody") + query;
      const head = await send(daemon, { method: "HEAD", path, headers: authorization });
      assert.equal(head.text, "", path);
      if (head.headers["content-type"] === "text/event-stream") continue; // its GET does not end
      assert.deepEqual(shape(head), shape(await send(daemon, { method: "GET", path, headers: authorization })), path);
    }
  });

  test("another method of a path: 405 with what it takes; of a URL for the server: what that takes", async () => {
    for (const [method, path, allowed] of [
      ["GET", "/v1/batch", "POST, OPTIONS"],
      ["PUT", "/v1/leads", "GET, HEAD, OPTIONS"],
      ["GET", "/v1/rulesets/release", "POST, OPTIONS"],
      ["PATCH", "/v1/leads/u", "GET, HEAD, DELETE, OPTIONS"],
    ]) {
      const { status, headers, json } = await send(daemon, { method, path });
      assert.deepEqual([status, headers.allow, json.code], [405, allowed, "method_not_allowed"], path);
    }
    const all = await raw(daemon, "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]) assert.match(all, new RegExp(`^Allow: .*\\b${method}\\b`, "m"));
  });
});

describe("requests that are refused, and the next one is served", () => {
  const get = "GET /healthz HTTP/1.1\r\nHost: x\r\n";
  const cases = {
    "no Host": ["GET /healthz HTTP/1.1\r\n\r\n", 400],
    "two Hosts": [`${get}Host: y\r\n\r\n`, 400],
    "two lengths": [`POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}`, 400],
    "a length and chunks": [`POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    "a negative length": [`POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n`, 400],
    "a length that overflows": [`POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n`, 400],
    "an unknown transfer coding": [`POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 501],
    "a folded header": [`${get}X-A: b\r\n c\r\n\r\n`, 400],
    "a blank before the colon": [`${get}X-A : b\r\n\r\n`, 400],
    "bare line feeds": ["GET /healthz HTTP/1.1\nHost: x\n\n", 400],
    "an unknown method": ["BREW /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 501],
    "HTTP/2": ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
    "an unknown expectation": [`${get}Expect: 100-continue\r\nExpect: the-unexpected\r\n\r\n`, 417],
    "a Host that is none": ["GET /healthz HTTP/1.1\r\nHost: x:y\r\n\r\n", 400],
    "a URL with a password": ["GET http://u:p@x/healthz HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    "a URL with a fragment": ["GET /healthz#a HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    "compressed twice": [`POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`, 415],
    "no HTTP": ["hello\r\n\r\n", 400],
    "TLS": [Buffer.from("16030100a50100", "hex"), 400],
    "a NUL in a header": [`${get}X-A: b\0c\r\n\r\n`, 400],
    "a header of 20 KB": [`${get}X-A: ${"b".repeat(20_000)}\r\n\r\n`, 431],
    "200 headers": [`${get}${"X-A: b\r\n".repeat(200)}\r\n`, 431],
    "a URL of 9 KB": [`GET /${"a".repeat(9000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 414],
    "a bad chunk size": [`POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`, 400],
    "a length as a trailer": [`POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n`, 400],
    "trailers without end": [`POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n${"X-A: b\r\n".repeat(100)}\r\n`, 431],
    "a chunk extension of 2 KB": [`POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;a=${"b".repeat(2000)}\r\n{}\r\n0\r\n\r\n`, 400],
    "a chunk longer than it says": [`POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n`, 400],
  };
  for (const [name, [bytes, status]] of Object.entries(cases))
    test(name, async () => {
      const got = await raw(daemon, [bytes]);
      assert.deepEqual(statuses(got), [status], got);
      assert.match(got, /"success":false/);
      assertTaken(await daemon.post("/v1/track", body()), 1);
    });

  test("a parameter that stands twice", async () => {
    const { status, json } = await daemon.read("/v1/leads?limit=1&limit=2");
    assert.deepEqual([status, json.code, json.message], [400, "invalid_parameter", "the parameter 'limit' stands twice"]);
  });

  test("numbers are shown without a token only to who asks for this machine by name", async () => {
    const asked = (target, host) => raw(daemon, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    assert.deepEqual(statuses(await asked("/metrics", "localhost")), [200]);
    assert.deepEqual(statuses(await asked("http://localhost/metrics", "localhost")), [200]);
    assert.deepEqual(statuses(await asked("/metrics", "rebound.example")), [401]);
    assert.deepEqual(statuses(await asked("http://rebound.example/metrics", "localhost")), [401]);
  });

  test("a body longer than allowed is refused before it is sent", async () => {
    const head = `POST /v1/track HTTP/1.1\r\nHost: x\r\nX-Write-Key: ${daemon.key}\r\nContent-Length: 100000000\r\nExpect: 100-continue\r\n\r\n`;
    assert.deepEqual(statuses(await raw(daemon, head)), [413]);
  });
});

describe("clients that do not behave", () => {
  let impatient;
  before(async () => {
    const config = "limits:\n  head_time: 1s\n  body_time: 1s\n  idle_time: 1s\n  connections: 100\n";
    impatient = await Daemon.start({ config });
  });
  after(() => impatient.close());

  // Opens a connection, writes, and says after how many milliseconds the daemon closed it.
  function lasts(bytes, every_ms = 0) {
    return new Promise((resolve, reject) => {
      const begun = Date.now();
      const socket = net.connect(impatient.port, "127.0.0.1", () => socket.write(bytes));
      const drip = every_ms && setInterval(() => socket.write("x"), every_ms);
      const timer = setTimeout(() => (socket.destroy(), clearInterval(drip), reject(new Error("still open after 60 s"))), 60_000);
      socket.on("error", () => {});
      socket.resume();
      socket.on("close", () => (clearTimeout(timer), clearInterval(drip), resolve(Date.now() - begun)));
    });
  }

  // The first answer that is not that there are too many: the daemon notices in its own time who has gone.
  async function served() {
    for (const end = Date.now() + 30_000; ; await pause(20)) {
      const answer = await impatient.post("/v1/track", body()).catch(() => undefined);
      if ((answer && answer.status !== 503) || Date.now() > end) return answer;
    }
  }

  test("slow heads, slow bodies, idle connections are closed; others are served meanwhile", async () => {
    let open = 3;
    const slow = [
      lasts(""),
      lasts("GET /healthz HTTP/1.1\r\nX-A: ", 200),
      lasts(`POST /v1/track HTTP/1.1\r\nHost: x\r\nX-Write-Key: ${impatient.key}\r\nContent-Length: 1000\r\n\r\n{`, 200),
    ];
    for (const one of slow) one.then(() => open--, () => {});
    let meanwhile = 0;
    do {
      assertTaken(await impatient.post("/v1/track", body()), 1);
      if (open === slow.length) meanwhile++;
      await pause(10);
    } while (open > 0);
    await Promise.all(slow);
    assert.ok(meanwhile > 0, "nobody was served while they were open");
  });

  test("more connections than there is room for: clients get through nevertheless", async () => {
    const idle = await Promise.all(Array.from({ length: 150 }, () => new Promise((resolve) => {
      const socket = net.connect(impatient.port, "127.0.0.1", () => resolve(socket));
      socket.on("error", () => resolve(socket));
    })));
    for (let i = 0; i < 20; i++) {
      const answer = await impatient.post("/v1/track", body());
      assert.ok([200, 503].includes(answer.status), answer.text);
      if (answer.status === 503) assert.ok(Number(answer.headers["retry-after"]) > 0);
    }
    for (const socket of idle) socket.destroy();
    assertTaken(await served(), 1);
  });

  test("clients that go away in the middle leave nothing open", async () => {
    for (let i = 0; i < 200; i++) {
      const socket = net.connect(impatient.port, "127.0.0.1", () => {
        socket.write(request(body()).slice(0, 20 + (i % 100)));
        socket.destroy();
      });
      socket.on("error", () => {});
    }
    assertTaken(await served(), 1);
  });
});

test("SIGTERM: what was sent is answered, what comes later is refused or not connected", async () => {
  const other = await Daemon.start();
  const answers = Array.from({ length: 100 }, () => other.post("/v1/track", body({ userId: "late" })).catch(() => undefined));
  await pause(5);
  await other.down();
  const taken = (await Promise.all(answers)).filter((answer) => answer?.status === 200).length;
  await other.up(`127.0.0.1:${other.port}`);
  const stored = (await other.events()).length;
  assert.ok(stored >= taken, `${taken} were acknowledged, ${stored} are there`);
  await other.close();
});
