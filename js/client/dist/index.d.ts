/** Owns what the package gives to pages. */
export type { Around, Signal } from "./around.js";
export { Client, watch } from "./client.js";
export type { ClientOptions, Closing, OnEvent, OnJob, OnReset, OnState, Watched } from "./client.js";
export type { Pace } from "./ladder.js";
export type { LinkState } from "./link.js";
export { fromJob, jobQueryOptions, jobStatus, jobStatusHook, POLL_MS, StatusError } from "./query.js";
export type { JobQuery, JobStatusAnswer, JobStatusView } from "./query.js";
export { forgetWhenOver, proposalJob, RememberedJob, resume, treeBuildJob } from "./resume.js";
export type { Look, Resumed, Shelf } from "./resume.js";
export { SseOverflow, SseParser } from "./sse.js";
export type { SseEvent, SseReader } from "./sse.js";
export { hasEnded } from "./wire.js";
export type { Eta, Health, Job, JobEvent, JobHeader, JobStatus, Progress, Step, StepStatus } from "./wire.js";
