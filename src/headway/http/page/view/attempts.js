/** Owns the history of a job: its attempts side by side, each with what happened in it, the newest first. */

import { PAGE } from "../app/history.js";
import * as time from "../app/time.js";
import * as words from "../app/words.js";
import { el, Keyed, put, reveal } from "./dom.js";
import { Entry } from "./entry.js";
import { Glyph } from "./glyph.js";

const ENDED_GLYPH = { retry_scheduled: "failed", superseded: "skipped" };
const ENDED = { retry_scheduled: "Failed, to be tried again", superseded: "Superseded" };

export class Attempts {
  #history;
  #shown = null;
  #list = el("div", { class: "attempts" });
  #keyed = new Keyed(this.#list, (number) => new Attempt(number));
  #note = el("p", { class: "note", role: "status" });
  #earlier = el("button", { type: "button", class: "button" }, `Show ${PAGE} earlier entries`);
  node = el(
    "section",
    { class: "history", "aria-labelledby": "history-title" },
    el("h2", { id: "history-title" }, "History"),
    this.#list,
    this.#earlier,
    this.#note,
  );

  /** `history`: `{known, problem, earlier()}`, what is known and how to reach further back. */
  constructor(history) {
    this.#history = history;
    this.#earlier.addEventListener("click", () => history.earlier());
  }

  show(job, now) {
    const shown = [this.#history.known.revision, job.status, this.#history.problem].join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    const attempts = this.#history.known.attempts();
    this.#list.classList.toggle("several", attempts.length > 1);
    this.#keyed.show(attempts.map((attempt) => [attempt.number, { ...attempt, alone: attempts.length === 1, job }]), now);
    put(this.#note, this.#history.problem ?? "");
    reveal(this.#earlier, (this.#history.known.start ?? 0) > 0);
  }

  tick(now) {
    for (const attempt of this.#keyed.views()) attempt.tick(now);
  }
}

class Attempt {
  #attempt = null;
  #glyph = new Glyph();
  #outcome = el("span", { class: "outcome" });
  #length = el("span", { class: "length" });
  #head;
  #list = el("ol", { role: "list" });
  #entries = new Keyed(this.#list, () => new Entry());
  node;

  constructor(number) {
    this.#head = el("h3", {}, this.#glyph.node, `Attempt ${number}`, this.#outcome, this.#length);
    this.node = el("section", { class: "attempt", "aria-label": `Attempt ${number}` }, this.#head, this.#list);
  }

  show(attempt, now) {
    this.#attempt = attempt;
    reveal(this.#head, !attempt.alone);
    const outcome = attempt.ended_at ? attempt.outcome : attempt.job.status;
    const far = attempt.ended_at && outcome !== "succeeded" && attempt.percent != null;
    this.#glyph.show(ENDED_GLYPH[outcome] ?? outcome);
    put(this.#outcome, (ENDED[outcome] ?? words.status(outcome)) + (far ? ` at ${words.percent(attempt.percent)}` : ""));
    const from = time.parsed(attempt.started_at ?? attempt.events.at(-1).at);
    this.#entries.show(attempt.events.map((event) => [event.seq, { event, from }]), now);
    this.tick(now);
  }

  tick(now) {
    const [from, to] = [this.#attempt.started_at, this.#attempt.ended_at].map(time.parsed);
    put(this.#length, from === null ? "" : to === null ? time.span(now - from) : time.took(to - from));
  }
}
