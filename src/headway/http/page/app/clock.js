/** Owns the time: this machine's, corrected by how far the server's clock is from it; and the tick once a second. */

const NOTICED_MS = 2000; // the server's Date has whole seconds: less than this is no difference

export class Clock {
  #ahead = 0;

  /** Takes the server's time from an answer's Date header. */
  hear(date) {
    const difference = date ? Date.parse(date) + 500 - Date.now() : NaN;
    if (Number.isFinite(difference)) this.#ahead = Math.abs(difference) > NOTICED_MS ? difference : 0;
  }

  now() {
    return Date.now() + this.#ahead;
  }

  /** Calls `tick` once a second, just after the second has changed. */
  everySecond(tick) {
    setTimeout(() => {
      this.everySecond(tick);
      tick();
    }, 1005 - (this.now() % 1000));
  }
}
