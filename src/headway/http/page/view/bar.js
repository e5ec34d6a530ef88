/** Owns the progress bar: how far, for eyes and for screen readers; without a known total it claims no percent. */

import { attribute, el } from "./dom.js";

export class Bar {
  #fill = el("span", { class: "fill" });
  node = el("span", { class: "bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, this.#fill);

  /** `percent` may be null: unknown. `state`: how it is drawn. `text`: what a screen reader says. */
  show({ percent, state, label, text }) {
    const unknown = percent == null;
    attribute(this.node, "aria-label", label);
    attribute(this.node, "aria-valuenow", unknown ? null : percent);
    attribute(this.node, "aria-valuetext", text);
    attribute(this.node, "data-state", state);
    attribute(this.node, "data-unknown", unknown && state === "running" ? "" : null);
    this.#width(unknown ? (state === "running" ? 1 : 0) : percent / 100);
  }

  #width(share) {
    this.#fill.style.setProperty("--share", String(share));
  }
}
