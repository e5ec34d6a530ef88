/** Owns the words that the page uses for what it is told: statuses, reasons, counts, history. Pure. */

import { hasEnded } from "./model.js";

const STATUS = {
  pending: "Pending",
  running: "Running",
  waiting: "Waiting",
  succeeded: "Succeeded",
  failed: "Failed",
  cancelled: "Cancelled",
  skipped: "Skipped",
};
const WAITS = { retry: "for its next attempt", child: "for other jobs", input: "for input", schedule: "for its time" };
const FAILURES = { error: "", timeout: "timed out", lost: "its worker was lost", expired: "expired" };
const HEALTH = { slow: "Slow", stalled: "Stalled", lost: "Lost" };
const HEALTH_SENTENCE = {
  slow: "This step takes longer than it usually does.",
  stalled: "Its worker is alive, but nothing has advanced for longer than usual.",
  lost: "No worker holds this job any more: nobody is known to work on it.",
};
const BASIS = { history: "from earlier jobs of its kind", rate: "from its pace so far" };

const EVENTS = {
  created: "Created",
  started: "Started",
  superseded: "Taken over by a new attempt",
  resumed: "Went on",
  retry_scheduled: "Failed, to be tried again",
  paused: "Waits",
  succeeded: "Succeeded",
  failed: "Failed",
  cancelled: "Cancelled",
  cancel_requested: "Asked to stop",
  retry_requested: "Asked to try again",
  lost: "Lost",
  found: "Found again",
  report_refused: "A report was refused",
  steps_added: "Steps added",
};
const STEP_EVENTS = { started: "started", succeeded: "done", failed: "failed", skipped: "skipped" };

export const status = (name) => STATUS[name] ?? name;
export const health = (name) => HEALTH[name] ?? name;
export const healthSentence = (name) => HEALTH_SENTENCE[name] ?? null;
export const basis = (name) => BASIS[name] ?? "";

/** Whether an ETA of this job means anything: somebody works on it and was not asked to stop. */
export const isExpected = (job) => job.status === "running" && !job.cancel_requested_at && !["stalled", "lost"].includes(job.health);

/** Whether something is known to be wrong with the work on a job that has not ended. */
export const isUnwell = (job) => !hasEnded(job) && job.health in HEALTH;

/** Status with its reason: Waiting for input, Failed: timed out. */
export function statusAndReason(job) {
  if (job.status === "waiting") return `Waiting ${WAITS[job.reason] ?? ""}`.trim();
  const why = job.status === "failed" ? FAILURES[job.reason] ?? job.reason : "";
  return why ? `${status(job.status)}: ${why}` : status(job.status);
}

/** 42.7 %, as the server rounded it. */
export const percent = (value) => `${value === 100 ? 100 : value.toFixed(1)}\u202f%`;

/** 48 of 120 pages; 1 204 pages; nothing where nothing was counted. */
export function counts({ current, total, unit }, fallback = "") {
  const named = unit ?? fallback;
  if (total == null) return current > 0 ? `${number(current)} ${named}`.trim() : "";
  return `${number(current)} of ${number(total)} ${named}`.trim();
}

export const jobCounts = (job) => counts(job.progress, job.steps.length > 0 ? "steps" : "");

/** 12 345 678, with narrow spaces. */
export const number = (value) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");

/** What an entry of the history says happened, and to which step. */
export function happened(event) {
  const step = /^step_(started|succeeded|failed|skipped)$/.exec(event.type);
  if (step && event.step != null) return { step: event.step, text: STEP_EVENTS[step[1]] };
  if (event.type === "paused") return { step: null, text: `Waits ${WAITS[event.detail?.reason] ?? ""}`.trim() };
  return { step: event.step, text: EVENTS[event.type] ?? (event.type === "noted" ? "" : event.type.replaceAll("_", " ")) };
}

/** How a job is called in one line of plain text. */
export const title = (job) => (job.subject == null ? job.kind : `${job.kind} ${job.subject}`);
