// Owns the list of steps on the detail page: where each is, when it began, and how long it took.

import { Bar } from "./house/bar.js";
import { make, say } from "./house/elements.js";
import { stepCount } from "./house/job-words.js";
import { duration, stepName, timeOfDay, took } from "./house/words.js";

const SIGNS = { pending: "○", running: "◐", succeeded: "✓", failed: "✕", skipped: "–" };

export class Steps {
  #list;
  #rows = new Map();

  constructor(list) {
    this.#list = list;
  }

  show(steps, now) {
    for (const step of steps) this.#row(step.name).show(step, now);
  }

  tick(now) {
    for (const row of this.#rows.values()) row.tick(now);
  }

  #row(name) {
    if (!this.#rows.has(name)) {
      const row = new StepRow(name);
      this.#rows.set(name, row);
      this.#list.append(row.element);
    }
    return this.#rows.get(name);
  }
}

class StepRow {
  #sign = make("span", { class: "sign", "aria-hidden": "true" });
  #status = make("span", { class: "visually-hidden" });
  #count = make("span", { class: "counts" });
  #began = make("time", { class: "began" });
  #spent = make("span", { class: "spent" });
  #bar;
  #step;

  constructor(name) {
    this.#bar = new Bar(stepName(name));
    this.element = make(
      "li",
      {},
      this.#sign,
      make("span", { class: "step-name" }, stepName(name), this.#status),
      this.#count,
      this.#began,
      this.#spent,
      this.#bar.element,
    );
  }

  show(step, now) {
    this.#step = step;
    this.element.dataset.status = step.status;
    if (step.status === "running") this.element.setAttribute("aria-current", "step");
    else this.element.removeAttribute("aria-current");
    say(this.#sign, SIGNS[step.status] ?? "○");
    say(this.#status, `, ${step.status}`);
    say(this.#count, stepCount(step));
    this.#bar.element.hidden = step.status !== "running";
    this.#bar.show(step.percent ?? null, { attempt: step.attempt, words: stepCount(step) });
    this.tick(now);
  }

  tick(now) {
    const { started_at: started, finished_at: finished, status } = this.#step;
    this.#began.dateTime = started ?? "";
    say(this.#began, started ? timeOfDay(started) : "");
    if (!started) say(this.#spent, status === "skipped" ? "skipped" : "");
    else if (finished) say(this.#spent, took(Date.parse(finished) - Date.parse(started)));
    else say(this.#spent, duration(now - Date.parse(started)));
  }
}
