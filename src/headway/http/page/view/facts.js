/** Owns the facts beside a job: what names it, what it belongs to, when things were, and what it brought. */

import { json, line } from "../app/plain.js";
import { toJob } from "../app/route.js";
import * as time from "../app/time.js";
import { el, Keyed, put, reveal } from "./dom.js";
import { LongText } from "./longtext.js";

const TEXTS = ["project", "tenant", "subject", "external_id"];
const TIMES = ["created_at", "started_at", "finished_at", "updated_at"];
const NAMES = {
  id: "Id",
  parent: "Part of",
  project: "Project",
  tenant: "Tenant",
  subject: "Subject",
  external_id: "External id",
  created_at: "Made",
  started_at: "Started",
  finished_at: "Ended",
  updated_at: "Changed",
};

export class Facts {
  #list = el("dl", {});
  #keyed = new Keyed(this.#list, () => new Fact());
  #result = new LongText("Result");
  #resultPart = el("section", { class: "result" }, el("h2", {}, "Result"), this.#result.node);
  node = el("aside", { class: "facts", "aria-label": "Facts about this job" }, this.#resultPart, el("h2", {}, "Facts"), this.#list);

  show(job, now) {
    reveal(this.#resultPart, job.result != null);
    this.#result.show(job.result == null ? null : json(job.result));
    this.#keyed.show(factsOf(job, now), now);
  }
}

class Fact {
  #shown = null;
  #name = el("bdi", {});
  #value = el("dd", {});
  node = el("div", {}, el("dt", {}, this.#name), this.#value);

  show({ name, text, title, mono, href }) {
    if (text === this.#shown) return;
    this.#shown = text;
    put(this.#name, line(name));
    const value = el("bdi", { class: mono ? "id" : null, title }, text);
    this.#value.replaceChildren(href ? el("a", { href }, value) : value);
  }
}

/** Pairs of key and fact; a label may be called like a fact, so its key says that it is one. */
function factsOf(job, now) {
  const texts = TEXTS.filter((key) => job[key] != null).map((key) => [key, { text: line(job[key]) }]);
  const times = TIMES.filter((key) => job[key]).map((key) => [key, timeOf(time.parsed(job[key]), now)]);
  const labels = Object.entries(job.labels ?? {}).map(([key, value]) => [`label ${key}`, { name: key, text: line(json(value)) }]);
  const parent = job.parent_id ? [["parent", { text: job.parent_id, mono: true, href: toJob(job.parent_id) }]] : [];
  const facts = [["id", { text: job.id, mono: true }], ...texts, ...parent, ...labels, ...times];
  return facts.map(([key, fact]) => [key, { name: NAMES[key], ...fact }]);
}

const timeOf = (at, now) => ({ text: time.clock(at, now, { seconds: true }), title: time.exact(at) });
