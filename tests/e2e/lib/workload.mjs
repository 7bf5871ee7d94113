// What one application does to its analytics library: the same calls through every SDK that has Segment's six methods.
import assert from "node:assert/strict";
import { assertExactly, counts, idsOf, traitsOf } from "./expect.mjs";

export const TRACKS = 30;

// Ana looks around anonymously, signs up, downloads a lot and belongs to Acme; Ben was known under another id before;
// Cy stays anonymous. `ids(call)` gives the message id of each call.
export function perform(sdk, messageId) {
  const call = (method, message) => sdk[method]({ ...message, messageId: messageId() });
  call("page", { anonymousId: "anon-ana", name: "Pricing", properties: { path: "/pricing" } });
  call("page", { anonymousId: "anon-ana", name: "Docs", properties: { path: "/docs" } });
  call("identify", {
    userId: "ana",
    anonymousId: "anon-ana",
    traits: { email: "ana@acme.example", firstName: "Ana", title: "CTO" },
  });
  for (let i = 0; i < TRACKS; i++)
    call("track", { userId: "ana", event: "Content Downloaded", properties: { number: i, name: "Größe \"1\" \\ 😀" } });
  call("group", { userId: "ana", groupId: "acme", traits: { name: "Acme", employees: 120 } });
  call("track", { userId: "ben-old", event: "Content Downloaded" });
  call("alias", { userId: "ben", previousId: "ben-old" });
  call("identify", { userId: "ben", traits: { email: "ben@acme.example" } });
  call("screen", { userId: "ben", name: "Home" });
  call("page", { anonymousId: "anon-cy", name: "Home" });
}

// The six calls of a library that takes a callback with each, and `settled`, which waits for them all: a flush of these
// libraries can end while an earlier one is still on its way.
export function withCallbacks(analytics, errors) {
  const waiting = [];
  const sdk = {};
  for (const method of ["identify", "track", "page", "screen", "group", "alias"])
    sdk[method] = (message) =>
      waiting.push(new Promise((done) => analytics[method](message, (error) => (error && errors.push(error), done()))));
  sdk.settled = async () => {
    while (analytics.queue.length) await analytics.flush();
    await Promise.all(waiting);
  };
  return sdk;
}

// Message ids that are told apart by a prefix: `next` for perform, `all` to compare with.
export function messageIds(prefix) {
  const all = [];
  return { all, next: () => (all.push(`${prefix}-${all.length}`), all.at(-1)) };
}

// After perform: everything is there once, and the three are who they are.
export async function assertPerformed(daemon, ids) {
  const events = await assertExactly(daemon, ids);
  assert.deepEqual(counts(events), { page: 3, identify: 2, track: TRACKS + 1, group: 1, alias: 1, screen: 1 });
  const leads = await daemon.leads();
  assert.deepEqual(leads.map(({ lead }) => lead).sort(), ["ana", "anon-cy", "ben"]);

  const ana = await daemon.lead("ana");
  assert.deepEqual(idsOf(ana).filter((id) => !id.startsWith("email")), ["anonymous_id anon-ana", "user_id ana"]);
  assert.equal(ana.scores.interest, 2 + 10 * TRACKS);
  assert.equal(ana.stage ?? ana.stages?.main, "mql");
  const traits = traitsOf(ana);
  assert.equal(traits.email, "ana@acme.example");
  assert.equal(traits.first_name, "Ana");
  assert.equal(ana.account, "acme");
  assert.equal((await daemon.lead("anon-ana")).lead, "ana");

  const ben = await daemon.lead("ben");
  assert.equal(ben.scores.interest, 10);
  assert.equal((await daemon.lead("ben-old")).lead, "ben");
  assert.equal((await daemon.lead("anon-cy")).scores.interest, 1);
}
