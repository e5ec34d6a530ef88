/** Owns what a bar and the figure beside it say about a job or a step. Pure. */

import { line } from "../app/plain.js";
import * as words from "../app/words.js";
import { isUnwell } from "../app/words.js";

/** What the bar of a job shows. */
export function ofJob(job) {
  const { percent } = job.progress;
  return {
    percent: job.status === "pending" && !percent ? null : percent,
    state: isUnwell(job) && job.health === "lost" ? "lost" : job.status,
    label: `Progress of ${line(words.title(job), 120)}`,
    text: spoken(percent, words.jobCounts(job), job.status),
  };
}

/** What the bar of a step shows. */
export function ofStep(step) {
  return {
    percent: step.percent,
    state: step.status,
    label: `Progress of step ${line(step.name, 120)}`,
    text: spoken(step.percent, words.counts(step), step.status),
  };
}

/** The figure beside a bar: the percent, or what was counted where no percent can be known. */
export function figure(job) {
  const { percent } = job.progress;
  if (job.status === "pending" && !percent) return "";
  return percent == null ? words.counts(job.progress) : words.percent(percent);
}

function spoken(percent, counts, status) {
  const known = percent == null ? unknown(status) : `${percent} percent`;
  return [known, counts.replaceAll("\u202f", "")].filter(Boolean).join(", ");
}

function unknown(status) {
  if (status === "pending") return "not started";
  return status === "running" ? "working, the total is not known" : "how far is not known";
}
