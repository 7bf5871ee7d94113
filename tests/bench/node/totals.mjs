// totals.mjs - adds up what `embudo score --json` prints, in the form of score.mjs: the two must agree.
import { createInterface } from "node:readline";

const totals = {};
let leads = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (!line) continue;
  const lead = JSON.parse(line);
  leads++;
  for (const [dimension, value] of Object.entries(lead.scores)) totals[dimension] = (totals[dimension] ?? 0) + value;
}
for (const dimension in totals) totals[dimension] = Number(totals[dimension].toFixed(1));
console.log(JSON.stringify({ leads, ...totals }));
