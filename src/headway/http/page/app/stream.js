/** Owns one connection to a stream of events: it opens, resumes, comes back after every loss, and says how it stands. */

const FRAMES = ["snapshot", "event", "state", "synced", "mark", "reset", "end"];
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export class Stream {
  #url;
  #told;
  #source = null;
  #timer = 0;
  #turn = 0; // counts openings and closings, so that a late answer about an old one is not acted on
  #losses = 0;
  #cursor = "";

  /**
   * `told.frame(type, content)` for each frame; `told.link(state)` when it stands otherwise: connecting, live, stale,
   * paused or closed; `told.refused()` when the server ended it for good: answers whether to come back.
   */
  constructor(url, told) {
    this.#url = url;
    this.#told = told;
  }

  get isOpen() {
    return this.#source !== null || this.#timer !== 0;
  }

  get cursor() {
    return this.#cursor;
  }

  open() {
    this.#drop();
    const url = new URL(this.#url);
    if (this.#cursor) url.searchParams.set("cursor", this.#cursor);
    const source = new EventSource(url);
    this.#source = source;
    for (const type of FRAMES) source.addEventListener(type, (message) => this.#receive(type, message));
    source.onerror = () => this.#lost(source);
    this.#told.link("connecting");
  }

  /** Gives up a connection that is dead though nobody said so, and opens another one where it stood. */
  lose() {
    this.#told.link("stale");
    this.open();
  }

  /** Starts from the beginning: what was known is not resumed. */
  renew() {
    this.#cursor = "";
    this.open();
  }

  pause() {
    if (!this.isOpen) return;
    this.#drop();
    this.#told.link("paused");
  }

  close() {
    this.#drop();
    this.#told.link("closed");
  }

  #receive(type, message) {
    if (message.lastEventId) this.#cursor = message.lastEventId;
    this.#told.frame(type, JSON.parse(message.data));
    if (type === "synced") {
      this.#losses = 0;
      this.#told.link("live");
    }
    if (type === "end") this.close();
  }

  /** The browser comes back by itself while it is connecting; on any answer but a stream it gives up for good. */
  #lost(source) {
    this.#told.link("stale");
    if (source.readyState !== EventSource.CLOSED) return;
    this.#drop();
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#losses++);
    this.#timer = setTimeout(() => this.#comeBack(this.#turn), longest * (0.5 + Math.random() / 2));
  }

  async #comeBack(turn) {
    const welcome = await this.#told.refused();
    if (turn !== this.#turn) return;
    if (welcome) this.open();
    else this.close();
  }

  #drop() {
    this.#turn++;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#source?.close();
    this.#source = null;
  }
}
