/** Owns what is wrong with a job, said where nobody can miss it: its error, its lost worker, its next attempt. */

import { hasEnded } from "../app/model.js";
import * as time from "../app/time.js";
import * as words from "../app/words.js";
import { attribute, el, put, reveal } from "./dom.js";
import { Glyph } from "./glyph.js";
import { LongText } from "./longtext.js";

export class Trouble {
  #job = null;
  #glyph = new Glyph();
  #what = el("h2", {});
  #when = el("p", { class: "when" });
  #error = new LongText("Error");
  node = el("section", { class: "trouble", "aria-label": "What is wrong" }, this.#glyph.node, this.#what, this.#when, this.#error.node);

  show(job, now) {
    this.#job = job;
    const trouble = troubleOf(job);
    reveal(this.node, trouble !== null);
    if (!trouble) return;
    attribute(this.node, "data-tone", trouble.tone);
    this.#glyph.show(trouble.glyph);
    put(this.#what, trouble.what);
    this.#error.show(job.error);
    this.tick(now);
  }

  tick(now) {
    const job = this.#job;
    const due = job?.status === "waiting" ? time.parsed(job.due_at) : null;
    const left = due !== null && due > now ? `, in about ${time.roughly(due - now)}` : "";
    const last = job && !hasEnded(job) && words.isUnwell(job) ? time.parsed(job.last_progress_at) : null;
    if (due !== null) put(this.#when, `Due ${time.clock(due, now, { seconds: true })}${left}.`);
    else put(this.#when, last === null ? "" : `Last progress ${time.clock(last, now, { seconds: true })}, ${time.span(now - last)} ago.`);
    reveal(this.#when, this.#when.textContent !== "");
  }
}

function troubleOf(job) {
  if (job.status === "failed") return { tone: "bad", glyph: "failed", what: failure(job) };
  if (hasEnded(job)) return null;
  if (words.isUnwell(job)) return { tone: job.health === "slow" ? "warn" : "bad", glyph: job.health, what: words.healthSentence(job.health) };
  if (job.status === "waiting" && (job.error || job.due_at)) return { tone: "warn", glyph: "waiting", what: words.statusAndReason(job) };
  if (job.cancel_requested_at) return { tone: "warn", glyph: "asked", what: "Asked to stop. It runs until its worker answers." };
  return null;
}

function failure(job) {
  const { percent } = job.progress;
  return `${words.statusAndReason(job)}${percent == null ? "" : ` at ${words.percent(percent)}`}`;
}
