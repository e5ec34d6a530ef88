// Owns the rows of a list of jobs: in which order they stand, and that only what is out of place moves.

/** Those that run before those that wait, and each in the order in which they came. */
export function inTurn(one, other) {
  const waits = (job) => (job.status === "pending" ? 1 : 0);
  return waits(one) - waits(other) || one.created_at.localeCompare(other.created_at);
}

export function newestFirst(one, other) {
  return other.finished_at.localeCompare(one.finished_at);
}

/** One row for each job, with its `element`, and its `link` that can have the focus. */
export class Roll {
  #rows = new Map();

  get rows() {
    return this.#rows.values();
  }

  /** Forget the rows of all other jobs. */
  keep(jobs) {
    const ids = new Set(jobs.map((job) => job.id));
    for (const id of this.#rows.keys()) if (!ids.has(id)) this.#rows.delete(id);
  }

  /** The rows of these jobs, in the list and in this order. A row of another kind than `kindOf(job)` is made anew. */
  arrange(list, jobs, kindOf, make) {
    const rows = jobs.map((job) => this.#row(job, kindOf(job), make));
    place(list, rows.map((row) => row.element));
    for (const row of rows) {
      if (row.takesFocus) row.link.focus({ preventScroll: true });
      row.takesFocus = false;
    }
    return rows;
  }

  /** A row that gives way hands on the focus. */
  #row(job, kind, make) {
    const known = this.#rows.get(job.id);
    if (known?.kind === kind) return known;
    const row = make(job);
    row.kind = kind;
    row.takesFocus = Boolean(known?.element.contains(document.activeElement));
    this.#rows.set(job.id, row);
    return row;
  }
}

/** Put elements into a list in this order; a moved node would lose its focus. */
export function place(list, elements) {
  const stay = new Set(elements);
  for (const child of [...list.children]) if (!stay.has(child)) child.remove();
  elements.forEach((element, at) => {
    if (list.children[at] !== element) list.insertBefore(element, list.children[at] ?? null);
  });
}
