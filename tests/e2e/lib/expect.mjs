// What must be true afterwards, whoever sent the events.
import assert from "node:assert/strict";

// Each of the message ids is in the journal once, and nothing else is.
export async function assertExactly(daemon, messageIds) {
  const events = await daemon.events();
  const seen = new Map();
  for (const { messageId } of events) seen.set(messageId, (seen.get(messageId) ?? 0) + 1);
  const twice = [...seen].filter(([, count]) => count > 1);
  const missing = messageIds.filter((id) => !seen.has(id));
  const extra = [...seen.keys()].filter((id) => !messageIds.includes(id));
  assert.deepEqual({ twice, missing, extra }, { twice: [], missing: [], extra: [] });
  assert.equal(events.length, messageIds.length);
  return events;
}

// How many events of each type.
export function counts(events) {
  const byType = {};
  for (const { type } of events) byType[type] = (byType[type] ?? 0) + 1;
  return byType;
}

// The lead's ids as a sorted list of texts: "user_id u1".
export function idsOf(lead) {
  return lead.ids.map((id) => Object.entries(id).map(([kind, value]) => `${kind} ${value}`)[0]).sort();
}

export function traitsOf(lead) {
  return Object.fromEntries(Object.entries(lead.traits).map(([name, { value }]) => [name, value]));
}

// An answer as every SDK needs it on success.
export function assertTaken(answer, accepted) {
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers["content-type"], /^application\/json\b/);
  assert.equal(answer.json.success, true);
  if (accepted !== undefined) assert.equal(answer.json.accepted, accepted, answer.text);
}

// An answer as every SDK needs it on failure.
export function assertRefused(answer, ...statuses) {
  assert.ok(statuses.includes(answer.status), `expected ${statuses}, got ${answer.status} ${answer.text}`);
  assert.match(answer.headers["content-type"], /^application\/json\b/);
  assert.equal(answer.json.success, false);
  for (const member of ["code", "message", "error"]) assert.ok(answer.json[member], `no ${member}: ${answer.text}`);
}
