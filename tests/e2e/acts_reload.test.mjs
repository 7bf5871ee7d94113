// People act while the rules change under them: each act is judged once, by one ruleset, and none is lost.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Daemon, pause } from "./lib/daemon.mjs";
import { send } from "./lib/http.mjs";

const LEADS = 600, PEOPLE = 6, SWAPS_LEAST = 4, WAIT_MS = 120_000;
const TOKEN = "e2e-sales-token-0123456789";

// Each says by its number which it is; by turns they want a note for an act, and want none.
const text = (number) => `dimension "interest" { max = ${100 + number} }
rule "page" { doc = "Came", on = page {}, points = { interest = 1 } }
acts { note = { by = "sales"${number % 2 ? "" : ', asks = { "note" }'} } }
lifecycle "main" {
  start = "lead", sales = { "sal" },
  move { "lead", "sal", act = "claim", doc = "Called", by = "sales", claim = true },
}
sla "work" { doc = "Soon", stage = "sal", due = "10d" }
assign "sales" { stage = "sal", pool = { "maria", "jon" } }
`;

let daemon, rules;

const write = async (number) => {
  const file = join(rules, "new.tmp");
  await writeFile(file, text(number));
  await rename(file, join(rules, "rules.lua"));
};
const running = async () => (await daemon.read("/v1/rulesets")).json.rulesets[0].ruleset;

before(async () => {
  rules = await mkdtemp(join(tmpdir(), "embudo-e2e-rules-"));
  await write(0);
  daemon = await Daemon.start({ rules, config: `tokens:\n  - name: maria\n    token: ${TOKEN}\n    roles: [sales]\n` });
  const batch = Array.from({ length: LEADS }, (_, i) => ({ type: "page", userId: `u${i}` }));
  assert.equal((await daemon.post("/v1/batch", { batch })).status, 200);
  await daemon.leads();
});
after(async () => {
  await daemon.close();
  await rm(rules, { recursive: true, force: true });
});

const act = (lead, body) =>
  send(daemon, { path: `/v1/leads/${lead}/acts`, headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" }, body: JSON.stringify(body) });

test("each act is judged once by one ruleset, and none is lost", async (t) => {
  const hashes = new Set([await running()]);
  const answered = new Map();
  let next = 0, busy = true;
  const person = async () => {
    while (next < LEADS) {
      const lead = `u${next++}`;
      const claim = await act(lead, { act: "claim" });
      assert.equal(claim.status, 200, claim.text);
      const again = await act(lead, { act: "claim" });
      assert.equal(again.status, 409, `${lead} was claimed twice: ${again.text}`);
      const note = await act(lead, { act: "note" });
      assert.ok([200, 400, 422].includes(note.status), note.text);
      if (note.status !== 200) assert.equal(note.json.code, "missing_fields");
      answered.set(lead, { claim: claim.json.act.messageId, note: note.status === 200 ? note.json.act.messageId : null });
    }
  };
  const change = async () => {
    for (let number = 1; busy; number++) {
      await write(number);
      const before = [...hashes].at(-1);
      for (const end = Date.now() + WAIT_MS; busy && (await running()) === before; await pause(5)) assert.ok(Date.now() < end, "rules do not take over");
      hashes.add(await running());
    }
  };
  const changing = change();
  await Promise.all(Array.from({ length: PEOPLE }, person));
  // There are as many changes as the machine makes while people act; they go on acting until there were some.
  for (const end = Date.now() + WAIT_MS; hashes.size <= SWAPS_LEAST; await pause(5)) {
    assert.ok(Date.now() < end, "rules do not change");
    await act("u0", { act: "note", properties: { note: "again" } });
  }
  busy = false;
  await changing;
  await daemon.leads();
  t.diagnostic(`${answered.size} leads, ${hashes.size} rulesets`);
  const check = async () => {
    const decisions = await daemon.exported("decisions");
    const claims = decisions.filter(({ act: by }) => by === "claim");
    assert.equal(claims.length, LEADS);
    assert.equal(new Set(claims.map(({ lead }) => lead)).size, LEADS);
    for (const { lead, cause, from, to, ruleset } of claims) {
      assert.deepEqual([cause, from, to], ["person", "lead", "sal"], lead);
      assert.ok(hashes.has(ruleset), `${lead} by ${ruleset}`);
    }
    const ids = (await daemon.events()).map(({ messageId }) => messageId);
    const times = new Map();
    for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1);
    for (const [lead, { claim, note }] of answered) {
      assert.equal(times.get(claim), 1, `the claim of ${lead}`);
      if (note) assert.equal(times.get(note), 1, `the note of ${lead}`);
    }
    for (const lead of ["u0", `u${LEADS - 1}`]) {
      const { json } = await daemon.read(`/v1/leads/${lead}/clocks`);
      assert.deepEqual(json.clocks.map(({ sla, state }) => [sla, state]), [["work", "open"]]);
    }
    const { json } = await daemon.read("/v1/leads?limit=1&stage=sal");
    assert.equal(json.total, LEADS);
  };
  await check();
  await daemon.again("SIGKILL");
  await daemon.leads();
  await check();
});
