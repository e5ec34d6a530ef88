/** Owns what a person may ask of a job: to stop, or to try again; and what came of asking. */

import { hasEnded } from "../app/model.js";
import { attribute, el, put, reveal } from "./dom.js";

export class Actions {
  #id;
  #server;
  #again;
  #cancel = button("Cancel…", "cancel");
  #retry = button("Retry", "retry");
  #resume = button("Retry from the failed step", "resume");
  #note = el("p", { class: "note", role: "status" });
  #dialog;
  node;

  /** `again()` is called once the server has taken a request, so that the page looks anew. */
  constructor({ id, server, again }) {
    this.#id = id;
    this.#server = server;
    this.#again = again;
    this.#dialog = this.#question();
    this.#cancel.addEventListener("click", () => this.#dialog.showModal());
    this.#retry.addEventListener("click", () => this.#ask(() => server.retry(id, false)));
    this.#resume.addEventListener("click", () => this.#ask(() => server.retry(id, true)));
    this.node = el("div", { class: "actions" }, this.#cancel, this.#resume, this.#retry, this.#note, this.#dialog);
  }

  show(job, contact) {
    const ended = hasEnded(job);
    const asked = Boolean(job.cancel_requested_at) && !ended;
    const focused = this.node.contains(document.activeElement) ? document.activeElement : null;
    reveal(this.#cancel, !ended);
    put(this.#cancel, asked ? "Asked to stop" : "Cancel…");
    attribute(this.#cancel, "aria-disabled", asked ? "true" : null);
    reveal(this.#retry, ended);
    reveal(this.#resume, job.status === "failed" && job.steps.length > 1);
    if (focused?.hidden) this.node.closest(".job").querySelector("h1").focus({ preventScroll: true });
  }

  #question() {
    const stop = el("button", { type: "submit", class: "button strong", value: "stop" }, "Ask it to stop");
    const stay = el("button", { type: "submit", class: "button", value: "" }, "Let it run");
    const dialog = el(
      "dialog",
      { "aria-labelledby": "stop-question" },
      el(
        "form",
        { method: "dialog" },
        el("h2", { id: "stop-question" }, "Stop this job?"),
        el("p", {}, "Its worker is asked to stop and does so at the next safe point. What is done already stays done."),
        el("div", { class: "choices" }, stop, stay),
      ),
    );
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "stop") this.#ask(() => this.#server.cancel(this.#id));
      dialog.returnValue = "";
    });
    this.#cancel.addEventListener("click", (event) => {
      if (this.#cancel.ariaDisabled === "true") event.stopImmediatePropagation();
    });
    return dialog;
  }

  async #ask(request) {
    put(this.#note, "Asking…");
    try {
      await request();
      put(this.#note, "");
      this.#again();
    } catch (refusal) {
      put(this.#note, refusal.status ? `Refused: ${refusal.message}` : `Not asked: ${refusal.message}`);
    }
  }
}

function button(text, name) {
  return el("button", { type: "button", class: "button", "data-does": name }, text);
}
