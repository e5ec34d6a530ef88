// Owns the rows of the list: one for a job that is under way, one for a job that has ended.

import { Bar } from "./house/bar.js";
import { make, say } from "./house/elements.js";
import * as of from "./house/job-words.js";
import { dateAndTime, timeLeftBetween } from "./house/words.js";
import { outcome, pageOf, pictureOf } from "./kinds.js";

const icon = () => make("span", { class: "icon", "aria-hidden": "true" });

export class LiveRow {
  #figure = make("span", { class: "figure" });
  #doing = make("span", { class: "doing" });
  #count = make("span", { class: "counts" });
  #trouble = make("span", { class: "trouble" });
  #left = make("span", { class: "left" });
  #running = make("span", { class: "running" });
  #bar;
  #job;

  constructor(job, application) {
    this.#bar = new Bar(`Progress of ${of.fileName(job)}`, this.#figure);
    this.link = make("a", { class: "name", href: pageOf(job) }, of.fileName(job));
    this.element = make(
      "li",
      { class: "row", "data-application": application, "data-job": job.id },
      icon(),
      make("p", { class: "what" }, this.link),
      this.#bar.element,
      this.#figure,
      make("p", { class: "now" }, this.#doing, this.#count, this.#trouble),
      make("p", { class: "when" }, this.#left, this.#running),
    );
  }

  show(job, now) {
    this.#job = job;
    this.element.dataset.status = job.status;
    const waits = job.status === "pending";
    this.#bar.element.classList.toggle("idle", waits);
    this.#bar.show(waits ? null : job.progress.percent, { attempt: job.attempt, words: of.doing(job) });
    say(this.#doing, of.doing(job));
    say(this.#count, of.stepCount(of.currentStep(job)));
    say(this.#trouble, of.trouble(job));
    this.tick(now);
  }

  tick(now) {
    say(this.#left, of.left(this.#job, now));
    this.#left.title = timeLeftBetween(this.#job.eta, now);
    say(this.#running, of.runningFor(this.#job, now));
  }
}

export class EndedRow {
  constructor(job, application) {
    const { sign, word } = of.verdict(job);
    this.link = make("a", { class: "name", href: pageOf(job) }, of.fileName(job));
    this.element = make(
      "li",
      { class: "row ended", "data-application": application, "data-status": job.status, "data-job": job.id },
      picture(job),
      make("p", { class: "what" }, this.link),
      make("p", { class: "outcome" }, outcome(job)),
      make("p", { class: "verdict" }, make("span", { "aria-hidden": "true" }, sign), ` ${word}`),
      make("p", { class: "when" }, make("span", {}, of.tookAltogether(job)), make("time", { datetime: job.finished_at }, dateAndTime(job.finished_at))),
    );
  }
}

function picture(job) {
  const address = pictureOf(job);
  return address ? make("img", { class: "made", src: address, alt: "", loading: "lazy", width: "40", height: "40" }) : icon();
}
