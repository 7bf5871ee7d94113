// score.mjs - the benchmark's 40 rules as a plain Node program: what one would write without embudo.
//
//   node score.mjs EVENTS.ndjson AT
//
// Reads a file of Segment events, drops duplicates, joins anonymous and known ids, sorts each lead's events by time,
// applies the rules of ../rules/mixed written out by hand, and prints one JSON line with totals. No dependencies. Not
// a rule engine: nothing is configurable, explained, sandboxed or exact to the instant between events.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

const DAY = 86400000;
const [file, atText] = process.argv.slice(2);
const at = Date.parse(atText);

const halfLife = (days) => (age) => Math.pow(2, -age / (days * DAY));
const linear = (days) => (age) => Math.max(0, 1 - age / (days * DAY));
const forEver = () => 1;
const trialSteps = (age) => (age >= 30 * DAY ? 0 : age >= 14 * DAY ? 0.5 : 1);

// Each behaviour rule: which event, what it adds to which dimension, how that fades, how often it counts.
const path = (e) => e.properties.path;
const medium = (e) => e.context.campaign.medium;
const under = (prefix) => (e) => path(e).startsWith(prefix);
const pageRules = [
  { id: "page_view", dim: 1, points: () => 1, decay: halfLife(14) },
  { id: "pricing", when: under("/pricing"), dim: 1, points: () => 15, decay: halfLife(30), times: 3, per: 7 * DAY },
  { id: "blog", when: under("/blog/"), dim: 1, points: () => 1, decay: halfLife(14) },
  { id: "customers", when: under("/customers/"), dim: 1, points: () => 5, decay: halfLife(30) },
  { id: "docs", when: under("/docs"), dim: 1, points: () => 2, decay: halfLife(14) },
  { id: "careers", when: under("/careers"), dim: 1, points: () => -8, decay: halfLife(30) },
  { id: "integrations", when: under("/integrations"), dim: 1, points: () => 3, decay: halfLife(30) },
  { id: "security", when: (e) => path(e) === "/security", dim: 1, points: () => 3, decay: halfLife(30) },
  { id: "compare", when: under("/compare"), dim: 2, points: () => 6, decay: halfLife(14) },
  { id: "paid", when: (e) => medium(e) === "cpc" || medium(e) === "paid", dim: 1, points: () => 2, decay: forEver, times: 5 },
  { id: "referral", when: (e) => medium(e) === "referral", dim: 1, points: () => 3, decay: halfLife(60) },
];
const feature = { id: "feature", dim: 1, points: () => 3, decay: halfLife(14) };
const trackRules = {
  "Email Link Clicked": [{ id: "click", dim: 1, points: () => 3, decay: halfLife(30) }],
  "Email Bounced": [{ id: "bounce", dim: 1, points: () => -10, decay: halfLife(90) }],
  "Content Downloaded": [{ id: "download", dim: 1, points: () => 8, decay: halfLife(30), times: 3, per: 30 * DAY }],
  "Webinar Registered": [{ id: "signup", dim: 1, points: () => 3, decay: halfLife(30) }],
  "Webinar Attended": [
    { id: "attended", when: (e) => e.properties.minutes >= 20, dim: 1, points: () => 12, decay: halfLife(30) },
  ],
  "Demo Requested": [{ id: "demo", dim: 2, points: () => 40, decay: linear(60) }],
  "Trial Started": [
    { id: "trial", dim: 1, points: (e) => 10 + Math.min(e.properties.seats, 20), decay: trialSteps },
  ],
  "Feature Report Built": [feature],
  "Feature Board Shared": [feature],
  "Video Completed": [{ id: "video", dim: 1, points: () => 4, decay: linear(60) }],
  "Search Performed": [{ id: "search", dim: 1, points: () => 1, decay: halfLife(7) }],
  "Call Completed": [
    { id: "interested", when: (e) => e.properties.outcome === "interested", dim: 2, points: () => 25, decay: halfLife(30) },
    { id: "refused", when: (e) => e.properties.outcome === "not_interested", dim: 1, points: () => -20, decay: halfLife(90) },
  ],
  "Form Submitted": [
    { id: "form_demo", when: (e) => e.properties.form === "demo", dim: 2, points: () => 30, decay: halfLife(30) },
  ],
  "Invite Sent": [{ id: "invite", dim: 1, points: () => 6, decay: halfLife(30) }],
  "Quote Requested": [
    { id: "quote", dim: 2, points: (e) => (e.properties.value > 500 ? 45 : 30), decay: linear(60) },
  ],
  "Newsletter Subscribed": [{ id: "newsletter", dim: 1, points: () => 2, decay: forEver, times: 1 }],
};

const hasWord = (text, words) => text.toLowerCase().split(/[^a-záéíóúñ]+/).some((word) => words.has(word));
const SENIOR = new Set(["ceo", "cto", "head", "directora", "director", "jefe"]);
const STUDENT = new Set(["student"]);

function fitOf(traits) {
  const { title = "", company = {}, country, email = "" } = traits;
  const domain = email.slice(email.indexOf("@") + 1);
  const employees = company.employees;
  let fit = 0;
  if (hasWord(title, SENIOR)) fit += 20;
  if (hasWord(title, STUDENT)) fit -= 30;
  if (title.toLowerCase().includes("procurement")) fit -= 10;
  fit += employees >= 5000 ? 10 : employees >= 200 ? 30 : employees >= 50 ? 20 : -10;
  if (country === "ES" || country === "MX" || country === "PT") fit += 10;
  if (["software", "manufacturing", "logistics"].includes(company.industry)) fit += 15;
  if (company.industry === "gambling") fit -= 40;
  if (domain === "gmail.com" || domain === "yahoo.com") fit -= 15;
  if (employees >= 1000 && country !== "ES") fit += 5;
  if (company.name !== undefined) fit += 5;
  return fit;
}

// The three rules that look at more than one event.
function noShow(events) {
  let sum = 0;
  const open = new Map(); // webinar -> when they signed up last
  const close = (webinar, start) => {
    if (at >= start + 2 * DAY) sum += -5 * halfLife(90)(at - start - 2 * DAY);
    open.delete(webinar);
  };
  for (const { time, event } of events) {
    const webinar = event.properties?.webinar_id;
    for (const [other, start] of open) if (time >= start + 2 * DAY) close(other, start);
    if (event.event === "Webinar Registered" && !open.has(webinar)) open.set(webinar, time);
    if (event.event === "Webinar Attended") open.delete(webinar);
  }
  for (const [webinar, start] of open) close(webinar, start);
  return sum;
}

function hotSequence(events) {
  let sum = 0, one = -Infinity, two = -Infinity; // start of the best match of one step, of two
  for (const { time, event } of events) {
    if (event.type === "page" && path(event).startsWith("/pricing")) {
      two = one;
      one = time;
    } else if (event.event === "Demo Requested" && two > time - 14 * DAY) {
      sum += 30 * halfLife(14)(at - time);
      one = two = -Infinity;
    }
  }
  return sum;
}

function busyWeek(events) {
  let pages = 0;
  for (const { time, event } of events) if (event.type === "page" && time > at - 7 * DAY) pages++;
  return pages >= 5 ? 10 : 0;
}

function score(lead) {
  lead.events.sort((a, b) => a.time - b.time || (a.event.messageId < b.event.messageId ? -1 : 1));
  const sums = [0, 0, 0];
  const counted = new Map(); // rule with a limit -> times that counted
  const traits = {};
  for (const { time, event } of lead.events) {
    if (event.type === "identify") Object.assign(traits, event.traits);
    const rules = event.type === "page" ? pageRules : event.type === "track" ? trackRules[event.event] : undefined;
    if (!rules) continue;
    for (const rule of rules) {
      if (rule.when && !rule.when(event)) continue;
      if (rule.times) {
        const times = (counted.get(rule) ?? []).filter((t) => !rule.per || t > time - rule.per);
        counted.set(rule, times);
        if (times.length >= rule.times) continue;
        times.push(time);
      }
      sums[rule.dim] += rule.points(event) * rule.decay(at - time);
    }
  }
  sums[0] = fitOf(traits);
  sums[1] += noShow(lead.events) + busyWeek(lead.events);
  sums[2] += hotSequence(lead.events);
  return sums.map((sum) => Math.min(100, Math.max(0, sum)));
}

const leads = new Map();
const links = new Map(); // anonymousId -> userId
const seen = new Set();
let events = 0;
for await (const line of createInterface({ input: createReadStream(file, { highWaterMark: 1 << 20 }) })) {
  const event = JSON.parse(line);
  events++;
  if (seen.has(event.messageId)) continue;
  seen.add(event.messageId);
  if (event.userId && event.anonymousId) links.set(event.anonymousId, event.userId);
  const id = event.userId ?? links.get(event.anonymousId) ?? event.anonymousId;
  let lead = leads.get(id);
  if (!lead) leads.set(id, (lead = { events: [] }));
  lead.events.push({ time: Date.parse(event.timestamp), event });
}
const totals = [0, 0, 0];
for (const lead of leads.values()) score(lead).forEach((value, i) => (totals[i] += value));
const [fit, engagement, intent] = totals.map((total) => Number(total.toFixed(1)));
console.log(JSON.stringify({ events, leads: leads.size, fit, engagement, intent }));
