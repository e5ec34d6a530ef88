/** Owns the types of what comes over the wire, by the names that it has there. */
const ENDED = new Set(["succeeded", "failed", "cancelled"]);
/** Whether nothing more will happen to the job, unless somebody asks for a retry. */
export const hasEnded = (job) => ENDED.has(job.status);
