/** Owns the head of a job's page: what it is, how it stands, how far it is, and when it will end. */

import { hasEnded } from "../app/model.js";
import { line } from "../app/plain.js";
import * as time from "../app/time.js";
import * as words from "../app/words.js";
import { Bar } from "./bar.js";
import { attribute, el, put } from "./dom.js";
import { Glyph, glyphOf } from "./glyph.js";
import * as measure from "./measure.js";

export class Head {
  #job = null;
  #kind = el("bdi", {});
  #subject = el("bdi", { class: "subject" });
  #glyph = new Glyph();
  #status = el("span", { class: "status" });
  #attempt = el("span", { class: "attempt" });
  #figure = el("p", { class: "big", "aria-hidden": "true" });
  #step = el("bdi", { class: "step" });
  #says = el("bdi", { class: "says" });
  #bar = new Bar();
  #counts = el("span", {});
  #length = el("span", {});
  #expected = el("span", { class: "expected" });
  node;

  constructor() {
    const state = el("p", { class: "state" }, this.#glyph.node, this.#status, this.#attempt);
    const now = el("p", { class: "now" }, this.#step, this.#says);
    const below = el("p", { class: "below" }, this.#counts, this.#length, this.#expected);
    this.node = el(
      "header",
      { class: "head" },
      state,
      el("h1", { tabindex: -1 }, this.#kind, " ", this.#subject),
      el("div", { class: "far" }, this.#figure, now),
      this.#bar.node,
      below,
    );
  }

  show(job, now) {
    this.#job = job;
    attribute(this.node, "data-status", job.status);
    this.#glyph.show(glyphOf(job));
    put(this.#kind, line(job.kind));
    put(this.#subject, line(job.subject));
    put(this.#status, statusOf(job));
    put(this.#attempt, job.attempt > 1 ? `attempt ${job.attempt}` : "");
    put(this.#figure, bigFigure(job));
    attribute(this.#figure, "data-words", job.progress.percent == null ? "" : null);
    put(this.#step, hasEnded(job) ? "" : line(job.step));
    put(this.#says, line(job.message, 2000));
    this.#bar.show(measure.ofJob(job));
    put(this.#counts, job.progress.percent == null ? "" : words.jobCounts(job)); // else it is the big figure
    this.tick(now);
  }

  tick(now) {
    put(this.#length, lengthOf(this.#job, now));
    this.#showExpected(now);
  }

  #showExpected(now) {
    const job = this.#job;
    const expected = words.isExpected(job) ? time.expectation(job.eta, now) : null;
    put(this.#expected, expected?.sentence ?? "");
    attribute(this.#expected, "title", expected ? `Four times in five, ${words.basis(job.eta.basis)}` : null);
  }
}

function statusOf(job) {
  const unwell = words.isUnwell(job) ? `, ${words.health(job.health).toLowerCase()}` : "";
  const asked = job.cancel_requested_at && !hasEnded(job) ? ", asked to stop" : "";
  return words.statusAndReason(job) + unwell + asked;
}

function bigFigure(job) {
  const { percent } = job.progress;
  if (job.status === "pending" && !percent) return "Not started";
  if (percent != null) return words.percent(percent);
  return words.counts(job.progress) || (job.status === "running" ? "Working" : words.status(job.status));
}

function lengthOf(job, now) {
  const [created, started, finished] = [job.created_at, job.started_at, job.finished_at].map(time.parsed);
  if (!started) return finished ? "never started" : `made ${time.span(now - created)} ago`;
  if (finished) return `took ${time.took(finished - started)}`;
  const runs = job.status === "running" && job.health !== "lost";
  return runs ? `running for ${time.span(now - started)}` : `started ${time.span(now - started)} ago`;
}
