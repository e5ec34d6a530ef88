/** Owns one step's line: what it is, how far, how long, and where in the job's time it lies; and the fold of many. */

import { line } from "../app/plain.js";
import * as time from "../app/time.js";
import * as words from "../app/words.js";
import { Bar } from "./bar.js";
import { attribute, el, put, reveal } from "./dom.js";
import { Glyph } from "./glyph.js";
import { LongText } from "./longtext.js";
import * as measure from "./measure.js";

export class StepRow {
  #step = null;
  #span = null;
  #glyph = new Glyph();
  #status = el("span", { class: "unseen" });
  #name = el("bdi", { class: "name" });
  #again = el("span", { class: "tag", "data-tone": "quiet" });
  #says = el("bdi", { class: "says" });
  #bar = new Bar();
  #figure = el("span", { class: "figure" });
  #length = el("span", { class: "length" });
  #stretch = el("span", { class: "stretch" });
  #lane = el("span", { class: "lane", "aria-hidden": "true" }, this.#stretch);
  #error = new LongText("Error of this step", 6);
  node = el(
    "li",
    { class: "step" },
    this.#glyph.node,
    el("span", { class: "what" }, this.#status, this.#name, " ", this.#again, this.#says),
    el("span", { class: "far" }, this.#bar.node, this.#figure),
    this.#lane,
    this.#length,
    this.#error.node,
  );

  /** `told`: an error that is shown above already. */
  show({ step, span, told }, now) {
    this.#span = span;
    if (step !== this.#step) this.#showStep(step);
    this.#error.show(step.error === told ? null : step.error);
    this.tick(now);
  }

  tick(now) {
    const { started_at, finished_at } = this.#step;
    const [from, to] = [time.parsed(started_at), time.parsed(finished_at)];
    put(this.#length, from === null ? "" : to === null ? time.span(now - from) : time.took(to - from));
    this.#showLane(from, to ?? now, now);
  }

  #showStep(step) {
    this.#step = step;
    attribute(this.node, "data-status", step.status);
    this.#glyph.show(step.status);
    put(this.#status, `${words.status(step.status)}: `);
    put(this.#name, line(step.name));
    put(this.#again, step.attempt > 1 ? `try ${step.attempt}` : "");
    reveal(this.#again, step.attempt > 1);
    put(this.#says, step.error ? "" : line(step.message)); // a failed step's message is its error, cut
    reveal(this.#bar.node, step.status === "running" || (step.status === "failed" && step.percent != null));
    this.#bar.show(measure.ofStep(step));
    put(this.#figure, figureOf(step));
  }

  #showLane(from, to, now) {
    reveal(this.#stretch, from !== null && this.#span !== null);
    if (from === null || this.#span === null) return;
    const whole = Math.max(1, (this.#span.to ?? now) - this.#span.from);
    this.#stretch.style.setProperty("--from", String((from - this.#span.from) / whole));
    this.#stretch.style.setProperty("--share", String(Math.max(0, to - from) / whole));
  }
}

/** The line that stands for many steps of one status in a row. */
export class Fold {
  #key = null;
  #button = el("button", { type: "button", class: "fold" });
  node = el("li", { class: "folded" }, this.#button);

  constructor(toggle) {
    this.#button.addEventListener("click", () => toggle(this.#key));
  }

  show({ key, steps, status, open }) {
    this.#key = key;
    attribute(this.#button, "aria-expanded", String(open));
    put(this.#button, `${open ? "Hide" : "Show"} ${words.number(steps.length)} ${words.status(status).toLowerCase()} steps`);
  }

  tick() {}
}

function figureOf(step) {
  const counts = words.counts(step);
  if (step.status !== "running" || step.percent == null) return counts;
  return counts ? `${words.percent(step.percent)}, ${counts}` : words.percent(step.percent);
}
