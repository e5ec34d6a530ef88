// Owns the progress bar: it never goes back within an attempt, and shows no number where there is none.

import { make, say } from "./elements.js";
import { percent } from "./words.js";

export class Bar {
  #fill = make("span", { class: "fill" });
  #attempt = 0;
  #shown = 0;

  constructor(label, figure = null) {
    this.figure = figure;
    this.element = make("div", { class: "bar", role: "progressbar", "aria-label": label }, this.#fill);
    this.element.setAttribute("aria-valuemin", "0");
    this.element.setAttribute("aria-valuemax", "100");
  }

  /** `value` is null while nobody can know it; `words` say what the number alone does not. */
  show(value, { attempt = 1, words = "" } = {}) {
    this.element.classList.toggle("indeterminate", value === null);
    if (value === null) this.#showUnknown(words);
    else this.#showKnown(this.#held(value, attempt), words);
  }

  #held(value, attempt) {
    this.#shown = attempt === this.#attempt ? Math.max(this.#shown, value) : value;
    this.#attempt = attempt;
    return this.#shown;
  }

  #showUnknown(words) {
    this.element.removeAttribute("aria-valuenow");
    this.element.setAttribute("aria-valuetext", words || "not known yet");
    this.#fill.style.removeProperty("--part");
    if (this.figure) say(this.figure, "");
  }

  #showKnown(value, words) {
    this.element.setAttribute("aria-valuenow", String(value));
    this.element.setAttribute("aria-valuetext", words ? `${percent(value)}, ${words}` : percent(value));
    this.#fill.style.setProperty("--part", String(value / 100));
    if (this.figure) say(this.figure, percent(value));
  }
}
