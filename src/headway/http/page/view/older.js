/** Owns the way to older jobs: page after page of the list, as far back as somebody asks. */

import { el, put } from "./dom.js";

const STATUSES = new Set(["running", "waiting", "pending", "failed", "succeeded", "cancelled"]);
const PAGES_AT_ONCE = 5; // a page may hold only jobs that are shown already

export class Older {
  #server;
  #board;
  #repaint;
  #status = "all";
  #cursor = null;
  #button = el("button", { type: "button", class: "button" }, "Show older jobs");
  #note = el("span", { role: "status" });
  node = el("p", { class: "older" }, this.#button, this.#note);

  constructor(server, board, repaint) {
    this.#server = server;
    this.#board = board;
    this.#repaint = repaint;
    this.#button.addEventListener("click", () => this.#more());
  }

  /** Another filter is another list: it starts at its newest again. */
  follow(status) {
    if (status === this.#status) return;
    this.#status = status;
    this.restart();
  }

  restart() {
    this.#cursor = null;
    this.#button.disabled = false;
    put(this.#note, "");
  }

  async #more() {
    this.#button.disabled = true;
    put(this.#note, "Asking…");
    try {
      put(this.#note, (await this.#untilSomeAreNew()) ? "" : "These are all.");
    } catch (refusal) {
      this.#button.disabled = false;
      put(this.#note, refusal.message);
    }
    this.#repaint();
  }

  /** Answers whether there may be more. */
  async #untilSomeAreNew() {
    let fresh = 0;
    for (let page = 0; page < PAGES_AT_ONCE && fresh === 0; page++) {
      const { items, next_cursor } = await this.#server.jobs(this.#query());
      fresh += items.map((job) => this.#board.apply("state", job)).filter((change) => change && !change.before).length;
      this.#cursor = next_cursor;
      if (!next_cursor) return false;
    }
    this.#button.disabled = false;
    return true;
  }

  #query() {
    const query = {};
    if (STATUSES.has(this.#status)) query.status = this.#status;
    if (this.#cursor) query.cursor = this.#cursor;
    return query;
  }
}
