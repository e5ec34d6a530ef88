// Owns the sentences about a job: what it is doing, how long it has, how it ended, what is wrong with it. No DOM.

import { count, duration, stepName, timeLeft, took } from "./words.js";

export function fileName(job) {
  return job.labels?.file ?? job.kind;
}

export function currentStep(job) {
  return job.steps.find((step) => step.name === job.step) ?? null;
}

/** "812 of 3,000 pages" for the step that is running, or nothing where the bar says as much. */
export function stepCount(step) {
  if (!step?.total || step.unit === "%") return "";
  const unit = step.total === 1 ? step.unit?.replace(/s$/, "") : step.unit;
  return `${count(step.current)} of ${count(step.total)} ${unit ?? ""}`.trim();
}

export function doing(job) {
  if (job.cancel_requested_at) return "Stopping";
  if (job.status === "pending") return "Waiting for its turn";
  if (job.status === "waiting") return "Waiting";
  if (job.step) return stepName(job.step);
  return job.steps.some((step) => step.started_at) ? "Between two steps" : "Beginning";
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
