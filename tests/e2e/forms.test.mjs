// Forms of a web page without any script: what a browser sends, where it goes on, what is asked for next, what machines fill in.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import http from "node:http";
import { join } from "node:path";
import { Chromium } from "./lib/chromium.mjs";
import { becomes } from "./lib/becomes.mjs";
import { Daemon, ROOT } from "./lib/daemon.mjs";
import { traitsOf } from "./lib/expect.mjs";
import { send } from "./lib/http.mjs";
import { Openapi } from "./lib/openapi.mjs";

const URLENCODED = "application/x-www-form-urlencoded";
const JSON_PLEASE = { Accept: "application/json" };

let daemon, openapi, shop;

// A site with a form and a page of thanks.
async function landing() {
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://x");
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    if (pathname === "/thanks") return response.end("<h1>Thanks</h1>");
    response.end(`<form method="post" enctype="${searchParams.get("enctype")}" action="${daemon.url}/v1/forms/landing">
      <input type="hidden" name="writeKey" value="${daemon.key}"> <input type="hidden" name="anonymousId" value="${searchParams.get("id")}">
      <input type="hidden" name="redirect" value="${searchParams.get("redirect") ?? ""}">
      <input name="email"> <input name="first_name"> <input name="title"> <input name="company.name"> <textarea name="message"></textarea>
      <input name="website" style="display:none">
      <input type="hidden" name="consent" value="no"> <input type="checkbox" name="consent" value="yes">
      <button>Send</button></form>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => (server.closeAllConnections(), new Promise((closed) => server.close(closed)));
  return { url: `http://localhost:${server.address().port}`, close };
}

before(async () => {
  shop = await landing();
  const config = `forms:\n  redirects: [${shop.url}/thanks, ${shop.url}/thanks?b]\n  trap: website\n`;
  daemon = await Daemon.start({ rules: join(ROOT, "..", "..", "rules"), config });
  openapi = new Openapi((await send(daemon, { method: "GET", path: "/v1/openapi.json" })).json);
});
after(async () => {
  await daemon.close();
  await shop.close();
});

async function form(name, fields, headers = JSON_PLEASE, body = new URLSearchParams({ writeKey: daemon.key, ...fields }).toString()) {
  const answer = await send(daemon, { method: "POST", path: `/v1/forms/${name}`, headers: { "Content-Type": URLENCODED, ...headers }, body });
  openapi.checkAnswer("post", "/v1/forms/{name}", answer);
  return answer;
}
const missing = async (id) => {
  const answer = await send(daemon, { method: "GET", path: `/v1/forms/demo?writeKey=${daemon.key}&anonymousId=${id}` });
  assert.equal(answer.status, 200, answer.text);
  openapi.checkAnswer("get", "/v1/forms/{name}", answer);
  return answer.json.missing.map(({ field }) => field);
};
describe("a form sent by a browser", () => {
  let browser;
  before(async () => {
    browser = await Chromium.start();
  });
  after(() => browser.close());

  for (const enctype of [URLENCODED, "multipart/form-data"])
    test(`${enctype}: the visitor comes to the page of thanks, and embudo knows them`, async () => {
      const id = `visitor-${enctype.length}`;
      const page = await browser.open(`${shop.url}/?enctype=${enctype}&id=${id}`);
      await page(`document.querySelector("[name=email]").value = "ñandú@mills${enctype.length}.example";
        document.querySelector("[name=first_name]").value = "José & Ana";
        document.querySelector("[name='company.name']").value = "Mills";
        document.querySelector("[name=message]").value = "1\\n2 = 3 + 4 %";
        document.querySelector("[type=checkbox]").checked = true;
        document.querySelector("button").click();`);
      await becomes(() => page("location.href").catch(() => ""), (href) => href === `${shop.url}/thanks`);
      await page.close();
      const lead = await becomes(() => daemon.lead(id), (found) => found);
      const traits = traitsOf(lead);
      assert.equal(traits.first_name, "José & Ana");
      assert.equal(traits.consent, true);
      const mine = (await daemon.events()).filter(({ anonymousId }) => anonymousId === id);
      const sent = mine.find(({ type }) => type === "track");
      assert.equal(sent.event, "Form Submitted");
      const { form: name, message } = sent.properties;
      assert.deepEqual([name, message.replaceAll("\r\n", "\n")], ["landing", "1\n2 = 3 + 4 %"]);
      assert.equal(mine.find(({ type }) => type === "identify").traits.company.name, "Mills");
    });
});

describe("what is asked for next", () => {
  test("is what nobody has told under that id; forms add up", async () => {
    const first = await form("demo", { email: "ana@mills.example", "company.name": "Mills", title: "" });
    assert.equal(first.status, 200, first.text);
    const id = first.json.anonymousId;
    assert.match(id, /^form-\w{22}$/);
    assert.equal(first.json.accepted, 2);
    const open = first.json.missing.map(({ field }) => field);
    assert.ok(open.includes("title") && open.includes("company.employees") && !open.includes("email") && !open.includes("company.name"), open);
    assert.deepEqual(await missing(id), open);
    const second = await form("demo", { anonymousId: id, title: "Sales Director", "company.employees": "300" });
    const left = second.json.missing.map(({ field }) => field);
    assert.deepEqual(left, open.filter((field) => field !== "title" && field !== "company.employees"));
    const lead = await becomes(() => daemon.lead(id), (found) => found && traitsOf(found).title);
    assert.equal(lead.account ?? "", "");
    const company = (await daemon.events()).filter(({ anonymousId, type }) => anonymousId === id && type === "identify").at(-1).traits.company;
    assert.deepEqual(company, { name: "Mills", employees: "300" });
  });

  test("a page learns nothing of an address that somebody types in", async () => {
    const known = { email: "bo@mills.example", first_name: "Bo", last_name: "Sanz", title: "CEO", country: "ES" };
    assert.equal((await daemon.post("/v1/identify", { userId: "bo", traits: known })).status, 200);
    const { json } = await form("demo", { email: "bo@mills.example" });
    const told = json.missing.map(({ field }) => field);
    for (const field of ["first_name", "last_name", "title", "country"]) assert.ok(told.includes(field), `${field} is known`);
    const all = await missing("nobody-has-this");
    assert.deepEqual(told, all.filter((field) => field !== "email"));
    assert.deepEqual(await missing(""), all);
  });
});

describe("what a form says", () => {
  test("counts once by its messageId, and a box that is not ticked is a no", async () => {
    const fields = { anonymousId: "again", messageId: "form-1", email: "again@mills.example", consent: "no" };
    assert.equal((await form("demo", fields)).json.accepted, 2);
    const again = await form("demo", fields);
    assert.deepEqual([again.json.accepted, again.json.duplicates], [0, 2]);
    assert.equal(traitsOf(await becomes(() => daemon.lead("again"), (found) => found)).consent, false);
  });

  test("is no event when a machine fills it in, and the machine is not told", async () => {
    const before = (await daemon.events()).length;
    const honest = await form("demo", { anonymousId: "honest", email: "honest@mills.example" }, {});
    const machine = await form("demo", { anonymousId: "machine", email: "machine@mills.example", website: "http://spam.example" }, {});
    assert.deepEqual([machine.status, machine.headers.location, machine.text], [honest.status, honest.headers.location, honest.text]);
    assert.equal((await daemon.events()).length, before + 2);
    assert.equal(await daemon.lead("machine"), undefined);
    const { text } = await daemon.read("/metrics");
    assert.match(text, /embudo_events_rejected_total\{reason="trapped"\} 1/);
  });

  test("sends its visitor where the configuration says, and nowhere else", async () => {
    const to = async (redirect) => (await form("demo", { email: "x@mills.example", ...(redirect && { redirect }) }, {})).headers.location;
    assert.equal(await to(), `${shop.url}/thanks`);
    assert.equal(await to(`${shop.url}/thanks?b`), `${shop.url}/thanks?b`);
    for (const bad of ["https://evil.example/", `${shop.url}/thanks/`, "//evil.example", "javascript:alert(1)", `${shop.url}/thanks\r\nX: y`])
      assert.equal(await to(bad), `${shop.url}/thanks`);
  });
});

test("what is no form, or nobody's, is refused", async () => {
  const statuses = async (...tries) => {
    const found = [];
    for (const [headers, body] of tries) found.push((await form("demo", {}, { ...JSON_PLEASE, ...headers }, body)).status);
    return found;
  };
  assert.deepEqual(await statuses([{}, "email=x"], [{}, "writeKey=wrong-key-0123456789&email=x"], [{}, "email=%zz"]), [401, 401, 400]);
  assert.deepEqual(await statuses([{ "Content-Type": "application/json" }, "{}"], [{ "Content-Type": "multipart/form-data" }, "x"]), [415, 400]);
  const file = `--b\r\nContent-Disposition: form-data; name="cv"; filename="cv.pdf"\r\n\r\nx\r\n--b--\r\n`;
  assert.deepEqual(await statuses([{ "Content-Type": "multipart/form-data; boundary=b" }, file]), [415]);
  assert.deepEqual(await statuses([{}, `writeKey=${daemon.key}&message=${"x".repeat(100_000)}`]), [413]);
  assert.equal((await form("x".repeat(101), { email: "x@mills.example" })).status, 400);
  const stranger = await send(daemon, { method: "GET", path: "/v1/forms/demo" });
  openapi.checkAnswer("get", "/v1/forms/{name}", stranger);
  assert.equal(stranger.status, 401);
});
