// For tests/bench/enrich: a service that answers after 50 ms, and people to ask it about.
//   enrich.mjs serve                 says its port, answers until it is ended
//   enrich.mjs people URL KEY RATE SECONDS [SERVICE]   sends so many new people a second, each of a company of its own; with the
//                                    service's URL it asks about each itself, which is the load of a world without embudo
import { Agent, createServer, get } from "node:http";

const LATENCY_MS = 50;
const TICK_MS = 100;
const [what, url, key, rate, seconds, service] = process.argv.slice(2);

function serve() {
  const body = '{"employees":300,"industry":"software"}';
  const server = createServer((request, response) => {
    setTimeout(() => response.writeHead(200, { "content-type": "application/json" }).end(body), LATENCY_MS);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
function ask(company) {
  get(`${service}/${company}`, { agent }, (answer) => answer.resume()).on("error", () => {});
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
    if (service) for (const { traits } of batch) ask(traits.email.split("@")[1]);
    await new Promise((resolve) => setTimeout(resolve, begun + (tick + 1) * TICK_MS - Date.now()));
  }
  console.log(JSON.stringify({ sent, failed }));
  agent.destroy();
}

if (what === "serve") serve();
else await people();
