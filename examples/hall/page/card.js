// Owns one application's card: what it does, where files are dropped on it, its sample, and how its jobs stand.

import { at } from "./house/address.js";
import { acceptChoice } from "./house/drops.js";
import { announce, make, say } from "./house/elements.js";
import { Upload, sendInTurn } from "./house/upload.js";
import { Tally } from "./tally.js";

export class Card {
  #about;
  #tally;
  #uploads = make("ul", { class: "uploads", role: "list" });
  #trouble = make("p", { class: "sentence", role: "alert", hidden: "" });
  #remark = make("p", { class: "remark", role: "status" });
  #choose = make("button", { type: "button" }, "Choose");
  #sample = make("button", { type: "button", class: "sample" }, "Run the sample");
  #files;
  #zone;
  #ended;

  /** `ended` answers with the ids of the jobs that are known to have ended. */
  constructor(about, ended) {
    this.#about = about;
    this.#ended = ended;
    this.#tally = new Tally(about.title);
    this.#files = make("input", { type: "file", accept: about.accept, multiple: "", hidden: "", "aria-label": `Files for ${about.title}` });
    this.#zone = this.#dropZone();
    const title = make("h2", {}, about.shut ? about.title : make("a", { href: at(`${about.name}/`) }, about.title));
    this.element = make(
      "li",
      { class: "card", "data-application": about.name },
      make("div", { class: "card-head" }, make("span", { class: "icon", "aria-hidden": "true" }), title),
      make("p", { class: "does" }, about.does),
      ...(about.shut ? [make("p", { class: "shut" }, about.shut)] : [this.#zone, this.#sample]),
      this.#trouble,
      this.#remark,
      this.#uploads,
      this.#tally.element,
    );
    this.#listen();
  }

  get open() {
    return !this.#about.shut;
  }

  /** Whether a job is one of this application's. */
  owns(job) {
    return this.#about.kinds.includes(job.kind);
  }

  show(jobs) {
    this.#tally.show(jobs.filter((job) => this.owns(job)));
  }

  /** Begin with the sample; what stands in the way is said here. */
  async runSample() {
    this.#sample.disabled = true;
    say(this.#sample, "Bringing the sample…");
    const before = this.#ended();
    const { jobs = [], refused = null } = await broughtBy(at(this.#about.samples));
    this.#refuse(refused);
    say(this.#remark, jobs.some((id) => before.has(id)) ? "What had been brought before is known and stays as it is." : "");
    say(this.#sample, "Run the sample");
    this.#sample.disabled = false;
  }

  /** Whether files are held over it: they would go here if they were let go. */
  aim(on) {
    this.#zone.classList.toggle("aimed", on && this.open);
  }

  take(files) {
    if (!this.open) return announce(this.#about.shut);
    const { upload, field, together } = this.#about;
    for (const brought of together ? [[...files]] : [...files].map((file) => [file])) {
      const made = new Upload(brought, { address: at(upload), field, focus: this.#choose });
      this.#uploads.append(made.element);
      sendInTurn(made);
    }
  }

  #dropZone() {
    this.#choose.setAttribute("aria-label", `Choose ${this.#about.takes} for ${this.#about.title}`);
    this.#sample.setAttribute("aria-label", `Run the sample of ${this.#about.title}`);
    return make("div", { class: "zone" }, make("p", {}, `Drop ${this.#about.takes} here`), this.#choose, this.#files);
  }

  #listen() {
    acceptChoice(this.#choose, this.#files, (files) => this.take(files));
    this.#sample.addEventListener("click", () => this.runSample());
  }

  #refuse(words) {
    this.#trouble.hidden = words === null;
    say(this.#trouble, words ?? "");
  }
}

/** The ids of the jobs, or the application's sentence about why there are none. */
async function broughtBy(address) {
  try {
    const answer = await fetch(address, { method: "POST" });
    const body = await answer.json();
    if (answer.ok) return body;
    return { refused: body.detail ?? `The sample was not taken: ${body.error?.code ?? answer.status}.` };
  } catch {
    return { refused: "The server cannot be reached just now." };
  }
}
