/** Owns what is known of all watched jobs: each event counts once, of states the newest, and a reset replaces everything. */

import { withEvent, withState } from "./merge.js";
import { hasEnded, type Job, type JobEvent } from "./wire.js";

/** What a frame did. `job` is null when the job is gone; `event` only when it was not told before. */
export interface Change {
  readonly id: string;
  readonly before: Job | null;
  readonly job: Job | null;
  readonly event: JobEvent | null;
}

/** Something lies between what is known and this frame: only whole states help. */
export const HOLE = "hole";

const NOTHING: readonly Change[] = [];

export class Board {
  readonly #jobs = new Map<string, Job>();
  readonly #told = new Map<string, number>(); // by job, the last event that was told; its state may be ahead of that
  readonly #keepEnded: number;
  #unproven: Set<string> | null = null; // after a reset: what the new snapshots have not confirmed yet
  #ended = 0; // ended jobs that came since the last look at how many there are

  constructor(keepEnded = 1000) {
    this.#keepEnded = keepEnded;
  }

  get jobs(): ReadonlyMap<string, Job> {
    return this.#jobs;
  }

  /** Applies one frame. */
  apply(type: string, data: unknown): readonly Change[] | typeof HOLE {
    switch (type) {
      case "snapshot":
      case "state":
        return this.#state(data as Job);
      case "event":
        return this.#event(data as JobEvent);
      case "reset":
        this.#unproven = new Set(this.#jobs.keys());
        return NOTHING;
      case "synced":
        return this.#proven();
      default:
        return NOTHING; // marks move cursors only, and what a newer server says besides is not for us
    }
  }

  #state(state: Job): readonly Change[] {
    const before = this.#jobs.get(state.id);
    if (!this.#unproven?.delete(state.id)) return this.#keep(before, withState(before, state), null);
    // The store may be another one, or an older one: what it says replaces what was known.
    this.#told.set(state.id, Math.min(this.#told.get(state.id) ?? 0, state.seq));
    return this.#keep(before, withState(undefined, state), null);
  }

  #event(event: JobEvent): readonly Change[] | typeof HOLE {
    const [before, told] = [this.#jobs.get(event.job_id), this.#told.get(event.job_id) ?? 0];
    if (!before || event.seq > Math.max(before.seq, told) + 1) return HOLE;
    if (event.seq <= told) return NOTHING;
    this.#told.set(event.job_id, event.seq);
    return this.#keep(before, withEvent(before, event), event);
  }

  #keep(before: Job | undefined, job: Job, event: JobEvent | null): readonly Change[] {
    if (before === job && event === null) return NOTHING;
    this.#jobs.set(job.id, job);
    if (hasEnded(job) && !(before && hasEnded(before))) this.#prune();
    return [{ id: job.id, before: before ?? null, job, event }];
  }

  #proven(): readonly Change[] {
    const gone = [...(this.#unproven ?? [])];
    this.#unproven = null;
    return gone.map((id) => this.#forget(id));
  }

  #forget(id: string): Change {
    const before = this.#jobs.get(id) ?? null;
    this.#jobs.delete(id);
    this.#told.delete(id);
    return { id, before, job: null, event: null };
  }

  /** An open page must not grow for ever: of ended jobs the newest stay. It looks only now and then. */
  #prune(): void {
    if (++this.#ended <= this.#keepEnded / 4) return;
    this.#ended = 0;
    const ended = [...this.#jobs.values()].filter(hasEnded);
    ended.sort((a, b) => ((a.finished_at ?? "") < (b.finished_at ?? "") ? -1 : 1));
    for (const job of ended.slice(0, Math.max(0, ended.length - this.#keepEnded))) this.#forget(job.id);
  }
}
