// Owns how the newest jobs of one application stand together: a bar of all of them, and a line that counts them.
// A page is told of all that are under way, and of the last that ended before it was opened.

import { hasEnded } from "./client/index.js";
import { announce, make, say } from "./house/elements.js";

const PARTS = ["succeeded", "failed", "running", "waits"];
const LIVE = { running: "running", waits: "waiting" };
const ENDED = { succeeded: "done", failed: "failed" };

export class Tally {
  #title;
  #fills = new Map(PARTS.map((part) => [part, make("span", { class: part })]));
  #line = make("p", { class: "line" });
  #wasBusy = false;

  constructor(title) {
    this.#title = title;
    const bar = make("div", { class: "tally-bar", "aria-hidden": "true" }, ...this.#fills.values());
    this.element = make("div", { class: "tally" }, bar, this.#line);
  }

  show(jobs) {
    const counts = Object.fromEntries(PARTS.map((part) => [part, 0]));
    for (const job of jobs) counts[part(job)] += 1;
    for (const [name, fill] of this.#fills) fill.style.flexGrow = String(counts[name]);
    const ended = said(counts, ENDED).join(", ");
    const line = [...said(counts, LIVE), ...(ended ? [`lately ${ended}`] : [])].join(" · ");
    say(this.#line, line || "nothing lately");
    this.#tellTheEnd(!jobs.every(hasEnded), ended);
  }

  /** Once for all of them: an announcement for each would never come to an end. */
  #tellTheEnd(busy, line) {
    if (this.#wasBusy && !busy) announce(`${this.#title}: ${line}.`);
    this.#wasBusy = busy;
  }
}

function said(counts, words) {
  return Object.entries(words).flatMap(([name, word]) => (counts[name] ? [`${counts[name]} ${word}`] : []));
}

function part(job) {
  if (job.status === "running" || job.status === "succeeded") return job.status;
  return hasEnded(job) ? "failed" : "waits";
}
