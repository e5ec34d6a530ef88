// Owns the page of one file: its facts, what was found in it, and which part of the page hears of which change.

import { hasEnded, watch } from "./client/index.js";
import { at } from "./house/address.js";
import { Bar } from "./house/bar.js";
import { everySecond, learnFrom, now } from "./house/clock.js";
import { showConnection } from "./house/connection.js";
import { announce, byId, make, say } from "./house/elements.js";
import { currentStep, stepCount, tookAltogether } from "./house/job-words.js";
import { counted, dateAndTime, size } from "./house/words.js";
import { destinations, doing, isMain } from "./intake-words.js";
import { Log } from "./log.js";
import { StepTable } from "./table.js";

const fileId = decodeURIComponent(location.pathname.split("/").pop());
const address = at(`api/files/${encodeURIComponent(fileId)}`);
const table = new StepTable(byId("main"), byId("uploads"));
const log = new Log(byId("log"), byId("log-count"));
const bar = new Bar("Progress", byId("figure"));
let file = null;
let job = null;
let fetchedAt = "";

function show() {
  byId("bar").parentElement.dataset.status = job.status;
  bar.show(job.status === "pending" ? null : job.progress.percent, { attempt: job.attempt, words: doing(job) });
  say(byId("doing"), doing(job));
  say(byId("counts"), hasEnded(job) ? tookAltogether(job) : stepCount(currentStep(job)));
  say(byId("error"), job.status === "failed" ? (job.error ?? "") : "");
  byId("error").hidden = job.status !== "failed";
  byId("stop").hidden = hasEnded(job) || Boolean(job.cancel_requested_at) || !file.record;
  byId("again").hidden = !["failed", "cancelled"].includes(job.status) || !file.record;
  showTable();
  refresh();
}

function showTable() {
  const main = job.steps.filter(isMain);
  const places = destinations(job);
  table.show(job, now());
  say(byId("main-count"), `${main.filter((step) => ["succeeded", "skipped"].includes(step.status)).length} of ${main.length}`);
  say(byId("uploads-count"), places.length ? `${places.filter((each) => each.standing === "succeeded").length} of ${places.length}` : "");
  byId("uploads-nothing").hidden = places.length > 0;
  if (hasEnded(job)) say(byId("uploads-nothing"), "It was sent nowhere.");
}

/** What is kept of the file is asked for when a step that adds to it is over, and not on every change. */
async function refresh() {
  const done = (name) => job.steps.some((step) => step.name === name && step.status === "succeeded");
  const state = ["create_file_record", "check_text", "extract_metadata_with_gpt", "finalize_document_storage"].map(done).join();
  if (state === fetchedAt) return;
  fetchedAt = state;
  const answer = await fetch(address);
  if (answer.ok) file = await answer.json();
  showFile();
}

function showFile() {
  const { record, name, created_at } = file;
  document.title = `${name} – Intake`;
  say(byId("name"), name);
  const facts = record ? [size(record.size), record.pages ? counted(record.pages, "page") : null] : [];
  const brought = make("time", { datetime: created_at }, dateAndTime(created_at));
  byId("facts").replaceChildren(facts.filter(Boolean).map((fact) => `${fact} · `).join(""), "brought ", brought);
  byId("found").hidden = !record?.metadata;
  if (record?.metadata) showMetadata(record);
}

function showMetadata({ metadata, filed_as }) {
  const facts = {
    Title: metadata.title,
    Date: metadata.document_date ?? "none found",
    Keywords: metadata.keywords.join(", ") || "none found",
    Language: metadata.language ?? "not known",
    "Told by": metadata.told_by,
  };
  byId("metadata").replaceChildren(
    ...Object.entries(facts).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))),
  );
  byId("filed").hidden = !filed_as;
  if (filed_as) byId("filed").href = at(`files/${encodeURIComponent(fileId)}/filed.pdf`);
}

/** Asks for `what` by the button of that name; what stands in the way is said. */
async function ask(button, what) {
  button.disabled = true;
  const answer = await fetch(`${address}/${what}`, { method: "POST" }).catch(() => null);
  if (answer?.ok) client.open();
  else announce((await answer?.json())?.detail ?? "The server cannot be reached just now.");
  button.disabled = false;
}

const answer = await fetch(address);
learnFrom(answer);
file = await answer.json();
byId("bar").append(bar.element);
byId("again").addEventListener("click", () => ask(byId("again"), "try-again"));
byId("stop").addEventListener("click", () => ask(byId("stop"), "stop"));
showFile();
const client = watch({ base: at("headway/"), job: file.job_id });
client.onEvent((event) => log.add(event));
client.onJob((now, _id, before) => {
  if (!now) return;
  if (before && hasEnded(now) && !hasEnded(before)) announce(doing(now));
  job = now;
  show();
});
client.onState((state, why) => {
  showConnection(state === "closed" && client.closing?.kind === "ended" ? "idle" : state, why);
  // What was before is asked for only now: from here on the stream tells all that comes.
  if (state !== "connecting" && state !== "stale") log.load(`${address}/logs`);
});
showConnection(client.state, "");
everySecond(() => job && !hasEnded(job) && table.tick(now()));
