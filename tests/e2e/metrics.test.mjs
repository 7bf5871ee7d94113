// The metrics, judged by Prometheus' own tools: promtool, the strict OpenMetrics parser of its Python client, a real server.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Daemon, pause } from "./lib/daemon.mjs";
import { send } from "./lib/http.mjs";

const SCRAPES_MS = 20_000;
let daemon;

function event(i, more = {}) {
  return { type: "track", event: "Content Downloaded", userId: `u${i % 7}`, messageId: `m-${i}`, ...more };
}

// Enough of everything that every kind of series has values.
async function traffic() {
  const batch = Array.from({ length: 50 }, (_, i) => event(i));
  await daemon.post("/v1/batch", { batch: [...batch, 5, {}, event(1)] });
  await daemon.post("/v1/batch", { batch: [event(2), event(3, { event: "Changed" })] });
  await daemon.post("/v1/nothing", {});
  await send(daemon, { method: "GET", path: "/v1/leads" });
  await daemon.read("/v1/leads/u1");
}

async function scrape(accept) {
  const answer = await send(daemon, { method: "GET", path: "/metrics", headers: accept ? { Accept: accept } : {} });
  assert.equal(answer.status, 200);
  return answer;
}

// Runs a program on a text -> its exit code and what it said.
function judge(command, args, text) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args);
    let said = "";
    child.stdout.on("data", (part) => (said += part));
    child.stderr.on("data", (part) => (said += part));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, said }));
    child.stdin.on("error", () => {}); // it may end before it has read all
    child.stdin.end(text);
  });
}

// Repeated series are seen by neither tool.
function assertNoRepetition(text) {
  const names = text.split("\n").filter((line) => line && !line.startsWith("#")).map((line) => line.slice(0, line.lastIndexOf(" ")));
  assert.equal(new Set(names).size, names.length);
}

before(async () => {
  daemon = await Daemon.start();
  await traffic();
});
after(() => daemon.close());

describe("the text", () => {
  test("promtool finds nothing to object to", async () => {
    const answer = await scrape();
    assert.match(answer.headers["content-type"], /^text\/plain; version=0\.0\.4; charset=utf-8$/);
    const { code, said } = await judge("promtool", ["check", "metrics"], answer.text);
    assert.equal(code, 0, said);
    assert.equal(said.trim(), "");
    assertNoRepetition(answer.text);
    assert.match(answer.text, /^embudo_events_total\{source="default",result="accepted"\} 50$/m);
  });

  test("the strict parser reads the OpenMetrics", async () => {
    const answer = await scrape("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert.match(answer.headers["content-type"], /^application\/openmetrics-text; version=1\.0\.0; charset=utf-8$/);
    const script = `
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
values = {(s.name, s.labels.get("result")): s.value for f in families for s in f.samples}
assert values[("embudo_events_total", "accepted")] == 50, values
assert all(f.documentation for f in families)
print(len(families))
`;
    const { code, said } = await judge(process.env.PYTHON, ["-c", script], answer.text);
    assert.equal(code, 0, said);
    assert.ok(Number(said) > 40, said);
    assertNoRepetition(answer.text);
  });
});

test("a Prometheus server reads them, again and again", async () => {
  const dir = await mkdtemp(join(tmpdir(), "embudo-e2e-prometheus-"));
  const port = 20000 + (process.pid % 20000);
  await writeFile(
    join(dir, "prometheus.yml"),
    `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: embudo
    authorization: { credentials: ${daemon.token} }
    static_configs: [{ targets: ["127.0.0.1:${daemon.port}"] }]
`,
  );
  const args = [`--config.file=${dir}/prometheus.yml`, `--storage.tsdb.path=${dir}/data`, `--web.listen-address=127.0.0.1:${port}`];
  const server = spawn("prometheus", args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  server.stderr.on("data", (text) => (said += text));
  const exited = new Promise((resolve) => server.on("exit", resolve));
  try {
    const query = async (expression) => {
      const path = `/api/v1/query?query=${encodeURIComponent(expression)}`;
      const answer = await send({ port }, { method: "GET", path }).catch(() => undefined);
      return answer?.json?.data?.result?.[0]?.value?.[1];
    };
    const deadline = Date.now() + SCRAPES_MS;
    while (Number(await query("count_over_time(up[1m])")) < 3 || (await query("up")) === undefined) {
      assert.ok(Date.now() < deadline, `no three scrapes within ${SCRAPES_MS} ms\n${said}`);
      await pause(200);
    }
    assert.equal(await query("min_over_time(up[1m])"), "1");
    assert.ok(Number(await query("scrape_samples_scraped")) > 100);
    assert.equal(await query('embudo_events_total{result="accepted"}'), "50");
    assert.equal(await query("embudo_ready"), "1");
    assert.ok(!/Error on ingesting|Append failed/.test(said), said);
  } finally {
    server.kill();
    await exited;
    await rm(dir, { recursive: true, force: true });
  }
});
