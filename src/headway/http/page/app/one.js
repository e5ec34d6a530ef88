/** Owns watching one job: its stream, its history, and when its page is painted. */

import { JobView } from "../view/job.js";
import { Contact } from "./contact.js";
import { History, PAGE } from "./history.js";
import { Board, hasEnded } from "./model.js";
import { Silence } from "./silence.js";
import { Stream } from "./stream.js";

const LOOK_AGAIN_MS = 10_000; // an ended job has no stream, but somebody may retry it

export class WatchOne {
  contact = new Contact();
  #board = new Board();
  #history = new History();
  #asking = false;
  #problem = null;
  #lookedAt = 0;
  #gone = false;
  #left = false;
  #id;
  #around;
  #stream;
  #silence;
  #view;

  /** `around`: `{server, clock, announcer, repaint}`; `known`: what the list knew of the job, shown until its own stream speaks. */
  constructor(id, around, known) {
    this.#id = id;
    this.#around = around;
    if (known) this.#board.apply("state", known);
    this.#stream = new Stream(around.server.eventsOf(id), {
      frame: (type, content) => this.#frame(type, content),
      link: (state) => this.#link(state),
      refused: () => this.#mayComeBack(),
    });
    this.#silence = new Silence(this.#stream, around.server.eventsOf(id), this.#board);
    this.#view = new JobView({ id, ...around, history: this.#forView(), again: () => this.#renew() });
  }

  get id() {
    return this.#id;
  }

  get view() {
    return this.#view;
  }

  enter() {
    this.#stream.open();
  }

  leave() {
    this.#left = true;
    this.#silence.stop();
    this.#stream.close();
  }

  pause() {
    this.#silence.stop();
    this.#stream.pause();
  }

  resume() {
    if (this.#gone) return;
    if (this.contact.state === "paused") this.#stream.open();
    else if (this.contact.state === "closed") this.#lookAgain();
  }

  again() {
    this.#stream.open();
  }

  paint(now) {
    if (this.#gone) return this.#view.showUnknown();
    const job = this.#board.jobs.get(this.#id);
    if (!job) return;
    const moment = this.contact.moment(now);
    this.#view.paint(job, moment, this.contact);
    this.#view.paintHistory(moment);
  }

  tick(now) {
    this.#view.tick(this.contact.moment(now));
    if (this.contact.state === "closed" && !document.hidden && now - this.#lookedAt > LOOK_AGAIN_MS) this.#lookAgain();
  }

  #frame(type, content) {
    this.#silence.heard();
    if (type === "reset") this.#history.clear();
    if (type === "event") this.#history.add([content]);
    if (this.#board.apply(type, content)?.hole) this.#mend();
    this.#fill();
    this.#around.repaint();
  }

  get #seq() {
    return this.#board.jobs.get(this.#id)?.seq ?? 0;
  }

  /** What lies between is not known: the job is asked for as a whole. */
  async #mend() {
    const job = await this.#around.server.job(this.#id).catch(() => null);
    if (job && this.#board.apply("state", job)) this.#around.repaint();
  }

  #link(state) {
    const now = this.#around.clock.now();
    if (state === "closed") this.#lookedAt = now;
    if (state !== "live") this.#silence.stop();
    if (this.contact.turn(state, now)) this.#around.repaint();
  }

  /** Asks for the entries that are missing until none are. */
  async #fill() {
    if (this.#asking || this.#history.hole(this.#seq) === null) return;
    this.#asking = true;
    try {
      this.#problem = null;
      for (let after; (after = this.#history.hole(this.#seq)) !== null && !this.#left; ) await this.#fetch(after);
    } catch (refusal) {
      this.#problem = `The history could not be read: ${refusal.message}`;
    }
    this.#asking = false;
    this.#around.repaint();
  }

  async #fetch(after) {
    const { items } = await this.#around.server.history(this.#id, after, PAGE);
    this.#history.add(items);
    const next = items[0]?.seq ?? this.#seq + 1;
    if (next === after + 1) return;
    this.#history.giveUp(after, next);
    this.#problem = "The server keeps no earlier entries.";
  }

  #forView() {
    const one = this;
    return {
      known: this.#history,
      get problem() {
        return one.#problem;
      },
      earlier: () => (this.#history.reach(), this.#fill()),
    };
  }

  /** The stream was refused: the job may be unknown, or ended with nothing left to send. */
  async #mayComeBack() {
    try {
      const job = await this.#around.server.job(this.#id);
      this.#board.apply("state", job);
      this.#fill();
      return !hasEnded(job);
    } catch (refusal) {
      this.#gone = refusal.status === 404;
      return !this.#gone;
    } finally {
      this.#around.repaint();
    }
  }

  /** Looks whether an ended job goes on. */
  async #lookAgain() {
    this.#lookedAt = this.#around.clock.now();
    if (this.#gone || this.#left) return;
    const known = this.#seq;
    const seq = await this.#around.server.job(this.#id).then((job) => job.seq, () => known);
    if (seq !== known && !this.#left) this.#renew();
  }

  #renew() {
    this.#stream.renew();
  }
}
