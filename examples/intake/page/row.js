// Owns a file's row in the list: its bar, what it is at, and a mark for each of its destinations.

import { at } from "./house/address.js";
import { Bar } from "./house/bar.js";
import { make, say } from "./house/elements.js";
import { currentStep, stepCount, tookAltogether, trouble } from "./house/job-words.js";
import { dateAndTime, duration } from "./house/words.js";
import { destinations, doing, fileId, fileName, SIGNS, standingWords } from "./intake-words.js";

const ENDED = new Set(["succeeded", "failed", "cancelled"]);

export class FileRow {
  #figure = make("span", { class: "figure" });
  #doing = make("span", { class: "doing" });
  #count = make("span", { class: "counts" });
  #trouble = make("span", { class: "trouble" });
  #when = make("span", { class: "when" });
  #error = make("p", { class: "error" });
  #marks = make("ul", { class: "marks", role: "list", "aria-label": "Destinations" });
  #bar;
  #job;

  constructor(job) {
    const name = fileName(job);
    this.#bar = new Bar(`Progress of ${name}`, this.#figure);
    const link = make("a", { class: "name", href: at(`files/${encodeURIComponent(fileId(job))}`) }, name);
    this.element = make(
      "li",
      { class: "job" },
      make("div", { class: "row-head" }, link, this.#figure),
      this.#bar.element,
      this.#error,
      make(
        "div",
        { class: "row-foot" },
        make("span", { class: "what" }, this.#doing, this.#count, this.#trouble),
        this.#marks,
        this.#when,
      ),
    );
  }

  show(job, now) {
    this.#job = job;
    this.element.dataset.status = job.status;
    this.#bar.element.hidden = job.status === "pending";
    this.#bar.show(job.status === "pending" ? null : job.progress.percent, { attempt: job.attempt, words: doing(job) });
    say(this.#doing, doing(job));
    say(this.#count, ENDED.has(job.status) ? "" : stepCount(currentStep(job)));
    say(this.#trouble, trouble(job));
    say(this.#error, job.status === "failed" ? (job.error ?? "") : "");
    this.#error.hidden = !this.#error.textContent;
    this.#mark(destinations(job));
    this.tick(now);
  }

  tick(now) {
    const job = this.#job;
    if (ENDED.has(job.status)) say(this.#when, `${dateAndTime(job.finished_at)} · ${tookAltogether(job)}`);
    else say(this.#when, job.started_at ? duration(now - Date.parse(job.started_at)) : "");
  }

  #mark(places) {
    const shown = places.map((each) => `${each.name} ${each.standing}`).join();
    if (this.#marks.dataset.shown === shown) return;
    this.#marks.dataset.shown = shown;
    this.#marks.replaceChildren(...places.map(mark));
  }
}

function mark(each) {
  return make(
    "li",
    { "data-standing": each.standing, title: standingWords(each) },
    make("span", { class: "sign", "aria-hidden": "true" }, SIGNS[each.standing] ?? "◔"),
    each.name,
    make("span", { class: "visually-hidden" }, `: ${standingWords(each)}`),
  );
}
