// Owns the two halves of a file's step table: the main steps, and a row for each destination.

import { Bar } from "./house/bar.js";
import { make, say } from "./house/elements.js";
import { stepCount } from "./house/job-words.js";
import { duration, size, stepName, timeOfDay, took } from "./house/words.js";
import { destinations, isMain, SIGNS, standingWords, STATUS } from "./intake-words.js";

export class StepTable {
  #main = new Map();
  #uploads = new Map();
  #lists;

  constructor(main, uploads) {
    this.#lists = { main, uploads };
  }

  show(job, now) {
    for (const step of job.steps.filter(isMain)) {
      const words = step.error ?? step.message ?? "";
      row(this.#main, this.#lists.main, step.name, stepName(step.name)).show(step, { sign: step.status, words }, now);
    }
    for (const each of destinations(job)) {
      const step = each.upload ?? each.queue;
      const shown = { sign: each.standing, words: standingWords(each) };
      row(this.#uploads, this.#lists.uploads, each.name, each.name).show(step, shown, now);
    }
  }

  tick(now) {
    for (const each of [...this.#main.values(), ...this.#uploads.values()]) each.tick(now);
  }
}

function row(rows, list, key, name) {
  if (!rows.has(key)) {
    rows.set(key, new Row(key, name));
    list.append(rows.get(key).element);
  }
  return rows.get(key);
}

class Row {
  #sign = make("span", { class: "sign", "aria-hidden": "true" });
  #status = make("span", { class: "status" });
  #words = make("span", { class: "words" });
  #count = make("span", { class: "counts" });
  #began = make("time", { class: "began" });
  #spent = make("span", { class: "spent" });
  #bar;
  #step;

  constructor(key, name) {
    this.#bar = new Bar(name);
    this.element = make(
      "li",
      { "data-name": key },
      this.#sign,
      make("span", { class: "step-name" }, name),
      this.#status,
      this.#began,
      this.#spent,
      this.#bar.element,
      this.#words,
      this.#count,
    );
  }

  show(step, { sign, words }, now) {
    this.#step = step;
    const runs = step.status === "running";
    this.element.dataset.status = sign;
    if (runs) this.element.setAttribute("aria-current", "step");
    else this.element.removeAttribute("aria-current");
    say(this.#sign, SIGNS[sign] ?? "◔");
    say(this.#status, (STATUS[sign] ?? sign) + (step.attempt > 1 ? ` · try ${step.attempt}` : ""));
    say(this.#words, words);
    say(this.#count, runs ? counts(step) : "");
    this.#bar.element.hidden = !runs || !step.total;
    this.#bar.show(step.percent ?? null, { attempt: step.attempt, words: counts(step) });
    this.tick(now);
  }

  tick(now) {
    const { started_at: started, finished_at: finished } = this.#step;
    this.#began.dateTime = started ?? "";
    say(this.#began, started ? timeOfDay(started) : "");
    if (!started) say(this.#spent, "");
    else if (finished) say(this.#spent, took(Date.parse(finished) - Date.parse(started)));
    else say(this.#spent, duration(now - Date.parse(started)));
  }
}

function counts(step) {
  return step.unit === "bytes" ? `${size(step.current)} of ${size(step.total)}` : stepCount(step);
}
