// Owns how the jobs of one application stand together: a bar of all of them, and a line that counts them.

import { hasEnded } from "./client/index.js";
import { announce, make, say } from "./house/elements.js";

const PARTS = ["succeeded", "failed", "running", "waits"];
const WORDS = { succeeded: "done", failed: "failed", running: "running", waits: "waiting" };

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
    const line = PARTS.filter((name) => counts[name]).map((name) => `${counts[name]} ${WORDS[name]}`).join(" · ");
    say(this.#line, line || "nothing yet");
    this.#tellTheEnd(!jobs.every(hasEnded), line);
  }

  /** Once for all of them: an announcement for each would never come to an end. */
  #tellTheEnd(busy, line) {
    if (this.#wasBusy && !busy) announce(`${this.#title}: ${line}.`);
    this.#wasBusy = busy;
  }
}

function part(job) {
  if (job.status === "running" || job.status === "succeeded") return job.status;
  return hasEnded(job) ? "failed" : "waits";
}
