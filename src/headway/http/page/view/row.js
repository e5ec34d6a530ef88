/** Owns one job's line in the list. */

import { hasEnded } from "../app/model.js";
import { line } from "../app/plain.js";
import { toJob } from "../app/route.js";
import * as time from "../app/time.js";
import * as words from "../app/words.js";
import { Bar } from "./bar.js";
import { attribute, el, put, reveal } from "./dom.js";
import { Glyph, glyphOf } from "./glyph.js";
import * as measure from "./measure.js";

export class Row {
  #job = null;
  #glyph = new Glyph();
  #status = el("span", { class: "unseen" });
  #kind = el("bdi", { class: "kind" });
  #subject = el("bdi", { class: "subject" });
  #tag = el("span", { class: "tag" });
  #step = el("bdi", { class: "step" });
  #says = el("bdi", { class: "says" });
  #bar = new Bar();
  #figure = el("span", { class: "figure" });
  #length = el("span", {});
  #when = el("span", {});
  node;

  /** `length` and `when`: what the two times at the end of the line mean. */
  constructor(id, { length, when }) {
    const name = el("a", { class: "name", href: toJob(id), "data-job": id }, this.#status, this.#kind, " ", this.#subject);
    this.node = el(
      "li",
      { class: "row" },
      this.#glyph.node,
      name,
      el("span", { class: "now" }, this.#tag, this.#step, this.#says),
      this.#bar.node,
      this.#figure,
      el("span", { class: "length" }, meaning(length), this.#length),
      el("span", { class: "when" }, meaning(when), this.#when),
    );
  }

  show(job, now) {
    if (job === this.#job) return;
    this.#showJob(job);
    this.tick(now);
  }

  /** What changes by itself as time goes by. */
  tick(now) {
    const job = this.#job;
    put(this.#length, lengthOf(job, now));
    put(this.#when, whenOf(job, now));
  }

  #showJob(job) {
    this.#job = job;
    attribute(this.node, "data-status", job.status);
    this.#glyph.show(glyphOf(job));
    put(this.#status, `${words.status(job.status)}: `);
    put(this.#kind, line(job.kind));
    put(this.#subject, line(job.subject));
    this.#showNow(job);
    this.#bar.show(measure.ofJob(job));
    put(this.#figure, measure.figure(job));
  }

  #showNow(job) {
    const { tag, tone, step, says } = nowOf(job);
    put(this.#tag, tag);
    attribute(this.#tag, "data-tone", tone);
    reveal(this.#tag, Boolean(tag));
    put(this.#step, line(step));
    reveal(this.#step, Boolean(step));
    put(this.#says, line(says));
  }
}

/** What a column means, for those who read it without its heading. */
const meaning = (text) => el("span", { class: "meaning" }, text, " ");

/** The most important thing to know about a job now. */
function nowOf(job) {
  if (job.status === "failed") return { tag: words.statusAndReason(job), tone: "bad", says: job.error };
  if (hasEnded(job)) return { tag: words.status(job.status), tone: job.status, says: job.message };
  if (job.cancel_requested_at) return { tag: "Asked to stop", tone: "warn", step: job.step, says: job.message };
  if (job.status === "waiting") return { tag: words.statusAndReason(job), tone: "warn", says: job.error ?? job.message };
  if (words.isUnwell(job)) return { tag: words.health(job.health), tone: "bad", step: job.step, says: job.message };
  return { tag: job.attempt > 1 ? `Attempt ${job.attempt}` : "", tone: "quiet", step: job.step, says: job.message };
}

function lengthOf(job, now) {
  const [created, started, finished] = [job.created_at, job.started_at, job.finished_at].map(time.parsed);
  if (finished) return started ? time.took(finished - started) : "";
  return time.span(now - (started ?? created));
}

function whenOf(job, now) {
  if (job.finished_at) return time.clock(time.parsed(job.finished_at), now);
  if (job.status === "waiting" && job.due_at) return `${time.clock(time.parsed(job.due_at), now)}`;
  const expected = words.isExpected(job) ? time.expectation(job.eta, now) : null;
  return expected?.short ?? "";
}
