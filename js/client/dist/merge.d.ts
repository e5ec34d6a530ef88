/**
 * Owns the rules by which a job that is known becomes the job after a frame. Pure: a job is never changed in place, so
 * whoever holds one holds a moment.
 */
import type { Job, JobEvent } from "./wire.js";
/** The job once a whole state of it has come: an older version changes nothing. */
export declare function withState(known: Job | undefined, state: Job): Job;
/** The job once an event of it has come: its header and its changed steps, unless they are known already. */
export declare function withEvent(known: Job, event: JobEvent): Job;
