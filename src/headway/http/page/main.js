/** Owns the page as a whole: which view is shown, when it is painted, and the keys that work everywhere. */

import { WatchAll } from "./app/all.js";
import { Clock } from "./app/clock.js";
import { WatchOne } from "./app/one.js";
import * as route from "./app/route.js";
import { Server } from "./app/server.js";
import { Announcer } from "./view/announcer.js";
import { Link } from "./view/link.js";

const REST_MS = 80; // between two paintings, however fast changes come
const HIDDEN_MS = 60_000; // browsers allow six connections to a server: hidden tabs give theirs back

class Page {
  #clock = new Clock();
  #server = new Server(document.baseURI, this.#clock);
  #content = document.querySelector("main");
  #link = new Link(document.querySelector(".link"), document.querySelector(".warning"), () => this.#watch.again());
  #around = {
    server: this.#server,
    clock: this.#clock,
    announcer: new Announcer(document.querySelector(".unseen[aria-live]")),
    repaint: () => this.#repaint(),
  };
  #all = new WatchAll(this.#around);
  #watch = null;
  #asked = 0; // the timer of the next painting
  #painted = -Infinity;
  #resting = 0;
  #scroll = 0;

  start() {
    document.querySelector(".host").textContent = location.host;
    document.querySelector(".skip").addEventListener("click", () => this.#content.focus());
    addEventListener("hashchange", () => this.#go(true));
    addEventListener("keydown", (event) => this.#key(event));
    addEventListener("online", () => this.#watch.again());
    document.addEventListener("visibilitychange", () => this.#seen());
    this.#go(false);
    this.#clock.everySecond(() => this.#tick());
  }

  #go(moved) {
    const asked = route.read(location.hash);
    if (!asked.job && this.#watch === this.#all) return this.#all.enter(asked), this.#repaint();
    const from = this.#watch;
    if (from === this.#all) this.#scroll = scrollY;
    from?.leave();
    this.#watch = asked.job ? new WatchOne(asked.job, this.#around, this.#all.board.jobs.get(asked.job)) : this.#all;
    this.#content.replaceChildren(this.#watch.view.node);
    this.#watch.enter(asked);
    this.#paint();
    if (moved) this.#arrive(from?.id);
  }

  /** Where the reader's place is after a move: back on the job's line in the list, else at the heading. */
  #arrive(from) {
    const isList = this.#watch === this.#all;
    scrollTo(0, isList ? this.#scroll : 0);
    if (isList && from && this.#all.view.focusJob(from)) return;
    (this.#content.querySelector("h1") ?? this.#content).focus({ preventScroll: true });
  }

  #repaint() {
    if (this.#asked) return;
    const rest = Math.max(0, this.#painted + REST_MS - performance.now());
    this.#asked = setTimeout(() => this.#paint(), rest);
  }

  #paint() {
    clearTimeout(this.#asked);
    this.#asked = 0;
    this.#painted = performance.now();
    const now = this.#clock.now();
    this.#watch.paint(now);
    this.#showAround(now);
  }

  #tick() {
    const now = this.#clock.now();
    this.#watch.tick(now);
    this.#showAround(now);
  }

  #showAround(now) {
    this.#link.show(this.#watch.contact, now);
    const live = this.#watch.contact.state !== "stale" && this.#watch.contact.state !== "paused";
    document.title = live ? this.#watch.view.title : `Not live · ${this.#watch.view.title}`;
  }

  #seen() {
    clearTimeout(this.#resting);
    if (document.hidden) this.#resting = setTimeout(() => this.#watch.pause(), HIDDEN_MS);
    else this.#watch.resume();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.matches("input, textarea, select");
    if (event.key === "/" && !typing && this.#watch === this.#all) {
      event.preventDefault();
      this.#all.view.focusSearch();
    }
    if (event.key === "Escape" && this.#watch !== this.#all) location.hash = "#/";
  }
}

new Page().start();
