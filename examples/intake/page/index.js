// Owns the list page: which files stand in it and in which order, and how new ones get in.

import { hasEnded, watch } from "./client/index.js";
import { at } from "./house/address.js";
import { everySecond, now } from "./house/clock.js";
import { showConnection } from "./house/connection.js";
import { acceptChoice, acceptDrops } from "./house/drops.js";
import { announce, byId, say } from "./house/elements.js";
import { limits, uploadLimit } from "./house/limits.js";
import { place } from "./house/roll.js";
import { sendInTurn, Upload } from "./house/upload.js";
import { doing, fileName } from "./intake-words.js";
import { FileRow } from "./row.js";

const SHOWN = 60;

const rows = new Map();
const client = watch({ base: at("headway/"), kind: "intake" });
let known = false;
let scheduled = false;

function schedule() {
  if (scheduled || !known) return;
  scheduled = true;
  requestAnimationFrame(show);
}

function show() {
  scheduled = false;
  const jobs = [...client.jobs.values()].sort(inOrder).slice(0, SHOWN);
  const live = jobs.filter((job) => !hasEnded(job)).length;
  place(byId("files"), jobs.map((job) => rowOf(job).element));
  say(byId("count"), live ? `${live} under way` : "");
  byId("nothing").hidden = jobs.length > 0;
  document.title = live ? `(${live}) Intake` : "Intake";
}

/** What is under way comes first, and the newest of each. */
function inOrder(one, other) {
  return hasEnded(one) - hasEnded(other) || other.created_at.localeCompare(one.created_at);
}

function rowOf(job) {
  if (!rows.has(job.id)) rows.set(job.id, new FileRow(job));
  const row = rows.get(job.id);
  row.show(job, now());
  return row;
}

function take(files) {
  for (const file of files) {
    const way = { address: at("api/files"), field: "file", limit: uploadLimit, focus: byId("choose") };
    const upload = new Upload([file], way);
    byId("uploads").append(upload.element);
    sendInTurn(upload);
  }
}

async function runSample() {
  byId("sample").disabled = true;
  const brought = await fetch(at("api/samples"), { method: "POST" }).catch(() => null);
  const refused = brought?.ok ? "" : ((await brought?.json())?.detail ?? "The server cannot be reached just now.");
  say(byId("trouble"), refused);
  byId("trouble").hidden = !refused;
  byId("sample").disabled = false;
}

acceptChoice(byId("choose"), byId("chosen"), take);
acceptDrops(byId("drop"), take);
byId("sample").addEventListener("click", runSample);
limits.then(({ destinations }) => {
  if (!destinations) return;
  say(byId("places"), new Intl.ListFormat("en").format(destinations) || "no destination: none is set");
});
client.onJob((job, _id, before) => {
  if (known && job && before && hasEnded(job) && !hasEnded(before)) announce(`${fileName(job)}: ${doing(job)}`);
  schedule();
});
client.onState((state, why) => {
  showConnection(state, why);
  // Before the first answer an empty list would only look like the truth.
  known ||= state === "live" || state === "polling";
  schedule();
});
showConnection(client.state, "");
everySecond(() => {
  for (const row of rows.values()) row.tick(now());
});
