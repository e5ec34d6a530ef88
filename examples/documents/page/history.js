// Owns the history on the detail page: every entry once and in order, from the pages of the past and from the stream.

import { eventTitle } from "./document-words.js";
import { make } from "./house/elements.js";
import { timeOfDay } from "./house/words.js";

export class History {
  #list;
  #entries = new Map();

  constructor(list) {
    this.#list = list;
  }

  /** Read what has been, page after page. */
  async load(address) {
    let cursor = null;
    do {
      const page = await (await fetch(cursor ? `${address}?cursor=${encodeURIComponent(cursor)}` : address)).json();
      for (const event of page.items) this.add(event);
      cursor = page.next_cursor;
    } while (cursor);
  }

  add(event) {
    if (this.#entries.has(event.seq)) return;
    const entry = make(
      "li",
      { "data-type": event.type, "data-seq": event.seq },
      make("time", { datetime: event.at }, timeOfDay(event.at)),
      make("p", {}, make("span", { class: "title" }, eventTitle(event)), this.#words(event)),
    );
    this.#entries.set(event.seq, entry);
    this.#list.insertBefore(entry, this.#entryAfter(event.seq));
  }

  #words(event) {
    return event.message ? make("span", { class: "words" }, event.message) : null;
  }

  #entryAfter(seq) {
    return [...this.#list.children].find((entry) => Number(entry.dataset.seq) > seq) ?? null;
  }
}
