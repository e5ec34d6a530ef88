// Owns the head of the detail page: one bar for the whole job, and what can be said beside it.

import { askButton } from "./asks.js";
import { hasEnded } from "./client/index.js";
import { result } from "./document-words.js";
import { Bar } from "./house/bar.js";
import { make, say } from "./house/elements.js";
import * as of from "./house/job-words.js";
import { timeLeftBetween } from "./house/words.js";

export class Whole {
  #figure = make("span", { class: "figure" });
  #bar = new Bar("Progress of the document", this.#figure);
  #doing = make("span", { class: "doing" });
  #count = make("span", { class: "counts" });
  #trouble = make("span", { class: "trouble" });
  #left = make("span", { class: "left" });
  #running = make("span", { class: "running" });
  #stop;
  #again;
  #element;
  #job;

  /** `onAgain` is called when the document will be read once more. */
  constructor(element, documentId, onAgain) {
    this.#element = element;
    this.#stop = askButton("Stop", documentId, "stop");
    this.#again = askButton("Try again", documentId, "try-again", onAgain);
    for (const button of [this.#stop, this.#again]) button.hidden = true;
    element.append(
      make("div", { class: "row-head" }, make("p", { class: "what" }, this.#doing, this.#count, this.#trouble), this.#figure),
      this.#bar.element,
      make("p", { class: "row-foot" }, this.#left, this.#running, this.#stop, this.#again),
    );
  }

  show(job, now) {
    this.#job = job;
    this.#element.dataset.status = job.status;
    const ended = of.verdict(job);
    const known = job.status === "pending" ? null : job.progress.percent;
    this.#bar.element.classList.toggle("idle", job.status === "pending");
    this.#bar.show(known, { attempt: job.attempt, words: ended?.word ?? of.doing(job) });
    say(this.#doing, ended ? `${ended.sign} ${ended.word}` : of.doing(job));
    say(this.#count, job.status === "failed" ? "" : ended ? result(job) : of.stepCount(of.currentStep(job)));
    say(this.#trouble, ended ? "" : of.trouble(job));
    this.#stop.hidden = Boolean(ended || job.cancel_requested_at);
    this.#again.hidden = !["failed", "cancelled"].includes(job.status);
    this.tick(now);
  }

  tick(now) {
    const job = this.#job;
    say(this.#left, hasEnded(job) ? "" : of.left(job, now));
    this.#left.title = hasEnded(job) ? "" : timeLeftBetween(job.eta, now);
    say(this.#running, hasEnded(job) ? `took ${of.tookAltogether(job)}` : of.runningFor(job, now));
  }
}
