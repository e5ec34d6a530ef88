/** Owns what the package gives to pages. */
export { Client, watch } from "./client.js";
export { fromJob, jobQueryOptions, jobStatus, jobStatusHook, POLL_MS, StatusError } from "./query.js";
export { forgetWhenOver, proposalJob, RememberedJob, resume, treeBuildJob } from "./resume.js";
export { SseOverflow, SseParser } from "./sse.js";
export { hasEnded } from "./wire.js";
