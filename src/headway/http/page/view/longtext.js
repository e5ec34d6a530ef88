/** Owns text of any length: its beginning and its end, and all of it on request. */

import { clipped, digest, visible } from "../app/plain.js";
import { number } from "../app/words.js";
import { attribute, el, put, reveal } from "./dom.js";

const CHARACTERS = 3000;
const MOST = 100_000; // more than any report may hold; laying out a megabyte would freeze the page

export class LongText {
  #text = null;
  #whole = false;
  #lines;
  #pre;
  #more = el("button", { type: "button", class: "button small" });
  node;

  /** `label`: what a screen reader calls it. `lines`: how many are shown at first. */
  constructor(label, lines = 14) {
    this.#lines = lines;
    this.#pre = el("pre", { class: "text", role: "region", "aria-label": label, dir: "auto" });
    this.node = el("div", { class: "longtext" }, this.#pre, this.#more);
    this.#more.addEventListener("click", () => {
      this.#whole = !this.#whole;
      this.#paint();
    });
  }

  show(text) {
    reveal(this.node, Boolean(text));
    if (text === this.#text) return;
    this.#text = text;
    this.#whole = false;
    this.#paint();
  }

  #paint() {
    const text = this.#text ?? "";
    const short = digest(text, this.#lines, CHARACTERS);
    put(this.#pre, visible(this.#whole ? clipped(text, MOST) : short));
    attribute(this.#pre, "tabindex", this.#whole ? 0 : null); // then it scrolls, also by keyboard
    reveal(this.#more, short !== text);
    put(this.#more, this.#whole ? "Show less" : offer(text.length));
  }
}

function offer(length) {
  return length > MOST ? `Show ${number(MOST)} of ${number(length)} characters` : `Show all ${number(length)} characters`;
}
