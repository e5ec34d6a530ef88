// Owns one project on the page: its jobs followed live, what is begun here remembered, and what came out shown.

import { forgetWhenOver, hasEnded, proposalJob, resume, treeBuildJob, watch } from "./client/index.js";
import { ask, Refusal } from "./ask.js";
import { Behind } from "./behind.js";
import { Card } from "./card.js";
import { now } from "./house/clock.js";
import { showConnection } from "./house/connection.js";
import { announce, byId, say } from "./house/elements.js";
import { place } from "./house/roll.js";
import { counted, size } from "./house/words.js";
import { forgetOutcomes, showProposals, showTree } from "./outcome.js";

const PROPOSALS = "proposal_generation";
const TREE = "tree_build";
const newestFirst = (one, other) => other.created_at.localeCompare(one.created_at) || other.id.localeCompare(one.id);

export class Project {
  #cards = new Map();
  #remembered;
  #client = null;
  #ends = [];
  #closed = false;
  #scheduled = false;

  constructor(id, { limits, refused }) {
    this.id = id;
    this.api = `api/projects/${encodeURIComponent(id)}`;
    this.base = new URL(`projects/${encodeURIComponent(id)}/headway/`, document.baseURI).href;
    this.limits = limits;
    this.refused = refused;
    this.#remembered = { [PROPOSALS]: proposalJob(id), [TREE]: treeBuildJob(id) };
    this.behind = new Behind(this.api);
    this.#begin();
  }

  async #begin() {
    // What ended while nobody looked is forgotten; what goes on is found again by the stream below.
    await Promise.all(Object.values(this.#remembered).map((each) => resume(each, { base: this.base })));
    if (this.#closed) return;
    this.#client = watch({ base: this.base, project: this.id });
    for (const each of Object.values(this.#remembered)) {
      this.#ends.push(forgetWhenOver(each, this.#client), each.onChange(() => this.#soon()));
    }
    this.#ends.push(this.#client.onJob((job, _id, before) => this.#told(job, before)));
    this.#ends.push(this.#client.onState((state, why) => this.#turned(state, why)));
    showConnection(this.#client.state, "");
    this.#soon();
  }

  close() {
    this.#closed = true;
    this.#ends.forEach((end) => end?.());
    this.#client?.close();
    this.behind.close();
    byId("cards").replaceChildren();
    forgetOutcomes();
  }

  async bring(files) {
    const form = new FormData();
    const weight = files.reduce((sum, file) => sum + file.size, 0);
    if (weight > this.limits.bytes) {
      return this.#notTaken(`These files have ${size(weight)} together; at most ${size(this.limits.bytes)} can be taken.`);
    }
    for (const file of files) form.append("texts", file, file.name);
    await this.#begun(async () => [[PROPOSALS, (await ask(`${this.api}/proposals`, form)).jobId]]);
  }

  async bringSamples() {
    await this.#begun(async () => {
      const { jobs } = await ask(`${this.api}/samples`, {});
      return [[PROPOSALS, jobs[0]], [TREE, jobs[1]]];
    });
  }

  async build() {
    const proposals = this.#newest(PROPOSALS, (job) => job.status === "succeeded");
    await this.#begun(async () => [[TREE, (await ask(`${this.api}/trees`, { proposals: proposals.id })).jobId]]);
  }

  async #begun(bring) {
    this.#notTaken("");
    try {
      for (const [kind, jobId] of await bring()) this.#remembered[kind].remember(jobId);
      byId("work").scrollIntoView({ block: "nearest" });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#notTaken(error.message);
    }
  }

  #notTaken(words) {
    byId("not-taken").hidden = !words;
    say(byId("not-taken"), words);
  }

  #told(job, before) {
    if (job && before && hasEnded(job) && !hasEnded(before)) {
      announce(job.status === "succeeded" ? `Done: ${job.message}` : `${job.status}: ${job.error ?? ""}`);
    }
    this.#soon();
  }

  #turned(state, why) {
    showConnection(state, why);
    if (state !== "closed" || this.#closed) return;
    byId("inside").hidden = true;
    this.refused(this.#client.closing.reason);
  }

  #soon() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#show();
    });
  }

  #show() {
    const shown = [...this.#client.jobs.values()].filter((job) => this.#isShown(job)).sort(newestFirst).reverse();
    const ids = new Set(shown.map((job) => job.id));
    for (const id of this.#cards.keys()) if (!ids.has(id)) this.#cards.delete(id);
    place(byId("cards"), shown.map((job) => this.#cardOf(job).element));
    byId("nothing").hidden = shown.length > 0 || this.#client.state === "connecting";
    const live = shown.filter((job) => !hasEnded(job));
    document.title = live.length ? `(${live.length}) Suggestions box` : "Suggestions box";
    this.#showOutcomes();
    this.behind.changed();
  }

  /** All that is under way, also what other members began; and of what failed the newest, with the reason. */
  #isShown(job) {
    if (!hasEnded(job)) return true;
    return job.status !== "succeeded" && job === this.#newest(job.kind, () => true);
  }

  #cardOf(job) {
    if (!this.#cards.has(job.id)) this.#cards.set(job.id, new Card(job, this.api, (words) => this.#notTaken(words)));
    const card = this.#cards.get(job.id);
    card.show(job, this.#remembered[job.kind]?.id === job.id, now());
    return card;
  }

  #showOutcomes() {
    const succeeded = (job) => job.status === "succeeded";
    const made = this.#newest(PROPOSALS, succeeded);
    const built = this.#newest(TREE, (job) => succeeded(job) && job.labels.proposals === made?.id);
    showProposals(made, this.api);
    showTree(built, this.api);
    const isBuilt = made && [...this.#client.jobs.values()].some(
      (job) => job.labels.proposals === made.id && ["pending", "running", "succeeded"].includes(job.status),
    );
    byId("build").hidden = !made || isBuilt;
    say(byId("proposals-count"), made ? `${counted(made.result.texts ?? 0, "letter")} read` : "");
  }

  #newest(kind, fits) {
    return [...this.#client.jobs.values()].filter((job) => job.kind === kind && fits(job)).sort(newestFirst)[0];
  }

  /** Once a second, for what is counted by the clock. */
  tick() {
    for (const card of this.#cards.values()) card.tick(now());
  }
}
