/** Owns reading the history of one job from the server: page after page, until there is no hole up to the newest. */

import { History, PAGE } from "./history.js";

export class Reading {
  known = new History();
  problem = null; // what a person should know about what is missing
  #id;
  #server;
  #changed;
  #newest = 0;
  #turn = 0; // counts new beginnings: an answer to a question from before one is not believed
  #asking = false;

  /** `changed()` is called when more is known, or known to be missing. */
  constructor(id, server, changed) {
    this.#id = id;
    this.#server = server;
    this.#changed = changed;
  }

  /** An entry came by itself. */
  add(event) {
    this.known.add([event]);
  }

  /** Knows nothing any more: the store may be another one. */
  restart() {
    this.stop();
    this.known.clear();
  }

  stop() {
    this.#turn++;
    this.#asking = false;
  }

  /** The job has entries up to this seq: asks for those that are not here. */
  async upTo(newest) {
    this.#newest = newest;
    if (this.#asking || this.known.hole(newest) === null) return;
    const turn = ++this.#turn;
    this.#asking = true;
    this.problem = null;
    await this.#fill(turn).catch((refusal) => {
      this.problem = `The history could not be read: ${refusal.message}`;
    });
    if (turn !== this.#turn) return;
    this.#asking = false;
    this.#changed();
  }

  /** Somebody wants to see what was before. */
  earlier() {
    this.known.reach();
    this.upTo(this.#newest);
  }

  async #fill(turn) {
    for (let after; (after = this.known.hole(this.#newest)) !== null; ) {
      const { items } = await this.#server.history(this.#id, after, PAGE);
      if (turn !== this.#turn) return;
      this.known.add(items);
      const next = items[0]?.seq ?? this.#newest + 1;
      if (next === after + 1) continue;
      this.known.giveUp(after, next);
      this.problem = "The server keeps no earlier entries.";
    }
  }
}
