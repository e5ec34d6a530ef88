/** Owns watching one job: what its stream brings, what is asked for besides, and when its page is painted. */

import { JobView } from "../view/job.js";
import { Contact } from "./contact.js";
import { Board, hasEnded } from "./model.js";
import { Reading } from "./reading.js";
import { Silence } from "./silence.js";
import { Stream } from "./stream.js";

const ETA_REST_MS = 3_000; // events bring no ETA: after some, the job is asked for, not after each
const LOOK_AGAIN_MS = 10_000; // an ended job has no stream, but somebody may retry it

export class WatchOne {
  contact = new Contact();
  #board = new Board();
  #history;
  #lookedAt = 0;
  #etaOf = 0; // the version of the last whole state, which brought the ETA
  #etaTimer = 0;
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
    this.#history = new Reading(id, around.server, around.repaint);
    this.#view = new JobView({ id, ...around, history: this.#history, again: () => this.#stream.renew() });
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
    this.#history.stop();
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
    if (this.#board.apply(type, content)?.hole) this.#mend();
    if (type === "reset") this.#history.restart();
    else if (type === "event") this.#heardEvent(content);
    else this.#heardState(content);
    this.#around.repaint();
  }

  #heardEvent(event) {
    this.#history.add(event);
    this.#history.upTo(this.#seq);
    this.#expectAnew();
  }

  #heardState({ version }) {
    if (version) this.#etaOf = version;
    this.#history.upTo(this.#seq);
  }

  /** Asks for the job when events have made its ETA old and no newer state has come by itself. */
  #expectAnew() {
    this.#etaTimer ||= setTimeout(() => {
      this.#etaTimer = 0;
      const job = this.#board.jobs.get(this.#id);
      if (this.contact.state === "live" && job?.status === "running" && job.version > this.#etaOf) this.#mend();
    }, ETA_REST_MS);
  }

  get #seq() {
    return this.#board.jobs.get(this.#id)?.seq ?? 0;
  }

  /** What lies between is not known: the job is asked for as a whole. */
  async #mend() {
    const job = await this.#around.server.job(this.#id).catch(() => null);
    if (!job || this.#left) return;
    this.#board.apply("state", job);
    this.#heardState(job);
    this.#around.repaint();
  }

  #link(state) {
    const now = this.#around.clock.now();
    if (state === "closed") this.#lookedAt = now;
    if (state !== "live") this.#silence.stop();
    if (this.contact.turn(state, now)) this.#around.repaint();
  }

  /** The stream was refused: the job may be unknown, or ended with nothing left to send. */
  async #mayComeBack() {
    try {
      const job = await this.#around.server.job(this.#id);
      this.#board.apply("state", job);
      this.#heardState(job);
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
    if (seq !== known && !this.#left) this.#stream.renew();
  }
}
