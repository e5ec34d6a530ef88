/** Owns how the connection is shown: a word in the head of the page, and a warning while old data is shown. */

import * as time from "../app/time.js";
import { attribute, el, put, reveal } from "./dom.js";

const PATIENCE_MS = 1500; // a connection that is back at once is no news

export class Link {
  #word = el("span", {});
  #warning;
  #text = el("p", {});

  /** `node`: the place in the head; `warning`: the place above the content; `again()`: somebody wants it now. */
  constructor(node, warning, again) {
    const button = el("button", { type: "button", class: "button" }, "Try now");
    button.addEventListener("click", again);
    node.append(el("span", { class: "lamp", "aria-hidden": "true" }), this.#word);
    warning.append(this.#text, button);
    this.#warning = warning;
    this.node = node;
    reveal(warning, false);
  }

  show(contact, now) {
    const away = contact.state === "stale" || contact.state === "connecting";
    const old = away && now - contact.turned >= PATIENCE_MS;
    attribute(document.documentElement, "data-link", away && !old ? "connecting" : contact.state);
    put(this.#word, away && !old ? "Catching up…" : wordFor(contact, now));
    attribute(document.documentElement, "data-old", old ? "" : null);
    reveal(this.#warning, old);
    if (old) put(this.#text, warningFor(contact, now));
  }
}

function wordFor({ state, since, hasBeenLive }, now) {
  if (state === "live") return "Live";
  if (state === "paused") return "Paused while hidden";
  if (state === "closed") return hasBeenLive ? "Ended, nothing more to come" : "Not connected";
  return hasBeenLive ? `Reconnecting since ${time.clock(since, now, { seconds: true })}` : "Not connected";
}

function warningFor({ state, since, hasBeenLive }, now) {
  const at = time.clock(since, now, { seconds: true });
  if (state === "connecting") return `Asked at ${at}, the server has not answered yet.`;
  if (hasBeenLive) return `Not live: this is how things stood at ${at}. Trying to reach the server again.`;
  return `The server cannot be reached since ${at}. Trying again.`;
}
