/** Owns the known part of one job's history: each (job, seq) once, holes known, attempts apart. Pure. */

const KEPT = 2000; // entries that an open page keeps
export const PAGE = 100;

export class History {
  #events = new Map();
  start = null; // entries up to this seq were not asked for
  revision = 0; // counts changes

  /** Adds entries; one whose seq is known already changes nothing. Answers whether anything was new. */
  add(events) {
    const size = this.#events.size;
    for (const event of events) if (!this.#events.has(event.seq)) this.#events.set(event.seq, event);
    if (this.#events.size === size) return false;
    if (this.#events.size > KEPT) this.#drop(this.#events.size - KEPT);
    this.revision++;
    return true;
  }

  /** Knows nothing any more. */
  clear() {
    this.#events.clear();
    this.start = null;
    this.revision++;
  }

  /** The server has nothing between these: what is kept there was removed. */
  giveUp(after, next) {
    if (after >= this.start) this.start = next - 1;
  }

  get size() {
    return this.#events.size;
  }

  /** The seq after which entries are missing, up to the newest that the job has; null when all are here. */
  hole(newest) {
    this.start ??= Math.max(0, newest - PAGE);
    for (let seq = this.start + 1; seq <= newest; seq++) if (!this.#events.has(seq)) return seq - 1;
    return null;
  }

  /** Reaches further back by one page. */
  reach() {
    this.start = Math.max(0, this.start - PAGE);
  }

  /** The attempts, newest first, each with its entries, newest first, and what they tell about it. */
  attempts() {
    const groups = new Map();
    for (const event of [...this.#events.values()].sort((a, b) => b.seq - a.seq)) {
      const number = Math.max(1, event.attempt); // what came before the first start stands with the first attempt
      if (!groups.has(number)) groups.set(number, []);
      groups.get(number).push(event);
    }
    const attempts = [...groups].sort(([a], [b]) => b - a).map(([number, events]) => summary(number, events));
    attempts.forEach((attempt, i) => i > 0 && settle(attempt, attempts[i - 1]));
    return attempts;
  }

  #drop(count) {
    const oldest = [...this.#events.keys()].sort((a, b) => a - b).slice(0, count);
    for (const seq of oldest) this.#events.delete(seq);
    this.start = oldest.at(-1);
  }
}

const STARTS = new Set(["started", "superseded"]);
const ENDS = new Set(["succeeded", "failed", "cancelled", "retry_scheduled"]);

/** An attempt that another one follows is over, also when nobody said so. */
function settle(attempt, next) {
  if (attempt.outcome !== "running" && attempt.outcome !== "pending") return;
  attempt.outcome = "superseded";
  attempt.ended_at = next.started_at;
}

function summary(number, events) {
  const start = events.find((event) => STARTS.has(event.type));
  const end = events.find((event) => ENDS.has(event.type));
  const told = end ?? events.find((event) => !event.type.startsWith("retry_requested")) ?? events[0];
  return {
    number,
    events,
    started_at: start?.at ?? null,
    ended_at: end?.at ?? null,
    outcome: end?.type ?? (start ? "running" : "pending"), // superseded, or what the last event says it ended with
    percent: told.job.progress?.percent ?? null,
  };
}
