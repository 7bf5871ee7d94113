// HTTP as the tests need it: every header as it is written, every byte seen.
import http from "node:http";
import net from "node:net";

const ANSWER_MS = 30_000;

// -> { status, headers, text, json }. Sends no header of its own but Host, Connection and the body's length.
export function send({ port }, { method = "POST", path, headers = {}, body, agent = false }) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, method, path, headers: { ...headers }, agent });
    if (body !== undefined && !("Transfer-Encoding" in headers)) request.setHeader("Content-Length", Buffer.byteLength(body));
    request.setTimeout(ANSWER_MS, () => request.destroy(new Error(`${method} ${path}: no answer within ${ANSWER_MS} ms`)));
    request.on("error", reject);
    request.on("response", (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString();
        const is_json = method !== "HEAD" && (response.headers["content-type"] ?? "").startsWith("application/json");
        resolve({ status: response.statusCode, headers: response.headers, text, json: is_json ? JSON.parse(text) : undefined });
      });
    });
    request.end(body);
  });
}

// Bytes as they are over a connection of their own -> all that came back. Ends when the daemon closes, or when `until`
// (a text that must come) has come so many times, or, if wished, by going away after some time. Parts are written one after
// another, a pause between them.
export function raw({ port }, parts, { until, times = 1, pause_ms = 10, give_up_ms } = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1");
    const late = () => (give_up_ms ? done() : socket.destroy(new Error(`no end within ${ANSWER_MS} ms; until then: ${got}`)));
    const timer = setTimeout(late, give_up_ms ?? ANSWER_MS);
    let got = "";
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(got);
    };
    socket.on("error", (error) => (error.code === "ECONNRESET" || error.code === "EPIPE" ? done() : (clearTimeout(timer), reject(error))));
    socket.on("close", done);
    socket.on("data", (bytes) => {
      got += bytes.toString("latin1");
      if (until && got.split(until).length > times) done();
    });
    socket.on("connect", async () => {
      for (const part of [parts].flat()) {
        if (socket.destroyed) return;
        socket.write(part);
        await new Promise((next) => setTimeout(next, pause_ms));
      }
    });
  });
}
