// For tests/bench/enrich: a service that answers after 50 ms, and people to ask it about.
//   enrich.mjs serve                 says its port, answers until it is ended
//   enrich.mjs people URL KEY RATE SECONDS   sends so many new people a second, each of a company of its own
import { createServer } from "node:http";

const LATENCY_MS = 50;
const TICK_MS = 100;
const [what, url, key, rate, seconds] = process.argv.slice(2);

function serve() {
  const body = '{"employees":300,"industry":"software"}';
  const server = createServer((request, response) => {
    setTimeout(() => response.writeHead(200, { "content-type": "application/json" }).end(body), LATENCY_MS);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
}

async function people() {
  const headers = { authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}`, "content-type": "application/json" };
  const run = process.pid, each = (rate * TICK_MS) / 1000;
  let sent = 0, failed = 0;
  const begun = Date.now();
  for (let tick = 0; tick < (seconds * 1000) / TICK_MS; tick++) {
    const batch = Array.from({ length: each }, () => ({
      type: "identify", userId: `p-${run}-${sent}`, traits: { email: `ana@c${run}-${sent++}.example` },
    }));
    fetch(`${url}/v1/batch`, { method: "POST", headers, body: JSON.stringify({ batch }) })
      .then((answer) => (failed += answer.status === 200 ? 0 : each), () => (failed += each));
    await new Promise((resolve) => setTimeout(resolve, begun + (tick + 1) * TICK_MS - Date.now()));
  }
  console.log(JSON.stringify({ sent, failed }));
}

if (what === "serve") serve();
else await people();
