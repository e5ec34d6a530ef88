// Owns the two kinds of rows in the queue: one for a job that is under way, one for a job that has ended.

import { askButton } from "./asks.js";
import { documentId, result } from "./document-words.js";
import { at } from "./house/address.js";
import { Bar } from "./house/bar.js";
import { make, say } from "./house/elements.js";
import * as of from "./house/job-words.js";
import { dateAndTime, timeLeftBetween } from "./house/words.js";

function nameLink(job) {
  const id = documentId(job);
  return id
    ? make("a", { class: "name", href: at(`documents/${encodeURIComponent(id)}`) }, of.fileName(job))
    : make("span", { class: "name" }, of.fileName(job));
}

export class LiveRow {
  #figure = make("span", { class: "figure" });
  #doing = make("span", { class: "doing" });
  #count = make("span", { class: "counts" });
  #trouble = make("span", { class: "trouble" });
  #left = make("span", { class: "left" });
  #running = make("span", { class: "running" });
  #stop;
  #bar;
  #job;

  constructor(job) {
    this.#stop = askButton("Stop", documentId(job), "stop");
    this.#stop.setAttribute("aria-label", `Stop ${of.fileName(job)}`);
    this.#bar = new Bar(`Progress of ${of.fileName(job)}`, this.#figure);
    this.link = nameLink(job);
    this.element = make(
      "li",
      { class: "job" },
      make("div", { class: "row-head" }, this.link, this.#figure, this.#stop),
      this.#bar.element,
      make(
        "p",
        { class: "row-foot" },
        make("span", { class: "what" }, this.#doing, this.#count, this.#trouble),
        make("span", { class: "when" }, this.#left, this.#running),
      ),
    );
  }

  show(job, now) {
    this.#job = job;
    this.element.dataset.status = job.status;
    this.#bar.element.hidden = job.status === "pending";
    const known = job.status === "pending" ? null : job.progress.percent;
    this.#bar.show(known, { attempt: job.attempt, words: of.doing(job) });
    say(this.#doing, of.doing(job));
    say(this.#count, of.stepCount(of.currentStep(job)));
    say(this.#trouble, of.trouble(job));
    this.#stop.hidden = Boolean(job.cancel_requested_at) || !documentId(job);
    this.tick(now);
  }

  tick(now) {
    say(this.#left, of.left(this.#job, now));
    this.#left.title = timeLeftBetween(this.#job.eta, now);
    say(this.#running, of.runningFor(this.#job, now));
  }
}

export class EndedRow {
  constructor(job) {
    const { sign, word } = of.verdict(job);
    this.link = nameLink(job);
    this.element = make(
      "li",
      { class: "job ended", "data-status": job.status },
      this.#picture(job),
      make("div", { class: "row-words" }, this.link, make("p", { class: "result" }, result(job))),
      make(
        "p",
        { class: "verdict" },
        make("span", { class: "word" }, make("span", { "aria-hidden": "true" }, sign), ` ${word}`),
        make("span", { class: "took" }, of.tookAltogether(job)),
        make("time", { datetime: job.finished_at }, dateAndTime(job.finished_at)),
      ),
    );
  }

  #picture(job) {
    const id = documentId(job);
    if (job.status !== "succeeded" || !id) return make("span", { class: "no-picture", "aria-hidden": "true" });
    const source = at(`documents/${encodeURIComponent(id)}/thumbnail.png`);
    return make("img", { src: source, alt: "", loading: "lazy", width: "42", height: "56" });
  }
}
