/** Owns watching all jobs: one stream, one board, and when the list is painted. It lives as long as the page. */

import { ListPage } from "../view/list.js";
import { Contact } from "./contact.js";
import { Board } from "./model.js";
import { Silence } from "./silence.js";
import { Stream } from "./stream.js";

export class WatchAll {
  board = new Board();
  contact = new Contact();
  #around;
  #stream;
  #silence;
  #view;

  /** `around`: `{server, clock, announcer, repaint}`. */
  constructor(around) {
    this.#around = around;
    this.#stream = new Stream(around.server.eventsOfAll(), {
      frame: (type, content) => this.#frame(type, content),
      link: (state) => this.#link(state),
      refused: async () => true,
    });
    this.#silence = new Silence(this.#stream, around.server.eventsOfAll(), this.board);
    this.#view = new ListPage({ ...around, board: this.board });
  }

  get view() {
    return this.#view;
  }

  enter(asked) {
    this.#view.enter(asked);
    if (!this.#stream.isOpen) this.#stream.open();
  }

  leave() {
    this.pause();
  }

  pause() {
    this.#silence.stop();
    this.#stream.pause();
  }

  resume() {
    if (!this.#stream.isOpen) this.#stream.open();
  }

  again() {
    this.#stream.open();
  }

  paint(now) {
    this.board.prune();
    this.#view.paint(this.contact.moment(now), this.contact);
  }

  tick(now) {
    this.#view.tick(this.contact.moment(now));
  }

  #frame(type, content) {
    this.#silence.heard();
    const change = this.board.apply(type, content);
    if (change?.hole) this.#mend(change.id);
    else if (change && this.contact.state === "live") this.#view.tell(change);
    this.#around.repaint();
  }

  /** What lies between is not known: the job is asked for as a whole. */
  async #mend(id) {
    const job = await this.#around.server.job(id).catch(() => null);
    if (job && this.board.apply("state", job)) this.#around.repaint();
  }

  #link(state) {
    if (this.contact.turn(state, this.#around.clock.now())) this.#around.repaint();
    if (state !== "live") this.#silence.stop();
  }
}
