// Owns the sentences about a file: which one a job is about, where each destination stands, what the log says. No DOM.

import { stepName } from "./house/words.js";

const QUEUE = "queue_";
const UPLOAD = "upload_to_";

/** The statuses as this application says them. */
export const STATUS = {
  pending: "pending",
  running: "in progress",
  succeeded: "success",
  failed: "failure",
  skipped: "skipped",
};

export const SIGNS = { pending: "○", queued: "◔", running: "◐", succeeded: "✓", failed: "✕", skipped: "–" };

export function fileId(job) {
  return job.subject?.startsWith("file:") ? job.subject.slice("file:".length) : null;
}

/** A name for a file that came without one, as from an old log. */
export function fileName(job) {
  return job.labels?.file ?? `File ${fileId(job)}`;
}

export function isMain(step) {
  return !destinationOf(step.name);
}

function destinationOf(name) {
  for (const prefix of [QUEUE, UPLOAD]) if (name.startsWith(prefix)) return name.slice(prefix.length);
  return "";
}

/** Each destination with its two steps: `{name, queue, upload, standing}`, either step undefined where it is not there. */
export function destinations(job) {
  const found = new Map();
  for (const step of job.steps) {
    const name = destinationOf(step.name);
    if (!name) continue;
    if (!found.has(name)) found.set(name, { name });
    found.get(name)[step.name.startsWith(QUEUE) ? "queue" : "upload"] = step;
  }
  return [...found.values()].map((each) => ({ ...each, standing: standing(each) }));
}

/** As the summary counts it: an upload that stands in the line is queued; one that waits for its next try waits. */
function standing({ queue, upload }) {
  if (upload?.status === "failed" && queue?.status === "running") return "waiting";
  if (upload && upload.status !== "pending") return upload.status;
  if (queue?.status === "succeeded") return "queued";
  return queue && queue.status !== "running" ? queue.status : "pending";
}

const STANDING = {
  pending: "Not in the line yet",
  queued: "In the line",
  running: "Being sent",
  succeeded: "Arrived",
  failed: "Not sent",
  skipped: "Skipped",
};

/** Where a destination stands, in a sentence. */
export function standingWords({ standing: at, queue, upload }) {
  if (at === "waiting") return `${upload.error} ${queue.message ?? "It is tried again."}`;
  if (at === "failed") return (upload ?? queue).error ?? STANDING.failed;
  const tries = upload?.attempt > 1 && at !== "queued" ? `, at try ${upload.attempt}` : "";
  return STANDING[at] + tries;
}

const HEAD = {
  pending: "Waiting for its turn",
  waiting: "Waiting for the next try",
  succeeded: "Filed and sent",
  failed: "Failed",
  cancelled: "Stopped",
};

/** What is going on, in a few words. */
export function doing(job) {
  if (job.cancel_requested_at && !job.finished_at) return "Stopping";
  if (HEAD[job.status]) return HEAD[job.status];
  const running = job.steps.filter((step) => step.status === "running");
  const places = destinations(job).filter((each) => each.standing === "running");
  if (places.length) return `Sending to ${places.map((each) => each.name).join(" and ")}`;
  return running.length ? stepName(running.at(-1).name) : "Between two steps";
}

const EVENTS = {
  created: "Received",
  started: "Begun",
  superseded: "Taken over by another worker",
  paused: "Waiting",
  resumed: "Going on",
  steps_added: "Destinations are known",
  noted: "Note",
  succeeded: "Completed",
  failed: "Failed",
  cancelled: "Stopped",
  cancel_requested: "Somebody asked it to stop",
  retry_requested: "Somebody asked for another attempt",
  retry_scheduled: "Interrupted",
  lost: "Its worker is gone",
  found: "A worker reported again",
};

const STEP_EVENTS = {
  step_started: "running",
  step_succeeded: "succeeded",
  step_failed: "failed",
  step_skipped: "skipped",
};

/** The status that an entry of the log is about, or null. */
export function statusOf(event) {
  return STEP_EVENTS[event.type] ?? null;
}

export function eventTitle(event) {
  return EVENTS[event.type] ?? stepName(event.type);
}
