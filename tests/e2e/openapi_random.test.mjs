// Requests made up from the document at /v1/openapi.json, sound ones and others: whatever is asked, the answer is one that the
// document describes, nothing fails inside, and the daemon goes on. RANDOM_SEED and RANDOM_REQUESTS (of each operation) say which.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Daemon, ROOT } from "./lib/daemon.mjs";
import { send } from "./lib/http.mjs";
import { Openapi } from "./lib/openapi.mjs";
import { Requests } from "./lib/requests.mjs";

const SEED = Number(process.env.RANDOM_SEED ?? 20261130);
const REQUESTS = Number(process.env.RANDOM_REQUESTS ?? 15);
const LONG = 400; // characters of a request or an answer that is wrong
const ENDLESS = ["/v1/stream"];
let daemon;
let openapi;
let requests;

async function ids() {
  const { json: rules } = await daemon.read("/v1/rules");
  const { json: accounts } = await daemon.read("/v1/accounts?limit=5");
  const leads = (await daemon.leads()).map(({ lead }) => lead);
  return { id: [...leads.slice(0, 5), accounts.accounts[0]?.account, rules.rules[0].rule].filter(Boolean), hash: [rules.ruleset], name: ["hot", "demo"] };
}

before(async () => {
  daemon = await Daemon.start({ rules: join(ROOT, "..", "..", "rules") });
  const events = await readFile(join(ROOT, "../../examples/quickstart/events.ndjson"));
  assert.equal((await daemon.post("/v1/events", events, { "Content-Type": "application/x-ndjson" })).status, 200);
  openapi = new Openapi((await send(daemon, { method: "GET", path: "/v1/openapi.json" })).json);
  requests = new Requests(openapi, await ids(), SEED);
});
after(() => daemon.close());

function credentials(operation) {
  const writes = operation.tags[0] === "events";
  return writes ? daemon.basic() : `Bearer ${daemon.token}`;
}

// What is wrong with the answer to one request, in a line; undefined: nothing.
async function ask({ method, path, operation }) {
  const request = requests.make(method, path, operation);
  const headers = { Authorization: credentials(operation), ...request.headers };
  const answer = await send(daemon, { method: method.toUpperCase(), path: request.path, headers, body: request.body });
  const what = `${method} ${request.path.slice(0, LONG)} ${(request.body ?? "").slice(0, LONG)}`;
  if (answer.status >= 500 && answer.status !== 503) return `${what}: ${answer.status} ${answer.text}`;
  try {
    openapi.checkAnswer(method, path, answer);
  } catch (error) {
    return `${what}: ${error.message.slice(0, LONG)}`;
  }
}

describe(`requests made up from the document (seed ${SEED})`, () => {
  test("each answer is described", async () => {
    const wrong = new Map();
    for (let round = 0; round < REQUESTS; round++)
      for (const one of openapi.operations()) {
        const said = ENDLESS.includes(one.path) ? undefined : await ask(one);
        if (said) wrong.set(`${one.method} ${one.path}`, said); // one of each is enough to begin with
      }
    assert.deepEqual([...wrong.values()], []);
  });

  test("it is still there, and in order", async () => {
    assert.equal((await send(daemon, { method: "GET", path: "/readyz" })).status, 200);
    await daemon.again("SIGKILL");
    assert.equal((await send(daemon, { method: "GET", path: "/readyz" })).status, 200);
  });
});
