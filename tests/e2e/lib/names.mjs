// A name server that means harm, for enrichers: usage  unshare -rmn node names.mjs EMBUDO    prints JSON: what came of each name.
//
// libcurl asks the names that the system asks (getaddrinfo), so this runs in a network and mount namespace of its own, where
// /etc/resolv.conf is ours, port 53 may be bound and nothing but the loopback exists. There an address of the internet is
// unreachable; what matters is that one of the inside is denied, and that nobody came to the service that waits there.
import { createSocket } from "node:dgram";
import { createServer } from "node:http";
import { execFile, execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PUBLIC = "93.184.216.34";
const A = 1, CNAME = 5, AAAA = 28;

// name -> what it answers the first time, the second time ..; the last stays.
const zone = {
  "public.example": [[PUBLIC]],
  "rebind.example": [[PUBLIC], ["127.0.0.1"]],
  "mixed.example": [[PUBLIC, "127.0.0.1"]],
  "mixed-first.example": [["127.0.0.1", PUBLIC]],
  "loopback.example": [["127.0.0.1"]],
  "loopback6.example": [["::1"]],
  "mapped.example": [["::ffff:127.0.0.1"]],
  "nat64.example": [["64:ff9b::7f00:1"]],
  "sixtofour.example": [["2002:7f00:1::"]],
  "zero.example": [["0.0.0.0"]],
  "unspecified6.example": [["::"]],
  "metadata.example": [["169.254.169.254"]],
  "private.example": [["10.0.0.1"]],
  "alias.example": [["loopback.example"]],
  "allowed.example": [["127.0.0.1"]],
};
const asked = {};

const name_bytes = (name) => Buffer.concat([...name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])]);

function v6_bytes(text) {
  const words = (part) => part.split(":").filter(Boolean).flatMap((word) => (word.includes(".") ? v4_words(word) : [parseInt(word, 16)]));
  const v4_words = (word) => { const [a, b, c, d] = word.split(".").map(Number); return [a * 256 + b, c * 256 + d]; };
  const [before, after = ""] = text.split("::"), head = words(before), tail = words(after);
  const all = [...head, ...Array(8 - head.length - tail.length).fill(0), ...tail], bytes = Buffer.alloc(16);
  all.forEach((word, i) => bytes.writeUInt16BE(word, i * 2));
  return bytes;
}

// [type, bytes] of one record as the zone writes it.
const record = (text) =>
  text.includes(":") ? [AAAA, v6_bytes(text)] : /^[\d.]+$/.test(text) ? [A, Buffer.from(text.split(".").map(Number))] : [CNAME, name_bytes(text)];

function question(packet) {
  let at = 12;
  const labels = [];
  while (packet[at]) { labels.push(packet.toString("latin1", at + 1, at + 1 + packet[at])); at += packet[at] + 1; }
  return { name: labels.join(".").toLowerCase(), type: packet.readUInt16BE(at + 1), end: at + 5 };
}

function records(name, type) {
  const answers = zone[name];
  if (!answers) return [];
  if (type === A) asked[name] = (asked[name] ?? 0) + 1; /* A and AAAA are asked together */
  const found = answers[Math.min((asked[name] || 1) - 1, answers.length - 1)].map((text) => [name, ...record(text)]);
  const alias = found.find(([, kind]) => kind === CNAME);
  return alias ? [...found, ...records(zone[name][0][0], type)] : found.filter(([, kind]) => kind === type);
}

function answer(packet) {
  const { name, type, end } = question(packet), found = records(name, type);
  const head = Buffer.from(packet.subarray(0, 12));
  head.writeUInt16BE(zone[name] ? 0x8180 : 0x8183, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(found.length, 6);
  head.writeUInt32BE(0, 8);
  const body = found.map(([owner, kind, bytes]) => {
    const fixed = Buffer.alloc(10); /* type, class, ttl 0, length */
    fixed.writeUInt16BE(kind, 0);
    fixed.writeUInt16BE(1, 2);
    fixed.writeUInt16BE(bytes.length, 8);
    return Buffer.concat([name_bytes(owner), fixed, bytes]);
  });
  return Buffer.concat([head, packet.subarray(12, end), ...body]);
}

execFileSync("ip", ["link", "set", "lo", "up"]);
const dir = await mkdtemp(join(tmpdir(), "embudo-names-"));
await writeFile(join(dir, "resolv.conf"), "nameserver 127.0.0.1\noptions timeout:2 attempts:1\n");
execFileSync("mount", ["--bind", join(dir, "resolv.conf"), "/etc/resolv.conf"]);
const server = createSocket("udp4", (packet, from) => server.send(answer(packet), from.port, from.address));
await new Promise((resolve) => server.bind(53, "127.0.0.1", resolve));
const came = [];
const service = createServer((request, response) => { came.push(request.headers.host.split(":")[0]); response.end('{"ok":1}'); });
await new Promise((resolve) => service.listen(0, "::", resolve)); /* all addresses, of both kinds */

await writeFile(join(dir, "embudo.yaml"), "outbound: { allow: [allowed.example] }\n");
const rules = join(dir, "rules");
await mkdir(rules);
await writeFile(join(rules, "rules.lua"), `dimension "fit" {}
enricher "probe" { needs = { "host" }, gives = { "status" },
  run = function(lead, http)
    local answer, err = http.get("http://" .. lead.traits.host .. ":${service.address().port}/ok")
    if not answer then error(err) end
    return { status = answer.status }
  end }
`);
const probe = (name) => new Promise((resolve) => {
  const events = join(dir, "events.ndjson");
  const args = ["enrich", "probe", "--lead", "u", "--rules", rules, "-c", join(dir, "embudo.yaml"), "--quiet", events];
  writeFile(events, JSON.stringify({ type: "identify", userId: "u", messageId: "1", timestamp: "2026-01-01T00:00:00Z", traits: { host: name } }) + "\n")
    .then(() => execFile(process.argv[2], args, (_, out, said) => resolve(/failed \((\w+)/.exec(out)?.[1] ?? /^answered/m.exec(out)?.[0] ?? out + said)));
});
const results = [];
for (const name of [...Object.keys(zone), "rebind.example", "nobody.example"]) results.push([name, await probe(name)]);
console.log(JSON.stringify({ results, came, asked }));
server.close();
service.close();
execFileSync("umount", ["/etc/resolv.conf"]);
await rm(dir, { recursive: true });
