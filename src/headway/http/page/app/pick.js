/** Owns which jobs the list shows, in which sections and in which order. Pure. */

import { hasEnded } from "./model.js";
import { isUnwell } from "./words.js";

/** The choices of the filter. `live`: the page knows every job of it, so that a count can be told. */
export const CHOICES = [
  { name: "all", label: "All", admits: () => true },
  { name: "running", label: "Running", live: true, admits: (job) => job.status === "running" },
  { name: "stuck", label: "Stuck", live: true, admits: isUnwell },
  { name: "waiting", label: "Waiting", live: true, admits: (job) => job.status === "waiting" },
  { name: "pending", label: "Pending", live: true, admits: (job) => job.status === "pending" },
  { name: "failed", label: "Failed", admits: (job) => job.status === "failed" },
  { name: "succeeded", label: "Succeeded", admits: (job) => job.status === "succeeded" },
  { name: "cancelled", label: "Cancelled", admits: (job) => job.status === "cancelled" },
];

const SECTIONS = [
  { name: "Running", holds: (job) => job.status === "running", newest: "started_at" },
  { name: "Waiting", holds: (job) => job.status === "waiting", newest: "updated_at" },
  { name: "Pending", holds: (job) => job.status === "pending", newest: "created_at" },
  { name: "Ended", holds: hasEnded, newest: "finished_at" },
];

export const choice = (name) => CHOICES.find((one) => one.name === name) ?? CHOICES[0];

/** The sections that are not empty, each `{name, jobs}` with its newest jobs first; their places hold still. */
export function sections(jobs, { status, search }) {
  const { admits } = choice(status);
  const shown = jobs.filter((job) => admits(job) && matches(job, search));
  return SECTIONS.map(({ name, holds, newest }) => ({ name, jobs: shown.filter(holds).sort(by(newest)) })).filter(
    (section) => section.jobs.length > 0,
  );
}

/** How many jobs each choice has whose jobs are all known. */
export function totals(jobs) {
  return new Map(CHOICES.filter((one) => one.live).map(({ name, admits }) => [name, jobs.filter(admits).length]));
}

/** Whether every word is found in what a job is about. */
export function matches(job, search) {
  const text = [job.kind, job.subject, job.id, job.project, job.external_id, job.step, job.message]
    .filter((part) => part != null)
    .join("\n")
    .toLowerCase();
  return search.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function by(field) {
  return (a, b) => {
    const [x, y] = [a[field] ?? "", b[field] ?? ""];
    if (x === y) return a.id < b.id ? 1 : -1;
    return x < y ? 1 : -1;
  };
}
