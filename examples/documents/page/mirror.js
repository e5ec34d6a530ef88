// Owns this page's copy of the jobs: it takes the frames of a stream and is, at any time, what the server last said.

const ENDED = new Set(["succeeded", "failed", "cancelled"]);

export function hasEnded(job) {
  return ENDED.has(job.status);
}

/** Jobs by id. `take` answers with the jobs that changed, each as `{before, after}`. */
export class Mirror {
  #jobs = new Map();
  #unconfirmed = null;

  get jobs() {
    return this.#jobs.values();
  }

  get(id) {
    return this.#jobs.get(id);
  }

  take(name, content) {
    switch (name) {
      case "snapshot":
        this.#unconfirmed?.delete(content.id);
        return this.#replace(content);
      case "state":
        return this.#replace(content);
      case "event":
        return this.#merge(content);
      case "reset":
        // Whole snapshots follow; what is not among them when they are through is no longer there.
        this.#unconfirmed = new Set(this.#jobs.keys());
        return [];
      case "synced":
        return this.#dropUnconfirmed();
      default:
        return [];
    }
  }

  #replace(job) {
    const before = this.#jobs.get(job.id);
    // A frame that was under way when a newer one was sent must not turn the bar back.
    if (before && job.version < before.version && !this.#unconfirmed) return [];
    this.#jobs.set(job.id, job);
    return [{ before, after: job }];
  }

  #merge(event) {
    const before = this.#jobs.get(event.job_id);
    if (!before || event.job.version <= before.version) return [];
    const { steps = [], percent: _percent, ...header } = event.job;
    const after = { ...before, ...header, steps: mergedSteps(before.steps, steps) };
    this.#jobs.set(after.id, after);
    return [{ before, after }];
  }

  #dropUnconfirmed() {
    const gone = [...(this.#unconfirmed ?? [])].map((id) => ({ before: this.#jobs.get(id), after: undefined }));
    for (const { before } of gone) this.#jobs.delete(before.id);
    this.#unconfirmed = null;
    return gone;
  }
}

function mergedSteps(known, changes) {
  const steps = new Map(known.map((step) => [step.name, step]));
  for (const change of changes) steps.set(change.name, { ...steps.get(change.name), ...change });
  return [...steps.values()].sort((one, other) => one.position - other.position);
}
