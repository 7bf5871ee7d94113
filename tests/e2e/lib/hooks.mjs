// A receiver of webhooks that behaves as it is told, and remembers what it got. Every request is verified as its users would:
// with the libraries of Standard Webhooks and Svix, and every secret it knows.
import http from "node:http";
import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";

const WAIT_MS = 30_000;

export class Hooks {
  got = []; // { path, id, at, body, json, headers }, in order of arrival
  plans = {}; // path -> list of answers for its first requests; then 200

  static async open(secrets) {
    const hooks = new Hooks();
    hooks.secrets = secrets;
    hooks.server = http.createServer((request, response) => hooks.take(request, response));
    await new Promise((resolve) => hooks.server.listen(0, "127.0.0.1", resolve));
    hooks.url = `http://127.0.0.1:${hooks.server.address().port}`;
    return hooks;
  }

  async close() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  // Each secret verifies by itself, with both libraries; a wrong body or secret does not.
  verify(headers, body) {
    for (const secret of this.secrets) {
      assert.deepEqual(new Webhook(secret).verify(body, headers), JSON.parse(body));
      assert.deepEqual(new SvixWebhook(secret).verify(body, headers), JSON.parse(body));
      assert.throws(() => new Webhook(secret).verify(`${body} `, headers));
    }
    assert.throws(() => new Webhook("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").verify(body, headers));
  }

  take(request, response) {
    const at = Date.now(),
      parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString();
      try {
        this.verify(request.headers, body);
      } catch (error) {
        this.failure ??= error;
      }
      this.got.push({ path: request.url, id: request.headers["webhook-id"], at, body, json: JSON.parse(body), headers: request.headers });
      const answer = this.plans[request.url]?.shift() ?? 200;
      if (typeof answer === "function") answer(request, response);
      else response.writeHead(answer.status ?? answer, answer.headers).end(answer.body ?? "");
      this.wake?.();
    });
  }

  at(path) {
    return this.got.filter((one) => one.path === path);
  }

  // Waits until so many requests came to a path.
  async came(path, count) {
    const end = Date.now() + WAIT_MS;
    while (this.at(path).length < count) {
      assert.ok(Date.now() < end, `${this.at(path).length} of ${count} requests came to ${path} within ${WAIT_MS} ms`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.wake = () => (clearTimeout(timer), resolve());
      });
    }
    if (this.failure) throw this.failure;
    return this.at(path);
  }
}
