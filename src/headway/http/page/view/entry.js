/** Owns one line of a job's history: when, what, and what was said about it. */

import { json, line } from "../app/plain.js";
import * as time from "../app/time.js";
import * as words from "../app/words.js";
import { el, put } from "./dom.js";
import { Glyph } from "./glyph.js";
import { LongText } from "./longtext.js";

const SHORT = 240; // a longer message is folded

const GLYPHS = {
  started: "running",
  superseded: "running",
  resumed: "running",
  retry_scheduled: "failed",
  paused: "waiting",
  cancel_requested: "asked",
  lost: "lost",
  noted: "noted",
  step_succeeded: "succeeded",
  step_failed: "failed",
  step_skipped: "skipped",
  succeeded: "succeeded",
  failed: "failed",
  cancelled: "cancelled",
};

export class Entry {
  #shown = null;
  #time = el("time", {});
  node = el("li", { class: "entry" });

  show({ event, from }, now) {
    if (this.#shown === null) this.#fill(event);
    this.#shown = event;
    const at = time.parsed(event.at);
    put(this.#time, time.clock(at, now, { seconds: true }));
    this.#time.title = `${time.exact(at)}, ${time.span(at - from)} into the attempt`;
  }

  /** An entry never changes: it is drawn once. */
  #fill(event) {
    const { step, text } = words.happened(event);
    const what = el("span", { class: "what" });
    if (step != null) what.append(el("bdi", { class: "step" }, line(step)), " ");
    what.append(text);
    if (event.message) what.append(text ? ": " : "", el("bdi", { class: "says" }, line(event.message, SHORT)));
    this.#time.dateTime = event.at;
    this.node.dataset.type = event.type;
    this.node.append(this.#time, new Glyph(GLYPHS[event.type] ?? "happened").node, what);
    if (isLong(event.message)) this.node.append(folded("All of it", event.message));
    if (event.detail != null) this.node.append(folded("Detail", json(event.detail)));
  }
}

const isLong = (message) => message != null && (message.length > SHORT || message.includes("\n"));

/** Text that is drawn when somebody opens it. */
function folded(name, content) {
  const text = new LongText(name, 40);
  const node = el("details", { class: "detail" }, el("summary", {}, name), text.node);
  node.addEventListener("toggle", () => text.show(content));
  return node;
}
