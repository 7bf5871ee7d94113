// /metrics before the judges that will read it: promtool, prometheus_client's parsers, and a real Prometheus.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { Daemon, ROOT, pause } from "./lib/daemon.mjs";
import { send } from "./lib/http.mjs";

const OPENMETRICS = "application/openmetrics-text; version=1.0.0";
const SCRAPED_MS = 30_000;

// A program with this on its standard input -> { code, out, said }.
function judge(command, args, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    let out = "", said = "";
    child.stdout.on("data", (text) => (out += text));
    child.stderr.on("data", (text) => (said += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, said }));
    child.stdin.end(input);
  });
}

// The samples of a page by name and labels, after the parser has found nothing wrong.
async function samples(text, format) {
  const { code, out, said } = await judge(process.env.PYTHON, [join(ROOT, "lib/exposition.py"), format], text);
  assert.equal(code, 0, said);
  return JSON.parse(out);
}

async function promtool(text) {
  const { code, out, said } = await judge("promtool", ["check", "metrics"], text);
  assert.equal(code, 0, out + said);
}

describe("the page", () => {
  let daemon;
  before(async () => (daemon = await Daemon.start()));
  after(() => daemon.close());

  const page = (headers) => daemon.read("/metrics", headers);
  const sum = (all, pattern) => Object.entries(all).reduce((total, [name, n]) => (pattern.test(name) ? total + n : total), 0);

  test("is good before anything happened", async () => {
    const { status, headers, text } = await page();
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    await promtool(text);
    await samples(text, "classic");
    const open = await page({ Accept: `${OPENMETRICS},text/plain;q=0.5` });
    assert.equal(open.headers["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert.ok(open.text.endsWith("# EOF\n"));
    await samples(open.text, "openmetrics");
    assert.equal(open.headers.vary, "Accept");
    const weighed = await page({ Accept: `${OPENMETRICS};q=0.5,text/plain;version=0.0.4;q=0.8` });
    assert.equal(weighed.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  });

  test("counts what happened, and names nobody", async () => {
    const secrets = ["ana@acme.example", "user-4711", "anon-4711", "A Very Private Event", "message-4711", "acme-account"];
    const [email, userId, anonymousId, event, messageId, groupId] = secrets;
    const batch = [
      { type: "track", event, userId, anonymousId, messageId },
      { type: "track", event: "Content Downloaded", userId, messageId: "m2" },
      { type: "identify", userId, traits: { email }, messageId: "m3" },
      { type: "group", userId, groupId, messageId: "m4" },
      { type: "track", userId, messageId: "m5" },
      { type: "trak", userId, messageId: "m6" },
    ];
    for (let i = 0; i < 3; i++) await daemon.post("/v1/batch", { batch });
    await daemon.post("/v1/track", "{");
    await daemon.post("/v1/track", {}, { Authorization: "Basic eDo=" });
    await daemon.post(`/${userId}`, {});
    for (const [accept, format] of [[undefined, "classic"], [OPENMETRICS, "openmetrics"]]) {
      const { text } = await page(accept ? { Accept: accept } : {});
      if (format === "classic") await promtool(text);
      const all = await samples(text, format);
      assert.equal(sum(all, /^embudo_events_total\{.*result="accepted"/), 4, text);
      assert.equal(sum(all, /^embudo_events_total\{.*result="duplicate"/), 8, text);
      assert.equal(sum(all, /^embudo_events_rejected_total\{reason="missing_event"/), 3, text);
      assert.equal(sum(all, /^embudo_events_rejected_total\{reason="bad_type"/), 3, text);
      for (const secret of [...secrets, daemon.key, daemon.token]) assert.ok(!text.includes(secret), `${secret} is on the page`);
    }
  });

  test("stays valid and of one size under other load", async () => {
    const before = (await page()).text.split("\n").length;
    for (let i = 0; i < 200; i++)
      await daemon.post("/v1/batch", { batch: [{ type: "track", event: `Event ${i}`, userId: `u${i}`, messageId: `load-${i}` }] });
    for (let i = 0; i < 50; i++) await send(daemon, { method: "GET", path: `/nowhere/${i}` });
    const { text } = await page();
    await promtool(text);
    const grown = text.split("\n").length - before;
    assert.ok(grown < 100, `${grown} lines more`);
  });
});

// A free port: Prometheus cannot tell which one it took.
function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

test("a Prometheus scrapes it", async (t) => {
  const daemon = await Daemon.start();
  t.after(() => daemon.close());
  const dir = await mkdtemp(join(tmpdir(), "embudo-e2e-prometheus-"));
  t.after(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const port = await freePort();
  const config = `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: embudo
    authorization: { credentials: "${daemon.token}" }
    static_configs: [{ targets: ["127.0.0.1:${daemon.port}"] }]
`;
  await writeFile(join(dir, "prometheus.yml"), config);
  const flags = [`--config.file=${dir}/prometheus.yml`, `--storage.tsdb.path=${dir}/data`, `--web.listen-address=127.0.0.1:${port}`];
  const prometheus = spawn("prometheus", flags, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  prometheus.stderr.on("data", (text) => (said += text));
  const exited = new Promise((resolve) => prometheus.on("exit", resolve));
  t.after(() => (prometheus.kill(), exited));

  const query = async (expression) => {
    const path = `/api/v1/query?query=${encodeURIComponent(expression)}`;
    const answer = await send({ port }, { method: "GET", path }).catch(() => undefined);
    return answer?.json?.data?.result?.[0]?.value?.[1];
  };
  let up;
  for (const end = Date.now() + SCRAPED_MS; up !== "1" && Date.now() < end; await pause(200)) up = await query("up");
  assert.equal(up, "1", said);
  await daemon.post("/v1/batch", { batch: [{ type: "track", event: "Content Downloaded", userId: "u", messageId: "m1" }] });
  let accepted;
  for (const end = Date.now() + SCRAPED_MS; accepted !== "1" && Date.now() < end; await pause(200))
    accepted = await query('sum(embudo_events_total{result="accepted"})');
  assert.equal(accepted, "1", said);
  assert.ok(Number(await query("scrape_samples_scraped")) > 10);
});
