// A daemon of embudo in a directory of its own: started, stopped, killed, restarted on the same port, asked what it has.
import { spawn, execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import assert from "node:assert/strict";
import { send } from "./http.mjs";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const EMBUDO = process.env.EMBUDO;
const START_MS = 30_000;
const STOP_MS = 30_000;
const FILE_MS = 240_000;
const PORT_FIRST = 15_000, PORTS = 15_000, PORT_ATTEMPTS = 10;
const LISTENING = /embudo is listening on http:\/\/127\.0\.0\.1:(\d+)/;
const SANITIZER = /AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:/;

// Libraries whose daemon is gone try again for hours: no file of tests may take that long.
setTimeout(() => {
  console.error(`not done within ${FILE_MS} ms: ${process.argv[1]}`);
  process.exit(1);
}, FILE_MS).unref();

export class Daemon {
  key = "e2e-write-key-0123456789";
  token = "e2e-admin-token-0123456789";

  // options: config (text of embudo.yaml), args, env, rules (a directory; the suite's own by default)
  static async start(options = {}) {
    const daemon = new Daemon();
    daemon.options = options;
    daemon.dir = await mkdtemp(join(tmpdir(), "embudo-e2e-"));
    daemon.data = join(daemon.dir, "data");
    daemon.said = "";
    if (options.config) await writeFile(join(daemon.dir, "embudo.yaml"), options.config);
    await daemon.upSomewhere();
    return daemon;
  }

  // On a port that the system gives nobody by itself, so that it is free again after a restart.
  async upSomewhere() {
    for (let attempt = 1; ; attempt++) {
      const port = PORT_FIRST + Math.floor(Math.random() * PORTS);
      try {
        return await this.up(`127.0.0.1:${port}`);
      } catch (error) {
        if (attempt === PORT_ATTEMPTS || !error.message.includes("Address already in use")) throw error;
        this.said = "";
      }
    }
  }

  async up(listen) {
    const { options } = this;
    const args = ["run", "--data", this.data, "--listen", listen, "--rules", options.rules ?? join(ROOT, "rules")];
    if (options.config) args.push("-c", join(this.dir, "embudo.yaml"));
    const env = { ...process.env, EMBUDO_WRITE_KEY: this.key, EMBUDO_ADMIN_TOKEN: this.token, ...options.env };
    this.child = spawn(EMBUDO, [...args, ...(options.args ?? [])], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.exited = new Promise((resolve) => this.child.on("exit", (code, signal) => resolve({ code, signal })));
    this.child.stderr.on("data", (text) => (this.said += text));
    this.port = await this.listening();
    this.url = `http://127.0.0.1:${this.port}`;
    await this.ready();
  }

  listening() {
    return new Promise((resolve, reject) => {
      let out = "";
      const fail = (why) => (clearTimeout(timer), reject(new Error(`the daemon ${why}\n${out}\n${this.said}`)));
      const timer = setTimeout(() => fail(`did not listen within ${START_MS} ms`), START_MS);
      this.exited.then(({ code, signal }) => fail(`ended with ${signal ?? code} before it listened`));
      this.child.stdout.on("data", (text) => {
        out += text;
        const match = out.match(LISTENING);
        if (!match) return;
        clearTimeout(timer);
        resolve(Number(match[1]));
      });
    });
  }

  async ready() {
    for (const end = Date.now() + START_MS; Date.now() < end; await pause(20)) {
      const answer = await send(this, { method: "GET", path: "/readyz" }).catch(() => undefined);
      if (answer?.status === 200) return;
    }
    assert.fail(`the daemon was not ready within ${START_MS} ms\n${this.said}`);
  }

  // Ends it, cleanly unless signal is SIGKILL; what it wrote must not be a sanitizer's report.
  async down(signal = "SIGTERM") {
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill("SIGKILL"), STOP_MS);
    const end = await this.exited;
    clearTimeout(timer);
    assert.doesNotMatch(this.said, SANITIZER, this.said);
    const expected = signal === "SIGKILL" ? { code: null, signal: "SIGKILL" } : { code: 0, signal: null };
    assert.deepEqual(end, expected, `the daemon ended otherwise than by ${signal}\n${this.said}`);
  }

  async again(signal = "SIGTERM", pause_ms = 0) {
    const { port } = this;
    await this.down(signal);
    await pause(pause_ms);
    await this.up(`127.0.0.1:${port}`);
  }

  // For `after`: ends it and removes its directory.
  async close() {
    try {
      await this.down();
    } finally {
      await rm(this.dir, { recursive: true, force: true });
    }
  }

  // Lines of `embudo export WHAT`, parsed.
  async exported(what) {
    const run = promisify(execFile);
    const { stdout } = await run(EMBUDO, ["export", what, "--data", this.data], { maxBuffer: 1 << 28 });
    return stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  }

  events() {
    return this.exported("events");
  }

  async event(messageId) {
    const found = (await this.events()).filter((event) => event.messageId === messageId);
    assert.ok(found.length < 2, `${messageId} is there ${found.length} times`);
    return found[0];
  }

  read(path, headers = {}) {
    return send(this, { method: "GET", path, headers: { Authorization: `Bearer ${this.token}`, ...headers } });
  }

  // One lead as the API shows it; undefined when there is none.
  async lead(id) {
    const answer = await this.read(`/v1/leads/${encodeURIComponent(id)}`);
    if (answer.status === 404) return undefined;
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  }

  // Waits until the daemon has folded what it took, then lists all leads.
  async leads(query = "") {
    for (const end = Date.now() + START_MS; Date.now() < end; await pause(20)) {
      const answer = await this.read(`/v1/leads?limit=1000${query}`);
      assert.equal(answer.status, 200, answer.text);
      if (answer.json.complete) return answer.json.leads;
    }
    assert.fail("the daemon does not come to rest");
  }

  basic(key = this.key) {
    return `Basic ${Buffer.from(`${key}:`).toString("base64")}`;
  }

  // A POST with the write key; body: a text, bytes, or what JSON says.
  post(path, body, headers = {}) {
    const is_raw = typeof body === "string" || Buffer.isBuffer(body);
    const all = { Authorization: this.basic(), "Content-Type": "application/json", ...headers };
    for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name];
    return send(this, { method: "POST", path, headers: all, body: is_raw ? body : JSON.stringify(body) });
  }
}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
