// Owns the list of the newest jobs: which stand under "under way" and which under "lately ended", and in which order.

import { hasEnded } from "./client/index.js";
import { byId, say } from "./house/elements.js";
import { EndedRow, LiveRow } from "./rows.js";

const SHOWN = 30;

export class List {
  #rows = new Map();
  #applicationOf;

  /** `applicationOf` says whose a job is. */
  constructor(applicationOf) {
    this.#applicationOf = applicationOf;
  }

  show(jobs, now) {
    const live = jobs.filter((job) => !hasEnded(job)).sort(inTurn);
    const ended = jobs.filter(hasEnded).sort(newestFirst).slice(0, SHOWN);
    const shown = live.slice(0, SHOWN);
    const keep = new Set([...shown, ...ended].map((job) => job.id));
    for (const id of this.#rows.keys()) if (!keep.has(id)) this.#rows.delete(id);
    arrange(byId("under-way"), shown.map((job) => this.#live(job, now)));
    arrange(byId("ended"), ended.map((job) => this.#row(job, EndedRow)));
    say(byId("under-way-count"), live.length ? String(live.length) : "");
    byId("under-way-nothing").hidden = live.length > 0;
    byId("ended-nothing").hidden = ended.length > 0;
  }

  tick(now) {
    for (const row of this.#rows.values()) row.tick?.(now);
  }

  #live(job, now) {
    const row = this.#row(job, LiveRow);
    row.show(job, now);
    return row;
  }

  /** The row of a job; a row of the other kind gives way, and hands on the focus. */
  #row(job, Kind) {
    const known = this.#rows.get(job.id);
    const of = Kind === LiveRow ? "live" : `${job.status} ${job.attempt}`;
    if (known?.of === of) return known;
    const row = new Kind(job, this.#applicationOf(job));
    row.of = of;
    row.takesFocus = Boolean(known?.element.contains(document.activeElement));
    this.#rows.set(job.id, row);
    return row;
  }
}

/** Those that run before those that wait, and each in the order in which they came. */
function inTurn(one, other) {
  const waits = (job) => (job.status === "pending" ? 1 : 0);
  return waits(one) - waits(other) || one.created_at.localeCompare(other.created_at);
}

function newestFirst(one, other) {
  return other.finished_at.localeCompare(one.finished_at);
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
