// Waiting for what a daemon comes to by itself.
import assert from "node:assert/strict";
import { pause } from "./daemon.mjs";

const WAIT_MS = 180_000; // for 50,000 imported rows on a slow machine

// Asks again until the answer holds; fails with the last one. `what` may be asynchronous.
export async function becomes(what, holds) {
  for (const end = Date.now() + WAIT_MS; ; await pause(20)) {
    const value = await what();
    if (holds(value)) return value;
    assert.ok(Date.now() < end, `it did not come to that: ${JSON.stringify(value).slice(0, 500)}`);
  }
}
