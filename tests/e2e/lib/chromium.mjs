// Headless Chromium, driven over the pipe of its DevTools protocol.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause } from "./daemon.mjs";

const CALL_MS = 60_000;

export class Chromium {
  waiting = new Map();
  last = 0;
  said = "";

  static async start() {
    const browser = new Chromium();
    browser.dir = await mkdtemp(join(tmpdir(), "embudo-e2e-chromium-"));
    const flags = [
      "--remote-debugging-pipe",
      "--no-sandbox", // containers and root have no user namespaces
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--no-proxy-server",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
      `--user-data-dir=${browser.dir}`,
    ];
    browser.child = spawn("chromium-headless-shell", [...flags, "about:blank"], { stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"], detached: true });
    browser.child.stderr.on("data", (text) => (browser.said += text));
    browser.exited = new Promise((resolve) => browser.child.on("exit", resolve));
    browser.exited.then(() => browser.fail("Chromium ended"));
    browser.listen(browser.child.stdio[4]);
    return browser;
  }

  fail(why) {
    for (const { reject } of this.waiting.values()) reject(new Error(`${why}\n${this.said}`));
    this.waiting.clear();
  }

  // Messages are JSON, each ended by a NUL.
  listen(pipe) {
    let rest = "";
    pipe.setEncoding("utf8");
    pipe.on("data", (text) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop();
      for (const message of messages) this.take(JSON.parse(message));
    });
  }

  take({ id, result, error }) {
    const call = this.waiting.get(id);
    if (!call) return; // an event
    this.waiting.delete(id);
    clearTimeout(call.timer);
    if (error) call.reject(new Error(error.message));
    else call.resolve(result);
  }

  call(method, params = {}, sessionId = undefined) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail(`${method}: no answer within ${CALL_MS} ms`), CALL_MS);
      this.waiting.set(id, { resolve, reject, timer });
      this.child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  // Opens a page for a new visitor -> a function that evaluates an expression there; a promise is waited for.
  async open(url) {
    const { browserContextId } = await this.call("Target.createBrowserContext");
    const { targetId } = await this.call("Target.createTarget", { url: "about:blank", browserContextId });
    const { sessionId } = await this.call("Target.attachToTarget", { targetId, flatten: true });
    await this.call("Page.enable", {}, sessionId);
    const { errorText } = await this.call("Page.navigate", { url }, sessionId);
    if (errorText) throw new Error(`${url}: ${errorText}`);
    const evaluate = async (expression) => {
      const params = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await this.call("Runtime.evaluate", params, sessionId);
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    };
    while ((await evaluate("location.href + document.readyState")) !== `${url}complete`) await pause(20);
    evaluate.close = () => this.call("Target.disposeBrowserContext", { browserContextId });
    return evaluate;
  }

  async close() {
    await this.call("Browser.close");
    await this.exited;
    try {
      process.kill(-this.child.pid, "SIGKILL"); // the group: Debian's command is a script around the browser
    } catch {
      // nobody is left
    }
    await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}
