// A service for enrichers on this machine: HTTP, or HTTPS with HTTP/2, that counts what it is asked and answers as it is told.
import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const WAIT_MS = 30_000;

export class Provider {
  got = [];
  plans = {}; // path -> function(request, response); else { employees: 300 }

  // tls: { key, cert } as text.
  static async open({ tls } = {}) {
    const provider = new Provider();
    const take = (request, response) => provider.take(request, response);
    provider.server = tls ? createSecureServer({ ...tls, allowHTTP1: true }, take) : createServer(take);
    provider.server.on("session", (session) => provider.sessions.add(session));
    await new Promise((resolve) => provider.server.listen(0, "127.0.0.1", resolve));
    provider.port = provider.server.address().port;
    return provider;
  }

  sessions = new Set();

  async close() {
    for (const session of this.sessions) session.destroy();
    this.server.closeAllConnections?.();
    await new Promise((resolve) => this.server.close(resolve));
  }

  take(request, response) {
    const path = request.url.split("?")[0];
    this.got.push({ path, url: request.url, version: request.httpVersion, headers: request.headers });
    const plan = this.plans[path];
    if (plan) plan(request, response);
    else response.writeHead(200, { "content-type": "application/json" }).end('{"employees":300}');
  }

  async came(path, count = 1) {
    for (const end = Date.now() + WAIT_MS; this.got.filter((one) => one.path === path).length < count; ) {
      if (Date.now() > end) throw new Error(`${path} was not asked for ${count} times: ${JSON.stringify(this.got)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.got.filter((one) => one.path === path);
  }
}

// openssl's small authority: it alone can say when a certificate begins and ends.
const AUTHORITY = `[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = names
copy_extensions = copy
[names]
commonName = supplied
`;

// A certificate for one name that was good in January 2020, signed by an authority; files below the directory.
export function expired(directory, name, authority) {
  const openssl = (...args) => execFileSync("openssl", args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
  const files = { "ca.cnf": AUTHORITY, "index.txt": "", serial: "01\n" };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
  openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "old.key", "-subj", `/CN=${name}`,
    "-addext", `subjectAltName=DNS:${name}`, "-out", "old.csr");
  openssl("ca", "-batch", "-config", "ca.cnf", "-cert", `${authority}.crt`, "-keyfile", `${authority}.key`, "-in", "old.csr", "-out", "old.crt",
    "-startdate", "20200101000000Z", "-enddate", "20200201000000Z", "-notext");
  return { key: readFileSync(join(directory, "old.key"), "utf8"), cert: readFileSync(join(directory, "old.crt"), "utf8") };
}

// A certificate for one name, signed by an authority of its own or by itself; files below the directory.
export function certificate(directory, name, { authority } = {}) {
  const at = (file) => join(directory, file);
  const openssl = (...args) => execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  const fresh = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at(`${name}.key`), "-subj", `/CN=${name}`];
  const names = ["-addext", `subjectAltName=DNS:${name}`];
  if (authority)
    openssl(...fresh, ...names, "-x509", "-days", "2", "-CA", at(`${authority}.crt`), "-CAkey", at(`${authority}.key`), "-out", at(`${name}.crt`));
  else openssl(...fresh, ...names, "-x509", "-days", "2", "-out", at(`${name}.crt`));
  return { key: readFileSync(at(`${name}.key`), "utf8"), cert: readFileSync(at(`${name}.crt`), "utf8") };
}
