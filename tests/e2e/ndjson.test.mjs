// NDJSON of any size at /v1/events: pieces, compression, memory, and a daemon that dies in the middle.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import http from "node:http";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createGzip, gzipSync } from "node:zlib";
import { Readable } from "node:stream";
import { Daemon, pause } from "./lib/daemon.mjs";
import { send } from "./lib/http.mjs";

const PIECE = 50_000;
const GIVE_UP_MS = 60_000;
let daemon;
before(async () => (daemon = await Daemon.start()));
after(() => daemon.close());

function* lines(prefix, count, ballast = 200) {
  const text = "x".repeat(ballast);
  for (let i = 0; i < count; i++) {
    const event = { type: "page", userId: `${prefix}-${i % 20}`, messageId: `${prefix}-${i}`, timestamp: "2026-01-05T10:00:00Z", properties: { text } };
    yield `${JSON.stringify(event)}\n`;
  }
}

// The same in pieces that do not end with lines.
function* pieces(texts) {
  let rest = "";
  for (const text of texts) {
    rest += text;
    for (; rest.length >= PIECE; rest = rest.slice(PIECE)) yield rest.slice(0, PIECE);
  }
  yield rest;
}

// A request whose body comes from a stream -> the answer; undefined when the connection broke.
function upload(stream, headers = {}) {
  return new Promise((resolve, reject) => {
    const all = { Authorization: daemon.basic(), "Content-Type": "application/x-ndjson", ...headers };
    const request = http.request({ host: "127.0.0.1", port: daemon.port, method: "POST", path: "/v1/events", headers: all });
    request.setTimeout(GIVE_UP_MS, () => reject(new Error("no answer")));
    request.on("error", () => resolve(undefined));
    request.on("response", async (response) => {
      const parts = await response.toArray().catch(() => []);
      resolve({ status: response.statusCode, json: JSON.parse(Buffer.concat(parts).toString()) });
    });
    stream.on("error", () => {});
    stream.pipe(request);
  });
}

async function metric(series) {
  const { text } = await send(daemon, { method: "GET", path: "/metrics" });
  const line = text.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

const accepted = async () => (await metric('embudo_events_total{source="default",result="accepted"}')) ?? 0;

describe("an upload", () => {
  test("in pieces, with bad lines told by number", async () => {
    const texts = [...lines("a", 5000)];
    texts.splice(10, 0, "\n", "oops\n");
    texts.push('{"type":"track","userId":"u"}');
    const { status, json } = await upload(Readable.from(pieces(texts)));
    assert.equal(status, 200);
    assert.equal(json.accepted, 5000);
    assert.equal(json.rejected, 2);
    assert.deepEqual(json.errors.map(({ line, code }) => [line, code]), [[12, "bad_json"], [5003, "missing_event"]]);
  });

  test("compressed", async () => {
    const { status, json } = await upload(Readable.from(pieces(lines("b", 5000))).pipe(createGzip()), { "Content-Encoding": "gzip" });
    assert.equal(status, 200);
    assert.deepEqual([json.accepted, json.rejected], [5000, undefined]);
  });

  test("a second time changes nothing", async () => {
    const { json } = await upload(Readable.from(pieces(lines("b", 5000))));
    assert.deepEqual([json.accepted, json.duplicates], [0, 5000]);
  });

  // What is counted of an event stays; the body's bytes, many times as much, do not.
  test("takes no memory of its size", async () => {
    const status = () => readFile(`/proc/${daemon.child.pid}/status`, "utf8");
    const resident = async () => Number(/VmRSS:\s+(\d+)/.exec(await status())[1]) / 1024;
    await upload(Readable.from(pieces(lines("warm", 2000, 20_000))));
    const before = await resident();
    const { json } = await upload(Readable.from(pieces(lines("c", 6000, 20_000)))); // 120 MB
    assert.equal(json.accepted, 6000);
    const grown = (await resident()) - before;
    assert.ok(grown < 30, `${grown} MB more`);
    assert.equal(await metric("embudo_http_bodies_bytes"), 0);
  });
});

test("a compressed body that ends early is told, with how many lines are done; the whole of it loses and doubles nothing", async () => {
  const count = 2500, ids = async (prefix) => (await daemon.events()).map(({ messageId }) => messageId).filter((id) => id.startsWith(prefix));
  const whole = gzipSync([...lines("cut", count, 20)].join(""));
  for (const missing of [1, 8, 9, 1000]) {
    const { status, json } = await upload(Readable.from([whole.subarray(0, whole.length - missing)]), { "Content-Encoding": "gzip" });
    assert.equal(status, 400);
    assert.equal(json.message, "the compressed body is cut off");
    assert.ok(json.lines <= count);
    const there = new Set(await ids("cut-"));
    for (let i = 0; i < json.lines; i++) assert.ok(there.has(`cut-${i}`), `line ${i} of ${json.lines}`);
  }
  assert.equal((await upload(Readable.from([whole]), { "Content-Encoding": "gzip" })).status, 200);
  const there = await ids("cut-");
  assert.deepEqual([there.length, new Set(there).size], [count, count]);

  const one = gzipSync(JSON.stringify({ batch: [{ type: "track", event: "E", userId: "one", messageId: "one-cut" }] }));
  for (let length = 1; length < one.length; length += 7) {
    const headers = { Authorization: daemon.basic(), "Content-Type": "application/json", "Content-Encoding": "gzip" };
    const { status, json } = await send(daemon, { method: "POST", path: "/v1/batch", headers, body: one.subarray(0, length) });
    assert.equal(status, 400);
    assert.equal(json.message, "the compressed body is cut off");
  }
  assert.deepEqual(await ids("one-cut"), []);
});

test("embudo send: of a file that ends too early all that can be read is sent, and the files after it", async () => {
  const dir = await mkdtemp(join(tmpdir(), "embudo-send-"));
  const cut = gzipSync([...lines("sent", 1234, 20)].join("") + "x".repeat(100_000)); // the last line is cut with the file
  await writeFile(join(dir, "cut.gz"), cut.subarray(0, cut.length - 9));
  await writeFile(join(dir, "whole.ndjson"), [...lines("then", 3, 20)].join(""));
  const command = promisify(execFile)(process.env.EMBUDO, ["send", "--to", `http://127.0.0.1:${daemon.port}`, "--key", daemon.key, "--quiet",
    join(dir, "nowhere"), join(dir, "cut.gz"), join(dir, "whole.ndjson")]);
  await assert.rejects(command, ({ code, stderr }) => {
    assert.equal(code, 1);
    assert.match(stderr, /nowhere: No such file or directory\n.*cut\.gz: the gzip data is damaged .* \(it ends too early\); what came before it was read\n/);
    return true;
  });
  await rm(dir, { recursive: true });
  const ids = (await daemon.events()).map(({ messageId }) => messageId);
  assert.equal(ids.filter((id) => id.startsWith("sent-")).length, 1234);
  assert.equal(ids.filter((id) => id.startsWith("then-")).length, 3);
});

test("a daemon that dies in the middle has what it said, and the rest can be sent again", async () => {
  const count = 60_000;
  const seen = await accepted();
  const first = upload(Readable.from(pieces(lines("d", count))));
  for (const end = Date.now() + GIVE_UP_MS; (await accepted()) < seen + 5000; await pause(5)) assert.ok(Date.now() < end, "it takes nothing");
  await daemon.down("SIGKILL");
  assert.equal(await first, undefined);
  await daemon.up(`127.0.0.1:${daemon.port}`);
  const { status, json } = await upload(Readable.from(pieces(lines("d", count))));
  assert.equal(status, 200);
  assert.equal(json.accepted + json.duplicates, count);
  assert.ok(json.duplicates >= 5000, `${json.duplicates} were there`);
  const ids = (await daemon.events()).map(({ messageId }) => messageId).filter((id) => id.startsWith("d-"));
  assert.equal(ids.length, count);
  assert.equal(new Set(ids).size, count);
});

test("SIGTERM in the middle says how many lines are done with", async () => {
  const stream = new Readable({ read() {} });
  stream.push([...lines("e", 3000)].join(""));
  const seen = await accepted();
  const answer = upload(stream);
  for (const end = Date.now() + GIVE_UP_MS; (await accepted()) < seen + 3000; await pause(5)) assert.ok(Date.now() < end, "it takes nothing");
  const ended = daemon.again();
  const { status, json } = await answer;
  await ended;
  assert.equal(status, 503);
  assert.equal(json.code, "stopping");
  assert.deepEqual([json.lines, json.accepted], [3000, 3000]);
});
