/** Owns how the page stands with the server: whether what it shows is live, and if not, since when. Pure. */

export class Contact {
  state = "connecting"; // connecting, live, stale, paused, closed
  since = null; // when it left `live`, or when the first attempt began
  turned = null; // when the state last changed
  hasBeenLive = false;

  /** Takes over what the stream says. Answers whether anything has changed. */
  turn(state, now) {
    if (state === "connecting" && this.state === "stale") return false; // still not back
    if (state === "connecting" && this.hasBeenLive) state = "stale"; // what is shown is old until it is synced again
    if (state === this.state && this.since !== null) return false;
    const leaves = this.state === "live" || this.since === null;
    if (leaves || state === "live" || state === "closed") this.since = now;
    this.turned = now;
    this.state = state;
    this.hasBeenLive ||= state === "live";
    return true;
  }

  /** The moment that the page shows: now while it is live, else the last moment at which it was. */
  moment(now) {
    return this.hasBeenLive && (this.state === "stale" || this.state === "paused") ? this.since : now;
  }
}
