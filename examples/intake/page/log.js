// Owns the audit log on a file's page: every entry once and in order, from the past and from the stream.

import { make, say } from "./house/elements.js";
import { count, stepName, timeOfDay } from "./house/words.js";
import { eventTitle, SIGNS, STATUS, statusOf } from "./intake-words.js";

export class Log {
  #list;
  #count;
  #entries = new Map();

  constructor(list, count) {
    this.#list = list;
    this.#count = count;
  }

  /** Read what has been. */
  async load(address) {
    const { logs } = await (await fetch(address)).json();
    for (const { id, event, step_name, message, timestamp, attempt } of logs)
      this.add({ seq: id, type: event, step: step_name, message, at: timestamp, attempt });
  }

  add(event) {
    if (this.#entries.has(event.seq)) return;
    const status = statusOf(event);
    const title = status ? stepName(event.step) : eventTitle(event);
    const entry = make(
      "li",
      { "data-seq": event.seq, "data-type": event.type, "data-status": status },
      make("time", { datetime: event.at }, timeOfDay(event.at)),
      make("span", { class: "sign", "aria-hidden": "true" }, status ? SIGNS[status] : "·"),
      make("span", { class: "title" }, title),
      make("span", { class: "status" }, status ? STATUS[status] : ""),
      event.message ? make("span", { class: "words" }, event.message) : null,
    );
    this.#entries.set(event.seq, entry);
    this.#list.insertBefore(entry, this.#entryBefore(event.seq));
    say(this.#count, `${count(this.#entries.size)} ${this.#entries.size === 1 ? "entry" : "entries"}`);
  }

  /** The newest stands first. */
  #entryBefore(seq) {
    return [...this.#list.children].find((entry) => Number(entry.dataset.seq) < seq) ?? null;
  }
}
