/** Owns what a screen reader is told unasked: the newest news, and never more than one in a while. */

const REST_MS = 5000;

export class Announcer {
  #node;
  #pending = null;
  #timer = 0;

  constructor(node) {
    this.#node = node;
  }

  /** Says a sentence now, or after the rest that the last one is given; a newer one takes its place. */
  say(text) {
    this.#pending = text;
    if (!this.#timer) this.#speak();
  }

  #speak() {
    this.#timer = 0;
    if (this.#pending === null) return;
    this.#node.textContent = this.#pending;
    this.#pending = null;
    this.#timer = setTimeout(() => this.#speak(), REST_MS);
  }
}
