// The examples of docs/api.md, as a person would paste them.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Daemon, ROOT } from "./lib/daemon.mjs";

const run = promisify(execFile);
const page = readFileSync(join(ROOT, "..", "..", "docs", "api.md"), "utf8");
const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
const [sent, ...examples] = blocks;

let daemon;
before(async () => (daemon = await Daemon.start({ rules: join(ROOT, "..", "..", "rules") })));
after(() => daemon.close());

// What the shell says, with curl failing where the answer is an error.
async function shell(text) {
  const env = { ...process.env, EMBUDO: daemon.url, KEY: daemon.key, AUTH: `Authorization: Bearer ${daemon.token}` };
  const { stdout } = await run("sh", ["-euc", text.replaceAll("curl -s", "curl -sS --fail-with-body")], { env });
  return stdout;
}

test("the events are taken", async () => {
  assert.equal(await shell(sent), '{"success":true,"accepted":4}');
  await daemon.leads();
});

describe("the examples are answered", () => {
  for (const command of examples.flatMap((block) => block.split(/\n(?! )/).filter(Boolean))) // indented lines go on
    test(command, async () => {
      const answer = await shell(command);
      if (command.includes("text/plain")) return assert.match(answer, /ana/);
      if (/as=(text|markdown)/.test(command)) return assert.match(answer, /\w+.*\n/);
      const json = JSON.parse(answer);
      for (const list of ["leads", "accounts", "decisions", "entries", "members", "rules", "rulesets"])
        if (list in json && Array.isArray(json[list])) assert.ok(json[list].length > 0, `no ${list}: ${answer}`);
    });
});
