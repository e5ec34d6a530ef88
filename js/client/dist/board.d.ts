/** Owns what is known of all watched jobs: each event counts once, of states the newest, and a reset replaces everything. */
import { type Job, type JobEvent } from "./wire.js";
/** What a frame did. `job` is null when the job is gone; `event` only when it was not told before. */
export interface Change {
    readonly id: string;
    readonly before: Job | null;
    readonly job: Job | null;
    readonly event: JobEvent | null;
}
/** Something lies between what is known and this frame: only whole states help. */
export declare const HOLE = "hole";
export declare class Board {
    #private;
    constructor(keepEnded?: number);
    get jobs(): ReadonlyMap<string, Job>;
    /** Applies one frame. */
    apply(type: string, data: unknown): readonly Change[] | typeof HOLE;
}
