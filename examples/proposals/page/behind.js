// Owns the view behind the scenes: how each part stands, each job as a row, and what past jobs teach.

import { ask, Refusal } from "./ask.js";
import { byId, make } from "./house/elements.js";
import { stepName, timeOfDay, took } from "./house/words.js";

const PAUSE_MS = 1000;

export class Behind {
  #api;
  #waits = null;
  #toggled = () => this.changed();

  constructor(api) {
    this.#api = api;
    byId("behind").addEventListener("toggle", this.#toggled);
    this.changed();
  }

  close() {
    clearTimeout(this.#waits);
    byId("behind").removeEventListener("toggle", this.#toggled);
  }

  /** Ask anew, soon and only while somebody looks. */
  changed() {
    if (!byId("behind").open || this.#waits !== null) return;
    this.#waits = setTimeout(() => {
      this.#waits = null;
      this.#show();
    }, byId("behind-parts").childElementCount ? PAUSE_MS : 0);
  }

  async #show() {
    try {
      const [debug, past] = await Promise.all([ask(`${this.#api}/debug`), ask(`${this.#api}/analytics`)]);
      byId("behind-parts").replaceChildren(parts(debug), rows(debug.jobs), taught(past));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      byId("behind-parts").replaceChildren(make("p", { class: "refusal" }, error.message));
    }
  }
}

function parts({ parts: health, cached, clients }) {
  const said = Object.entries(health).map(([part, how]) => `${part} ${how}`);
  return make("p", {}, [...said, `${cached} jobs in memory`, `${clients} on the stream of this server`].join(" · "));
}

function rows(jobs) {
  const line = (job) => [
    job.id.slice(0, 8), job.progress_stage, `${job.progress_current} of ${job.progress_total}`, job.progress_message,
    timeOfDay(job.progress_updated_at), job.cached ? "memory" : "store",
  ];
  return table(["job", "stage", "step", "message", "updated", "read from"], jobs.toReversed().map(line));
}

function taught(past) {
  const lines = Object.entries(past).flatMap(([kind, { complete, failed, cancelled, medianMs, stages }]) => [
    [stepName(kind), `${complete} complete, ${failed} failed, ${cancelled} stopped`, medianMs === null ? "–" : took(medianMs)],
    ...Object.entries(stages).map(([stage, ms]) => ["", stepName(stage), ms === null ? "–" : took(ms)]),
  ]);
  return table(["past jobs", "", "median"], lines);
}

function table(heads, lines) {
  const row = (cells, tag) => make("tr", {}, ...cells.map((cell) => make(tag, {}, String(cell))));
  return make("div", { class: "wide" }, make("table", {}, make("thead", {}, row(heads, "th")), make("tbody", {}, ...lines.map((line) => row(line, "td")))));
}
