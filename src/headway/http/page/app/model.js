/**
 * Owns the rules by which the frames of a stream become what the page knows of jobs.
 * Pure: no document, no clock, no network. A job is never changed in place, so whoever holds one holds a moment.
 */

const ENDED = new Set(["succeeded", "failed", "cancelled"]);
const ALMOST = 99.9; // the most that is shown before success
const KEPT_ENDED = 1000; // an open page must not grow for ever

export const hasEnded = (job) => ENDED.has(job.status);

/** The job once a whole state of it has come: an older version changes nothing. */
export function withState(known, state) {
  if (known && state.version < known.version) return known;
  return held(known, { ...state, steps: inOrder(state.steps) });
}

/** The job once an event of it has come: its header and its changed steps, unless they are known already. */
export function withEvent(known, event) {
  const { steps = [], percent: _, ...header } = event.job;
  if (header.version <= known.version) return known;
  const merged = withSteps(known.steps, steps);
  const job = { ...known, ...header, last_step: lastBegun(merged), steps: merged };
  if (!("health" in header) && movedSince(known, job)) job.health = "ok";
  const goesOn = job.status === "running" && job.attempt === known.attempt;
  if (!goesOn && !("eta" in header)) job.eta = null; // what was expected was another attempt's, or is over
  return held(known, job);
}

/** Whether an event can be applied to what is known without a hole in between. */
export const follows = (known, event) => event.seq <= known.seq + 1;

/** Steps with some of them changed: merged by name, new names placed by position. */
export function withSteps(steps, partial) {
  const byName = new Map(steps.map((step) => [step.name, step]));
  for (const step of partial) byName.set(step.name, heldStep(byName.get(step.name), step));
  return inOrder([...byName.values()]);
}

/** All that the page knows, and how each frame changes it. */
export class Board {
  jobs = new Map();
  #unproven = null; // after a reset: what the new snapshots have not confirmed yet

  /** Applies one frame. Answers the job before and after, or null when nothing about a job has changed. */
  apply(type, content) {
    if (type === "snapshot" || type === "state") return this.#state(content);
    if (type === "event") return this.#event(content);
    if (type === "reset") this.#unproven = new Set(this.jobs.keys());
    if (type === "synced") this.#proven();
    return null;
  }

  /** Whether a frame tells something that is not known here. */
  isNews(type, content) {
    const known = this.jobs.get(type === "event" ? content.job_id : content.id);
    if (!known) return true;
    return type === "event" ? content.seq > known.seq : content.version > known.version;
  }

  /** Forgets the oldest ended jobs beyond what an open page may keep. */
  prune(keep = KEPT_ENDED) {
    const ended = [...this.jobs.values()].filter(hasEnded);
    if (ended.length <= keep) return;
    ended.sort((a, b) => (a.finished_at < b.finished_at ? -1 : 1));
    for (const job of ended.slice(0, ended.length - keep)) this.jobs.delete(job.id);
  }

  #state(state) {
    // After a reset the store may be another one, or an older one: what it says replaces what was known.
    const before = this.#unproven?.delete(state.id) ? undefined : this.jobs.get(state.id);
    return this.#keep(state.id, before, withState(before, state));
  }

  #event(event) {
    const before = this.jobs.get(event.job_id);
    if (!before) return { id: event.job_id, hole: true };
    if (!follows(before, event)) return { id: event.job_id, hole: true };
    return this.#keep(event.job_id, before, withEvent(before, event));
  }

  #keep(id, before, after) {
    if (before === after) return null;
    this.jobs.set(id, after);
    return { id, before, after };
  }

  #proven() {
    for (const id of this.#unproven ?? []) this.jobs.delete(id);
    this.#unproven = null;
  }
}

/** A shown percent never goes back within an attempt, whatever was sent. */
function held(before, after) {
  const shown = before?.progress.percent;
  const next = after.progress.percent;
  if (before?.attempt !== after.attempt || shown == null || next == null || next >= shown) return after;
  const percent = Math.min(shown, after.status === "succeeded" ? 100 : ALMOST);
  return { ...after, progress: { ...after.progress, percent } };
}

function lastBegun(steps) {
  let last = null;
  for (const step of steps) if (step.started_at && (!last || step.started_at >= last.started_at)) last = step;
  return last && last.name;
}

function heldStep(before, partial) {
  if (!before) return partial;
  const after = { ...before, ...partial };
  const again = before.attempt !== after.attempt || after.status === "pending";
  if (!again && before.percent != null && after.percent != null && after.percent < before.percent)
    after.percent = before.percent;
  return after;
}

/** Slow and stalled are judged when a state is read; an event that shows progress takes them back. */
function movedSince(known, job) {
  return (known.health === "slow" || known.health === "stalled") && job.last_progress_at !== known.last_progress_at;
}

function inOrder(steps) {
  return steps.every((step, i) => i === 0 || steps[i - 1].position <= step.position)
    ? steps
    : [...steps].sort((a, b) => a.position - b.position);
}
