/** Owns the steps of a job as a timeline: in groups, in order, the long quiet stretches folded. */

import { grouped, tally } from "../app/fold.js";
import { line } from "../app/plain.js";
import * as time from "../app/time.js";
import { number, status } from "../app/words.js";
import { attribute, el, Keyed, put, reveal } from "./dom.js";
import { Fold, StepRow } from "./step.js";

export class Steps {
  #open = new Set(); // the folds that somebody has opened
  #job = null;
  #now = 0;
  #sum = el("span", { class: "sum" });
  #groups = el("div", {});
  #keyed = new Keyed(this.#groups, (name) => new Group(name, (key) => this.#toggle(key)));
  node = el("section", { class: "steps", "aria-labelledby": "steps-title" }, el("h2", { id: "steps-title" }, "Steps"), this.#sum, this.#groups);

  show(job, now) {
    this.#job = job;
    this.#now = now;
    put(this.#sum, [...tally(job.steps)].map(([name, count]) => `${number(count)} ${status(name).toLowerCase()}`).join(", "));
    const groups = grouped(job.steps, this.#open);
    const shared = { alone: groups.length === 1, span: spanOf(job), told: job.error };
    this.#keyed.show(groups.map((group) => [group.name, { ...group, ...shared }]), now);
  }

  tick(now) {
    this.#now = now;
    for (const group of this.#keyed.views()) group.tick(now);
  }

  #toggle(key) {
    if (!this.#open.delete(key)) this.#open.add(key);
    this.show(this.#job, this.#now);
  }
}

class Group {
  #heading;
  #list = el("ol", { role: "list" });
  #rows;
  node;

  constructor(name, toggle) {
    this.#heading = el("h3", {}, el("bdi", {}, line(name)));
    this.#rows = new Keyed(this.#list, (key) => (key.startsWith("fold ") ? new Fold(toggle) : new StepRow()));
    this.node = el("div", { class: "group" }, this.#heading, this.#list);
  }

  show({ rows, alone, span, told }, now) {
    reveal(this.#heading, !alone);
    this.#rows.show(rows.map((row) => [row.fold ? `fold ${row.key}` : `step ${row.step.name}`, { ...row, span, told }]), now);
  }

  tick(now) {
    for (const row of this.#rows.views()) row.tick(now);
  }
}

/** From when to when the steps of this job reach; the end is open while it runs. */
function spanOf(job) {
  const starts = job.steps.map((step) => time.parsed(step.started_at)).filter((at) => at !== null);
  if (starts.length === 0) return null;
  return { from: Math.min(...starts), to: time.parsed(job.finished_at) };
}
