// Owns the sentences about a job: what it is doing, how long it has, how it ended, what is wrong with it. No DOM.

import { counted, count, duration, stepName, timeLeft, took } from "./words.js";

export function documentId(job) {
  return job.subject?.startsWith("document:") ? job.subject.slice("document:".length) : null;
}

export function fileName(job) {
  return job.labels?.file ?? job.kind;
}

export function currentStep(job) {
  return job.steps.find((step) => step.name === job.step) ?? null;
}

/** "812 of 3,000 pages" for the step that is running, or nothing where it does not count. */
export function stepCount(step) {
  if (!step || step.total === null || step.total === undefined) return "";
  return `${count(step.current)} of ${counted(step.total, "page")}`;
}

export function doing(job) {
  if (job.cancel_requested_at) return "Stopping";
  if (job.status === "pending") return "Waiting for its turn";
  if (job.status === "waiting") return "Waiting";
  return job.step ? stepName(job.step) : "Between two steps";
}

export function left(job, now) {
  return job.status === "running" ? (timeLeft(job.eta, now) ?? "no estimate yet") : "";
}

export function runningFor(job, now) {
  if (!job.started_at) return `waiting for ${duration(now - Date.parse(job.created_at))}`;
  return `running for ${duration(now - Date.parse(job.started_at))}`;
}

export function tookAltogether(job) {
  if (!job.started_at || !job.finished_at) return "";
  return took(Date.parse(job.finished_at) - Date.parse(job.started_at));
}

const HEALTH = {
  lost: "Its worker is gone",
  stalled: "No progress for unusually long",
  slow: "Slower than usual",
};

/** What is wrong with a job that has not ended, or nothing. */
export function trouble(job) {
  return HEALTH[job.health] ?? "";
}

const VERDICT = {
  succeeded: { sign: "✓", word: "Done" },
  failed: { sign: "✕", word: "Failed" },
  cancelled: { sign: "–", word: "Cancelled" },
};

export function verdict(job) {
  return VERDICT[job.status] ?? null;
}

/** What came out, in one line. */
export function result(job) {
  if (job.status === "failed") return job.error ?? "Nobody said why.";
  if (job.status === "cancelled") return "It was stopped before its end.";
  if (!job.result) return "";
  const { pages, characters } = job.result;
  return `${counted(pages, "page")} · ${characters ? counted(characters, "character") : "pictures only, no text"}`;
}

const EVENTS = {
  created: "Received",
  started: "Started",
  taken_over: "Taken over by another worker",
  resumed: "Went on",
  noted: "Note",
  succeeded: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
  cancel_requested: "Somebody asked it to stop",
  retry_requested: "Somebody asked for another attempt",
  lost: "Its worker is gone",
  found: "A worker reported again",
};

/** The headline of a history entry; a type that this page has never heard of is shown by its name. */
export function eventTitle(event) {
  if (event.step && event.type.startsWith("step_")) {
    const what = event.type.slice("step_".length);
    return `${stepName(event.step)}: ${what}`;
  }
  return EVENTS[event.type] ?? stepName(event.type);
}
