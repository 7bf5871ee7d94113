// Enrichers against a service on this machine: TLS and HTTP/2, secrets, restarts in the middle, and a day replayed without a network.
import { after, before, describe, test } from "node:test";
import { createHmac } from "node:crypto";
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import assert from "node:assert/strict";
import { Daemon, ROOT, pause } from "./lib/daemon.mjs";
import { Provider, certificate, expired } from "./lib/provider.mjs";

const KEY = "e2e-very-secret-key-0123456789";
const WAIT_MS = 30_000;
const run = promisify(execFile);

async function until(what, holds) {
  for (const end = Date.now() + WAIT_MS; ; await pause(30)) {
    const value = await holds();
    if (value) return value;
    assert.ok(Date.now() < end, `waited in vain: ${typeof what === "function" ? what() : what}`);
  }
}

const enricher = (name, url, more = "retries = 0,") => `
enricher "${name}" {
  needs = { "${name}" }, gives = { "found.${name}" }, ttl = "30d", ${more}
  run = function(lead, http)
    local value = lead.traits["${name}"]
    local answer, err = http.get("${url}/" .. value, {
      headers = { ["x-sign"] = { "sha256=", hmac(secret "KEY", value) } }, query = { key = secret "KEY" },
    })
    if not answer then error(err) end
    return { ["found.${name}"] = answer.json and answer.json.employees or -answer.status }
  end,
}`;

const RULES = `dimension "fit" { min = -100, max = 100 }
dimension "intent" {}
rule "seen" { on = any_event {}, points = { intent = 1 }, decay = linear "30d" }
rule "big" { when = trait { ["found.plain"] = at_least(50) }, points = { fit = 30 } }
lifecycle "main" { start = "lead", move { "lead", "mql", when = score { fit = at_least(20), intent = at_least(2) } } }
`;

async function directory(files) {
  const dir = await mkdtemp(join(tmpdir(), "embudo-e2e-enrich-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  return dir;
}

const config = (more = "") => `secrets: [ { name: KEY, value: ${KEY} } ]
outbound: { allow: [127.0.0.1, "::1"]${more} }
`;

const found = async (daemon, id, name) => (await daemon.lead(id))?.traits?.found?.value?.[name];

describe("over TLS", () => {
  let certificates, trusted, strange, other, old, daemon, rules;
  before(async () => {
    certificates = await mkdtemp(join(tmpdir(), "embudo-e2e-tls-"));
    certificate(certificates, "authority");
    trusted = await Provider.open({ tls: certificate(certificates, "localhost", { authority: "authority" }) });
    other = await Provider.open({ tls: certificate(certificates, "other.example", { authority: "authority" }) });
    old = await Provider.open({ tls: expired(certificates, "localhost", "authority") });
    const own = await mkdtemp(join(tmpdir(), "embudo-e2e-tls-"));
    strange = await Provider.open({ tls: certificate(own, "localhost") });
    await rm(own, { recursive: true });
    const url = ({ port }) => `https://localhost:${port}`;
    rules = await directory({ "rules.lua": RULES + enricher("trusted", url(trusted), "") + enricher("strange", url(strange)) + enricher("other", url(other)) + enricher("old", url(old)) });
    daemon = await Daemon.start({ rules, config: config(`, ca_file: ${join(certificates, "authority.crt")}`) });
  });
  after(async () => {
    await daemon?.close();
    for (const one of [trusted, strange, other, old]) await one?.close();
    for (const dir of [certificates, rules]) await rm(dir, { recursive: true, force: true });
  });

  const ask = async (name) => assert.equal((await daemon.post("/v1/identify", { userId: name, traits: { [name]: "x" } })).status, 200);
  const failed = (name) => until(() => `${name} to fail: ${daemon.said}`, () => new RegExp(`enricher '${name}' failed: .*certificate.*`).exec(daemon.said)?.[0]);

  test("an authority of one's own is believed, and many calls share one connection of HTTP/2", async () => {
    const calls = Array.from({ length: 8 }, (_, i) => daemon.post("/v1/identify", { userId: `t${i}`, traits: { trusted: `x${i}` } }));
    await Promise.all(calls);
    await until("the answers", async () => (await Promise.all(calls.map((_, i) => found(daemon, `t${i}`, "trusted")))).every((n) => n === 300));
    assert.ok(trusted.got.every(({ version }) => version === "2.0"), JSON.stringify(trusted.got.map(({ version }) => version)));
    assert.equal(trusted.sessions.size, 1);
  });

  test("who signed for himself is not", async () => {
    await ask("strange");
    assert.match(await failed("strange"), /self-signed/);
    assert.equal(strange.got.length, 0);
  });

  test("nor is a certificate for another name", async () => {
    await ask("other");
    assert.match(await failed("other"), /name 'localhost'/);
    assert.equal(other.got.length, 0);
  });

  test("nor is one that has expired", async () => {
    await ask("old");
    assert.match(await failed("old"), /expired/);
    assert.equal(old.got.length, 0);
  });
});

describe("over HTTP", () => {
  let provider, daemon, rules;
  before(async () => {
    provider = await Provider.open();
    rules = await directory({ "rules.lua": RULES + enricher("plain", `http://127.0.0.1:${provider.port}`, 'timeout = "2s", deadline = "20s", retries = 0,') + enricher("dead", "http://127.0.0.1:1") });
    daemon = await Daemon.start({ rules, config: config() });
  });
  after(async () => {
    await daemon?.close();
    await provider?.close();
    await rm(rules, { recursive: true, force: true });
  });

  const ask = async (id, value, name = "plain") => assert.equal((await daemon.post("/v1/identify", { userId: id, traits: { [name]: value } })).status, 200);

  test("calls are signed with secrets that nobody gets to see, also where they fail", async () => {
    await ask("ana", "acme");
    const [call] = await provider.came("/acme");
    assert.equal(call.headers["x-sign"], `sha256=${createHmac("sha256", KEY).update("acme").digest("hex")}`);
    assert.equal(new URLSearchParams(call.url.split("?")[1]).get("key"), KEY);
    provider.plans["/echo"] = (request, response) => response.writeHead(500).end(`no: ${request.url}`);
    await ask("eva", "echo");
    await ask("kim", "x", "dead");
    await until("failures", () => /enricher 'dead' failed/.test(daemon.said));
    await until("the answer", async () => (await found(daemon, "eva", "plain")) === -500);
    for (const id of ["ana", "eva", "kim"])
      for (const path of ["", "/explain", "/timeline", "/history"]) assert.ok(!(await daemon.read(`/v1/leads/${id}${path}`)).text.includes(KEY), path);
    for (const path of ["/metrics", "/v1/rules", "/v1/outbox"]) assert.ok(!(await daemon.read(path)).text.includes(KEY), path);
    assert.ok(!JSON.stringify(await daemon.events()).includes(KEY));
    assert.ok(!(await readFile(join(daemon.data, "journal.db"), "latin1")).includes(KEY));
    assert.ok(!daemon.said.includes(KEY));
  });

  test("a service that means harm gets nowhere, and holds up nobody", async () => {
    const text = (status, body, headers = {}) => (_, response) => response.writeHead(status, headers).end(body);
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
    const forever = (every_ms, piece) => (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(piece), every_ms);
      response.on("close", () => clearInterval(timer));
    };
    Object.assign(provider.plans, {
      "/bomb": text(200, bomb, { "content-encoding": "gzip" }),
      "/drip": forever(100, " "),
      "/endless": forever(1, "x".repeat(65536)),
      "/drophead": (_, { socket }) => {
        socket.write("HTTP/1.1 200 OK\r\n");
        const timer = setInterval(() => socket.write("x: y\r\n"), 100);
        socket.on("close", () => clearInterval(timer));
      },
      "/headers10k": (_, response) => response.writeHead(200, Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`x-${i}`, "y".repeat(100)]))).end("{}"),
      "/header1m": (_, response) => response.writeHead(200, { "x-long": "y".repeat(1024 * 1024) }).end("{}"),
      "/cut": (_, response) => {
        response.writeHead(200, { "content-length": 1000 });
        response.write('{"employees":', () => response.socket.destroy());
      },
      "/cutgzip": text(200, gzipSync('{"employees":300}').subarray(0, 12), { "content-encoding": "gzip" }),
      "/nogzip": text(200, "this is no gzip", { "content-encoding": "gzip" }),
      "/headers": (_, response) => response.writeHead(200, Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`x-${i}`, "y"]))).end("{}"),
      "/deep": text(200, "[".repeat(100_000)),
      "/twice": text(200, '{"employees":1,"employees":2}'),
      "/nan": text(200, '{"employees":NaN}'),
      "/infinite": text(200, '{"employees":1e999}'),
      "/bytes": text(200, Buffer.from([0x22, 0xff, 0xfe, 0x22])),
      "/inside": text(302, "", { location: "http://169.254.169.254/latest/meta-data/" }),
    });
    const hostile = ["bomb", "drip", "drophead", "endless", "headers10k", "header1m", "cut", "cutgzip", "nogzip", "headers", "deep", "twice", "nan", "infinite", "bytes", "inside"];
    for (const name of hostile) await ask(`h-${name}`, name);
    await ask("h-good", "good");
    await until("the good one", async () => (await found(daemon, "h-good", "plain")) === 300);
    await until("the others", async () => (await Promise.all(hostile.map((name) => daemon.lead(`h-${name}`)))).every(({ pending }) => pending.length === 0));
    const said = Object.fromEntries(await Promise.all(hostile.map(async (name) => [name, await found(daemon, `h-${name}`, "plain")])));
    assert.deepEqual(said, {
      bomb: undefined, drip: undefined, drophead: undefined, endless: undefined, headers10k: undefined, header1m: undefined, cut: undefined,
      cutgzip: undefined, nogzip: undefined, headers: -200,
      deep: -200, twice: 2, nan: -200, infinite: -200, bytes: -200, inside: -302,
    });
    const resident = Number(/^process_resident_memory_bytes (\S+)/m.exec((await daemon.read("/metrics")).text)[1]);
    assert.ok(resident < 300e6, `${resident} bytes`);
  });

  test("other rules in the middle of a call: it is asked again under them, and an answer to the old ones is dropped", async () => {
    const held = [];
    provider.plans["/held"] = (_, response) => (held.length === 0 ? held.push(response) : response.writeHead(200).end('{"employees":8}'));
    await ask("ivy", "held");
    await provider.came("/held");
    const { ruleset } = await daemon.lead("ivy");
    await writeFile(join(rules, "more.lua"), 'rule "more" { on = track "More", points = { intent = 1 } }\n');
    await until("the other rules", async () => (await daemon.lead("ivy")).ruleset !== ruleset);
    await provider.came("/held", 2);
    held[0].writeHead(200).end('{"employees":9}');
    await until("the answer", async () => (await found(daemon, "ivy", "plain")) === 8);
    await ask("good", "good2");
    await until("another", async () => (await found(daemon, "good", "plain")) === 300);
    assert.equal(await found(daemon, "ivy", "plain"), 8);
  });

  test("SIGTERM in the middle of calls ends cleanly, and the next start asks again", async () => {
    let hangs = 0;
    provider.plans["/slow"] = (request, response) => (hangs++ === 0 ? undefined : response.writeHead(200).end('{"employees":7}'));
    await ask("sol", "slow");
    await provider.came("/slow");
    const began = Date.now();
    await daemon.again("SIGTERM");
    assert.ok(Date.now() - began < 15_000, `it took ${Date.now() - began} ms`);
    await until("the answer", async () => (await found(daemon, "sol", "plain")) === 7);
    assert.equal((await provider.came("/slow", 2)).length, 2);
  });

  test("a day is replayed without a network: the same scores, the same explanations, byte by byte", async () => {
    for (let i = 0; i < 20; i++) {
      await ask(`d${i}`, `company${i % 7}`);
      assert.equal((await daemon.post("/v1/track", { userId: `d${i}`, event: "Demo" })).status, 200);
    }
    await until("all answers", async () => (await Promise.all(Array.from({ length: 20 }, (_, i) => found(daemon, `d${i}`, "plain")))).every((n) => n === 300));
    await daemon.leads();
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const read = async () => {
      const texts = {};
      for (let i = 0; i < 20; i++) texts[`d${i}`] = (await daemon.read(`/v1/leads/d${i}/explain?at=${at}`)).text;
      return texts;
    };
    const live = await read();
    assert.ok(JSON.parse(live.d0).stage ?? live.d0.includes("mql"), live.d0);
    const asked = provider.got.length;
    await daemon.again("SIGKILL");
    assert.deepEqual(await read(), live);
    assert.equal(provider.got.length, asked);

    // And offline: in a network namespace with nothing but an interface that is down, where this machine lets us make one.
    await daemon.down();
    const [command, ...args] = await run("unshare", ["-rn", "true"]).then(() => ["unshare", "-rn"], () => ["env"]);
    const embudo = process.env.EMBUDO;
    for (let i = 0; i < 20; i += 5) {
      const { stdout } = await run(command, [...args, embudo, "explain", `d${i}`, "--data", daemon.data, "--rules", rules, "--at", at, "--json"], { maxBuffer: 1 << 26 });
      const own = JSON.parse(live[`d${i}`]), offline = JSON.parse(stdout);
      assert.deepEqual(offline.scores ?? offline.lead?.scores, own.scores ?? own.lead?.scores);
      assert.equal(stdout.trim(), live[`d${i}`].trim());
    }
    assert.equal(provider.got.length, asked);
    await daemon.up(`127.0.0.1:${daemon.port}`);
  });
});

describe("a database of addresses", () => {
  const GEO = `dimension "fit" {}
enricher "geo" { needs = { "ip" }, gives = { "country" },
  run = function(lead, http, dns, lookup)
    local found, err = lookup.mmdb("geo", lead.traits.ip)
    if err then error(err) end
    return found and { country = found.country.iso_code } or nothing
  end }
`;
  let daemon, rules;
  const file = () => join(rules, "lists", "geo.mmdb");
  const put = async (write) => (await write(`${file()}.new`), await rename(`${file()}.new`, file()));
  const good = (path) => copyFile(join(ROOT, "..", "..", "plugins/geoip/lists/geoip.mmdb"), path);
  const bad_files = async () => (await daemon.read("/v1/status")).json.bad_files;
  const country = async (id, ip) => {
    assert.equal((await daemon.post("/v1/identify", { userId: id, traits: { ip } })).status, 200);
    return until(`the country of ${ip}`, async () => (await daemon.lead(id)).traits.country?.value);
  };
  before(async () => {
    rules = await directory({ "rules.lua": GEO });
    await mkdir(join(rules, "lists"));
    await put(good);
    daemon = await Daemon.start({ rules });
  });
  after(async () => {
    await daemon?.close();
    await rm(rules, { recursive: true, force: true });
  });

  test("a bad one in its place is told, in the log and in the status, and the good one goes on, under other rules as well", async () => {
    assert.equal(await country("a", "8.8.8.8"), "US");
    assert.deepEqual(await bad_files(), []);
    await put((path) => writeFile(path, "no database at all"));
    await until("the bad file", async () => (await bad_files()).length === 1);
    assert.deepEqual(await bad_files(), [{ file: "lists/geo.mmdb", why: "it is no database of this format", replaced: true }]);
    assert.match(daemon.said, /lists\/geo\.mmdb cannot be used: it is no database of this format; the one that was read before goes on/);
    assert.equal(await country("b", "80.58.61.250"), "ES");
    const { ruleset } = await daemon.lead("b");
    await writeFile(join(rules, "more.lua"), 'rule "more" { on = track "More", points = { fit = 1 } }\n');
    await until("the other rules", async () => (await daemon.lead("b")).ruleset !== ruleset);
    assert.equal(await country("c", "1.1.1.1"), "AU");
    await put(good);
    await until("the good file", async () => (await bad_files()).length === 0);
    assert.match(daemon.said, /lists\/geo\.mmdb can be used again/);
  });

  /* Databases are this large; what is put in between belongs to no answer. */
  const large = async (path) => {
    const small = await readFile(join(ROOT, "..", "..", "plugins/geoip/lists/geoip.mmdb"));
    const metadata = small.indexOf(Buffer.from("abcdef4d61784d696e642e636f6d", "hex"));
    const handle = await open(path, "w");
    await handle.write(small.subarray(0, metadata), 0, metadata, 0);
    await handle.write(small.subarray(metadata), 0, small.length - metadata, metadata + 300 * 1024 * 1024);
    await handle.close();
  };

  test("a large one is read beside the loop: whoever needs it waits for it, nobody else does", async () => {
    await daemon.down();
    await put(large);
    await daemon.up(`127.0.0.1:${daemon.port}`);
    assert.equal(await country("d", "8.8.8.8"), "US"); /* asked while it was being read */
    await put(large);
    const slow = () => daemon.read("/metrics").then(({ text }) => {
      const at = (le) => Number(new RegExp(`embudo_loop_turn_seconds_bucket\\{le="${le}"\\} (\\d+)`).exec(text)[1]);
      return at("\\+Inf") - at("0.2");
    });
    assert.equal(await country("e", "80.58.61.250"), "ES");
    await put((path) => writeFile(path, "no database at all"));
    await until("the bad file", async () => (await bad_files()).length === 1); /* after the large one was read */
    assert.equal(await slow(), 0);
    assert.equal(await country("f", "1.1.1.1"), "AU");
  });
});
