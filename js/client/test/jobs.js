/** Owns jobs and events as the wire has them, for tests. */

export const ID = "0192a000-0000-7000-8000-000000000001";

export const job = (more = {}) => ({
  id: ID,
  kind: "report",
  status: "running",
  health: "ok",
  attempt: 1,
  progress: { current: 0, total: 10, unit: null, percent: 0, plan_rev: 1 },
  step: null,
  last_step: null,
  message: null,
  result: null,
  error: null,
  eta: null,
  updated_at: "2026-01-01T00:00:00Z",
  finished_at: null,
  last_progress_at: null,
  version: 1,
  seq: 1,
  steps: [],
  ...more,
});

/** The job at a percent. */
export const at = (percent, version, more = {}) =>
  job({ progress: { current: percent / 10, total: 10, unit: null, percent, plan_rev: 1 }, version, ...more });

export const event = (seq, header = {}) => ({
  job_id: header.id ?? ID,
  seq,
  type: "noted",
  attempt: 1,
  step: null,
  message: `line ${seq}`,
  detail: null,
  at: "2026-01-01T00:00:00Z",
  recorded_at: "2026-01-01T00:00:00Z",
  job: { version: seq, seq, percent: null, ...header },
});
