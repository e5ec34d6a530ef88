/** Owns the list's filter: the choice of status and the search. */

import { CHOICES } from "../app/pick.js";
import { attribute, el, put, reveal } from "./dom.js";

export class Filters {
  #options = new Map();
  #search = el("input", {
    type: "search",
    name: "search",
    placeholder: "Kind, subject or id",
    "aria-label": "Search jobs by kind, subject or id",
    autocomplete: "off",
    spellcheck: "false",
  });
  node;

  /** `changed({status, search})` when somebody chooses; `opened(text)` when somebody presses Enter in the search. */
  constructor({ changed, opened }) {
    const choices = el("fieldset", { class: "choices" }, el("legend", { class: "unseen" }, "Status"));
    for (const one of CHOICES) choices.append(this.#option(one));
    this.node = el("form", { class: "filters", role: "search", "aria-label": "Jobs" }, choices, this.#search);
    this.node.addEventListener("input", () => changed(this.chosen()));
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      opened(this.#search.value.trim());
    });
  }

  chosen() {
    const status = [...this.#options].find(([, { radio }]) => radio.checked)?.[0] ?? "all";
    return { status, search: this.#search.value.trim() };
  }

  set({ status, search }) {
    (this.#options.get(status) ?? this.#options.get("all")).radio.checked = true;
    if (this.#search.value.trim() !== search) this.#search.value = search;
  }

  focus() {
    this.#search.focus();
    this.#search.select();
  }

  /** Shows how many jobs there are of each choice that can tell; stuck ones only when there are some. */
  count(totals) {
    for (const [name, total] of totals) {
      const { count, node, radio } = this.#options.get(name);
      put(count, total ? String(total) : "");
      if (name === "stuck") reveal(node, total > 0 || radio.checked);
      attribute(node, "data-some", total ? "" : null);
    }
  }

  #option({ name, label }) {
    const radio = el("input", { type: "radio", name: "status", value: name });
    const count = el("span", { class: "count" });
    const node = el("label", { class: "choice", "data-choice": name }, radio, el("span", {}, label), " ", count);
    this.#options.set(name, { node, radio, count });
    return node;
  }
}
