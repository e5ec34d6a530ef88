/** Owns one section of the list: its heading, its count and its rows. */

import { number } from "../app/words.js";
import { el, Keyed, put } from "./dom.js";
import { Row } from "./row.js";

// What the two times at the end of a line mean, by section.
const COLUMNS = {
  Running: { length: "running for", when: "done in about" },
  Waiting: { length: "so far", when: "due" },
  Pending: { length: "waits for", when: "" },
  Ended: { length: "took", when: "ended" },
};

const column = (text) => el("span", { "aria-hidden": "true" }, text);

export class Section {
  #count = el("span", { class: "count" });
  #list = el("ul", { role: "list" });
  #rows;
  #counted;
  node;

  constructor(name) {
    this.#counted = name !== "Ended"; // of these the page knows only the newest
    const columns = COLUMNS[name];
    const heading = el("h2", {}, name, " ", this.#count);
    const top = el("div", { class: "columns-head" }, heading, column(columns.length), column(columns.when));
    this.#rows = new Keyed(this.#list, (id) => new Row(id, columns));
    this.node = el("section", { "aria-label": name, "data-section": name }, top, this.#list);
  }

  show(jobs, now) {
    if (this.#counted) put(this.#count, number(jobs.length));
    this.#rows.show(jobs.map((job) => [job.id, job]), now);
  }

  tick(now) {
    for (const row of this.#rows.views()) row.tick(now);
  }
}
