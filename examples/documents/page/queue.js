// Owns the queue page: which jobs stand under "in progress" and "recent", and in which order.

import { showConnection } from "./connection.js";
import { result } from "./document-words.js";
import { acceptFiles } from "./drop.js";
import { at } from "./house/address.js";
import { everySecond, learnFrom, now } from "./house/clock.js";
import { announce, byId, say } from "./house/elements.js";
import { fileName, verdict } from "./house/job-words.js";
import { hasEnded, Mirror } from "./mirror.js";
import { EndedRow, LiveRow } from "./rows.js";
import { watch } from "./stream.js";

const RECENT = 25;

const mirror = new Mirror();
const rows = new Map();
let synced = false;
let scheduled = false;

function take(name, content) {
  for (const { before, after } of mirror.take(name, content)) {
    if (synced && after && before && hasEnded(after) && !hasEnded(before)) tellTheEnd(after);
  }
  if (name === "synced") synced = true;
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(show);
}

function tellTheEnd(job) {
  announce(`${fileName(job)}: ${verdict(job).word}. ${result(job)}`);
}

function show() {
  scheduled = false;
  const jobs = [...mirror.jobs];
  const live = jobs.filter((job) => !hasEnded(job)).sort(inTurn);
  const recent = jobs.filter(hasEnded).sort(newestFirst).slice(0, RECENT);
  const keep = new Set([...live, ...recent].map((job) => job.id));
  for (const id of rows.keys()) if (!keep.has(id)) rows.delete(id);
  arrange(byId("live"), live.map(liveRow));
  arrange(byId("recent"), recent.map(endedRow));
  say(byId("live-count"), live.length ? String(live.length) : "");
  byId("live-nothing").hidden = live.length > 0 || !synced;
  byId("recent-nothing").hidden = recent.length > 0 || !synced;
  document.title = live.length ? `(${live.length}) Documents` : "Documents";
}

/** Those that run before those that wait, and each in the order in which they came. */
function inTurn(one, other) {
  const waits = (job) => (job.status === "pending" ? 1 : 0);
  return waits(one) - waits(other) || one.created_at.localeCompare(other.created_at);
}

function newestFirst(one, other) {
  return other.finished_at.localeCompare(one.finished_at);
}

function liveRow(job) {
  const row = rowOf(job, LiveRow);
  row.show(job, now());
  return row;
}

function endedRow(job) {
  return rowOf(job, EndedRow);
}

/** The row of a job; a row of the other kind gives way, and hands on the focus. */
function rowOf(job, Kind) {
  const known = rows.get(job.id);
  if (known instanceof Kind && known.of === `${job.status} ${job.attempt}`) return known;
  if (known instanceof LiveRow && Kind === LiveRow) return known;
  const row = new Kind(job);
  row.of = `${job.status} ${job.attempt}`;
  row.takesFocus = Boolean(known?.element.contains(document.activeElement));
  rows.set(job.id, row);
  return row;
}

/** Put the rows into the list in this order, moving only what is out of place: a moved node loses its focus. */
function arrange(list, wanted) {
  const elements = wanted.map((row) => row.element);
  const stay = new Set(elements);
  for (const child of [...list.children]) if (!stay.has(child)) child.remove();
  elements.forEach((element, place) => {
    if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
  });
  for (const row of wanted) {
    if (row.takesFocus) row.link.focus({ preventScroll: true });
    row.takesFocus = false;
  }
}

everySecond(() => {
  for (const row of rows.values()) row.tick?.(now());
});
const limits = await fetch(at("api/limits"));
learnFrom(limits);
acceptFiles(await limits.json());
watch(at("headway/v1/events?kind=document"), { onFrame: take, onState: showConnection });
