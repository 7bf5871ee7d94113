// Clocks of many leads: the list is made in pieces, ends, and holds each clock once.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Daemon, pause } from "./lib/daemon.mjs";

const LEADS = 20_000, BATCH = 2_500, PAGE = 1_000;
const rules_text = `dimension "interest" {}
rule "page" { doc = "Came", on = page {}, points = { interest = 1 } }
lifecycle "main" {
  start = "lead",
  move { "lead", "mql", doc = "Came", when = score { interest = at_least(1) } },
  move { "mql", "done", doc = "Is done", when = seen(track "Done") },
}
sla "call" { doc = "Soon", stage = "mql", due = "30d" }
`;

let daemon, rules;

before(async () => {
  rules = await mkdtemp(join(tmpdir(), "embudo-e2e-rules-"));
  await writeFile(join(rules, "rules.lua"), rules_text);
  daemon = await Daemon.start({ rules });
  for (let from = 0; from < LEADS; from += BATCH) await sent(from, BATCH, (userId) => ({ type: "page", userId }));
  await daemon.leads();
  await counted("state=all", LEADS);
});
after(async () => {
  await daemon.close();
  await rm(rules, { recursive: true, force: true });
});

async function sent(from, count, event) {
  const batch = Array.from({ length: count }, (_, i) => event(`u${from + i}`));
  const answer = await daemon.post("/v1/batch", { batch });
  assert.equal(answer.status, 200, answer.text);
}
async function page(query) {
  const answer = await daemon.read(`/v1/clocks?${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}
// A clock runs once the decision that starts it is on the disk: until so many are there.
async function counted(query, total) {
  const end = Date.now() + 30_000;
  for (let now; (now = (await page(`${query}&limit=1`)).total) !== total; await pause(20)) assert.ok(Date.now() < end, `${now} of ${total}: ${query}`);
}
async function all(state) {
  const seen = new Map();
  let total;
  for (let next = ""; next !== null; ) {
    const { clocks, ...rest } = await page(`state=${state}&limit=${PAGE}${next && `&cursor=${next}`}`);
    for (const { lead, state: now } of clocks) {
      assert.ok(!seen.has(lead), `${lead} is there twice`);
      seen.set(lead, now);
    }
    ({ next } = rest);
    total ??= rest.total;
  }
  assert.equal(seen.size, total);
  return seen;
}

test("everybody's clock is in the list once, whatever is asked for", async () => {
  assert.equal((await all("all")).size, LEADS);
  assert.equal((await page("state=breached")).total, 0);
  const DONE = 100;
  await sent(500, DONE, (userId) => ({ type: "track", userId, event: "Done" }));
  await counted("state=stopped", DONE);
  const stopped = await all("stopped");
  assert.deepEqual([...stopped.keys()].sort(), Array.from({ length: DONE }, (_, i) => `u${500 + i}`).sort());
  assert.ok([...stopped.values()].every((state) => state === "stopped"));
  assert.equal((await page("state=running&limit=1")).total, LEADS - DONE);
  assert.equal((await page("state=all&sla=call&stage=mql&limit=1")).total, LEADS);
  assert.equal((await page("state=all&sla=none&limit=1")).total, 0);
});

test("several ask at once, and the report counts the same", async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => page("state=all&limit=1")));
  for (const { total } of answers) assert.equal(total, LEADS);
  const { funnel, clocks } = (await daemon.read("/v1/sla")).json;
  assert.equal(clocks.find(({ sla }) => sla === "call").started, LEADS);
  assert.deepEqual(funnel, []);
});
