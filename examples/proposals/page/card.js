// Owns the card of one job that is under way, or failed: its stages, bar, message, and how long it still takes.

import { hasEnded } from "./client/index.js";
import { ask, Refusal } from "./ask.js";
import { Bar } from "./house/bar.js";
import { make, say } from "./house/elements.js";
import { doing, fileName, runningFor, trouble } from "./house/job-words.js";
import { stepName, timeLeft } from "./house/words.js";

const SIGNS = { pending: "○", running: "◐", succeeded: "●", failed: "✕", skipped: "–" };

export class Card {
  #figure = make("span", { class: "figure" });
  #stages = make("ol", { class: "stages", role: "list" });
  #message = make("p", { class: "message" });
  #trouble = make("span", { class: "trouble" });
  #left = make("span", { class: "left" });
  #running = make("span", { class: "running" });
  #yours = make("span", { class: "yours" });
  #stop = make("button", { type: "button" }, "Stop");
  #bar;
  #job;
  #api;
  #eta = null;
  #asked = null;

  constructor(job, api, refused) {
    this.#api = `${api}/jobs/${encodeURIComponent(job.id)}`;
    const name = fileName(job);
    this.#bar = new Bar(`Progress of ${name}`, this.#figure);
    this.#stop.setAttribute("aria-label", `Stop ${name}`);
    this.#stop.addEventListener("click", () => this.#askToStop(refused));
    const title = make("a", { class: "name", href: `headway/#/jobs/${encodeURIComponent(job.id)}` }, name);
    this.element = make(
      "li",
      { class: "job", "data-job": job.id },
      make("div", { class: "row-head" }, title, this.#yours, this.#figure, this.#stop),
      this.#bar.element,
      this.#stages,
      this.#message,
      make("p", { class: "row-foot" }, make("span", {}, this.#trouble, this.#left), this.#running),
    );
  }

  show(job, isYours, now) {
    this.#job = job;
    this.element.dataset.status = job.status;
    this.#bar.show(job.status === "pending" ? null : job.progress.percent, { attempt: job.attempt, words: doing(job) });
    this.#bar.element.hidden = job.status === "pending";
    if (job.status === "pending") say(this.#figure, "");
    this.#showStages(job.steps);
    say(this.#message, words(job));
    say(this.#trouble, trouble(job));
    say(this.#yours, isYours ? "yours" : job.labels.by ? `by ${job.labels.by}` : "");
    this.#stop.hidden = hasEnded(job) || Boolean(job.cancel_requested_at);
    this.#learnEta(job);
    this.tick(now);
  }

  tick(now) {
    const job = this.#job;
    const known = this.#eta?.basis === "history" ? this.#eta : job.eta;
    const left = job.status === "running" ? timeLeft(known, now) : null;
    const by = left?.startsWith("about") && known === this.#eta ? `, by ${this.#eta.n === 1 ? "the last job" : `the last ${this.#eta.n} jobs`}` : "";
    say(this.#left, left ? left + by : "");
    say(this.#running, hasEnded(job) ? "" : runningFor(job, now) + (job.attempt > 1 ? `, attempt ${job.attempt}` : ""));
  }

  #showStages(steps) {
    steps.forEach((step, place) => {
      const item = this.#stages.children[place] ?? this.#stages.appendChild(make("li", {}, make("span", { "aria-hidden": "true" }), make("span")));
      item.dataset.status = step.status;
      if (step.status === "running") item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
      say(item.children[0], SIGNS[step.status]);
      say(item.children[1], stepName(step.name));
    });
  }

  /** Past jobs know better than this one's own pace how long the stages to come take; asked once for each stage. */
  async #learnEta(job) {
    const stage = `${job.attempt} ${job.step}`;
    if (job.status !== "running" || this.#asked === stage) return;
    this.#asked = stage;
    try {
      this.#eta = (await ask(`${this.#api}/progress`)).eta;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#eta = null; // its own pace does as well
    }
  }

  async #askToStop(refused) {
    try {
      await ask(`${this.#api}/cancel`, {});
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused(error.message);
    }
  }
}

function words(job) {
  if (job.status === "failed") return job.error ?? "";
  if (job.status === "cancelled") return "It was stopped before its end.";
  if (job.status === "pending") return job.labels.proposals ? "Waits for the proposals" : "Waits for its turn";
  return job.message ?? "";
}
