// Owns the queue page: which jobs stand under "in progress" and which under "recent".

import { hasEnded, watch } from "./client/index.js";
import { result } from "./document-words.js";
import { acceptFiles } from "./drop.js";
import { at } from "./house/address.js";
import { everySecond, now } from "./house/clock.js";
import { showConnection } from "./house/connection.js";
import { announce, byId, say } from "./house/elements.js";
import { fileName, verdict } from "./house/job-words.js";
import { inTurn, newestFirst, Roll } from "./house/roll.js";
import { EndedRow, LiveRow } from "./rows.js";

const RECENT = 25;

const roll = new Roll();
const client = watch({ base: at("headway/"), kind: "document" });
let known = false;
let scheduled = false;

function schedule() {
  if (scheduled || !known) return;
  scheduled = true;
  requestAnimationFrame(show);
}

function changed(job, _id, before) {
  if (known && job && before && hasEnded(job) && !hasEnded(before)) {
    announce(`${fileName(job)}: ${verdict(job).word}. ${result(job)}`);
  }
  schedule();
}

function show() {
  scheduled = false;
  const jobs = [...client.jobs.values()];
  const live = jobs.filter((job) => !hasEnded(job)).sort(inTurn);
  const recent = jobs.filter(hasEnded).sort(newestFirst).slice(0, RECENT);
  roll.keep([...live, ...recent]);
  const rows = roll.arrange(byId("live"), live, () => "live", (job) => new LiveRow(job));
  rows.forEach((row, place) => row.show(live[place], now()));
  roll.arrange(byId("recent"), recent, (job) => `${job.status} ${job.attempt}`, (job) => new EndedRow(job));
  say(byId("live-count"), live.length ? String(live.length) : "");
  byId("live-nothing").hidden = live.length > 0;
  byId("recent-nothing").hidden = recent.length > 0;
  document.title = live.length ? `(${live.length}) Documents` : "Documents";
}

acceptFiles();
client.onJob(changed);
client.onState((state, why) => {
  showConnection(state, why);
  // Before the first answer an empty list would only look like the truth.
  known ||= state === "live" || state === "polling";
  schedule();
});
everySecond(() => {
  for (const row of roll.rows) row.tick?.(now());
});
