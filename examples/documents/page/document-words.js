// Owns the sentences about a document: which one a job is about, what came out of it, what its history says. No DOM.

import { counted, stepName } from "./house/words.js";

export function documentId(job) {
  return job.subject?.startsWith("document:") ? job.subject.slice("document:".length) : null;
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
