// A customer's web site: its page with the tracking snippet, and the library's files as the CDN lays them out.
import http from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./daemon.mjs";

const LIBRARY = join(ROOT, "node_modules/@segment/analytics-next/dist/umd");
const RUDDER = join(ROOT, "node_modules/@rudderstack/analytics-js/dist/npm/modern/bundled/umd");
const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", json: "application/json" };

function fileOf(path) {
  const name = path.split("/").at(-1);
  if (path.startsWith("/analytics.js/v1/")) return join(LIBRARY, "standalone.js");
  if (path.startsWith("/analytics-next/bundles/")) return join(LIBRARY, name);
  if (path.startsWith("/rudder/")) return join(RUDDER, name);
  return join(ROOT, "page", name === "pricing" ? "index.html" : name);
}

// settings: what the library asks its CDN for. -> { url, close(), missing: paths that were asked for in vain }
export async function site(settings) {
  const missing = [];
  const server = http.createServer(async (request, response) => {
    const path = new URL(request.url, "http://x").pathname;
    const answer = (status, type, body) => response.writeHead(status, { "Content-Type": type }).end(body);
    if (/^\/v1\/projects\/.*\/settings$/.test(path)) return answer(200, TYPES.json, JSON.stringify(settings));
    try {
      const file = fileOf(path);
      answer(200, TYPES[file.split(".").at(-1)], await readFile(file));
    } catch {
      missing.push(path);
      answer(404, "text/plain", "not here");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  const close = () => (server.closeAllConnections(), new Promise((closed) => server.close(closed)));
  return { url: `http://localhost:${port}`, missing, close };
}
