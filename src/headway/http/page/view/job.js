/** Owns the page of one job: which parts it has, and how they follow the job. */

import { hasEnded } from "../app/model.js";
import { line } from "../app/plain.js";
import * as words from "../app/words.js";
import { Actions } from "./actions.js";
import { Attempts } from "./attempts.js";
import { el, reveal } from "./dom.js";
import { notYet, unknownJob } from "./empty.js";
import { Facts } from "./facts.js";
import { Head } from "./head.js";
import { Steps } from "./steps.js";
import { Trouble } from "./trouble.js";

export class JobView {
  #head = new Head();
  #trouble = new Trouble();
  #steps = new Steps();
  #facts = new Facts();
  #attempts;
  #actions;
  #body;
  #announced = null;
  #job = null;
  #id;
  node = el("div", { class: "job" });

  constructor({ id, server, announcer, history, again }) {
    this.#id = id;
    this.announcer = announcer;
    this.#actions = new Actions({ id, server, again });
    this.#attempts = new Attempts(history);
    this.#body = [
      this.#nav(),
      this.#head.node,
      this.#actions.node,
      this.#trouble.node,
      el("div", { class: "columns" }, el("div", { class: "story" }, this.#steps.node, this.#attempts.node), this.#facts.node),
    ];
    this.node.append(this.#nav(), notYet("Asking the server for this job…"));
  }

  get title() {
    if (!this.#job) return "Headway";
    const { percent } = this.#job.progress;
    const far = this.#job.status === "running" && percent != null ? `${Math.floor(percent)} %` : words.status(this.#job.status);
    return `${far} · ${line(words.title(this.#job), 80)} · Headway`;
  }

  paint(job, now, contact) {
    if (!this.#job) this.node.replaceChildren(...this.#body);
    this.#announce(job);
    this.#job = job;
    this.#head.show(job, now);
    this.#trouble.show(job, now);
    this.#actions.show(job, contact);
    this.#steps.show(job, now);
    this.#facts.show(job, now);
    reveal(this.#steps.node, job.steps.length > 0);
  }

  paintHistory(now) {
    this.#attempts.show(this.#job, now);
  }

  tick(now) {
    if (!this.#job) return;
    this.#head.tick(now);
    this.#trouble.tick(now);
    this.#steps.tick(now);
    this.#attempts.tick(now);
  }

  showUnknown() {
    this.#job = null;
    this.node.replaceChildren(this.#nav(), unknownJob(this.#id));
  }

  #nav() {
    return el("nav", { class: "back", "aria-label": "Way back" }, el("a", { href: "#/" }, "All jobs"));
  }

  /** Tells what changed in words, for those who don't see the bar: statuses, steps, and every quarter. */
  #announce(job) {
    const said = `${words.statusAndReason(job)}${job.cancel_requested_at && !hasEnded(job) ? ", asked to stop" : ""}`;
    const quarter = Math.floor((job.progress.percent ?? 0) / 25);
    const news = [said, quarter, job.health].join("/");
    if (this.#announced !== null && this.#announced !== news) this.announcer.say(sentence(job, said));
    this.#announced = news;
  }
}

function sentence(job, said) {
  const { percent } = job.progress;
  const unwell = words.isUnwell(job) ? words.healthSentence(job.health) : "";
  return [said, percent == null ? "" : `${percent} percent`, unwell].filter(Boolean).join(", ");
}
