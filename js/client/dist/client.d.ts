/** Owns watching jobs from a page: what is known of them, who wants to hear of it, and how it stands with the server. */
import { type Around } from "./around.js";
import { type Pace } from "./ladder.js";
import { type LinkState } from "./link.js";
import type { HeaderSource } from "./turn.js";
import { type Job, type JobEvent } from "./wire.js";
/** What to watch: one job, or all jobs with these facts. */
export interface Watched {
    readonly job?: string;
    readonly kind?: string;
    readonly project?: string;
    readonly subject?: string;
    readonly parent?: string;
}
export interface ClientOptions extends Watched {
    /** Where Headway is mounted: `/` by default, `/headway/` in somebody's application, or a whole address. */
    readonly base?: string;
    /** Instead of base and facts: the address of a route that streams and polls as `/v1/events` does. */
    readonly url?: string;
    /** Sent with each request, such as `X-Session-Token`. */
    readonly headers?: HeaderSource;
    readonly credentials?: RequestCredentials;
    readonly pace?: Partial<Pace>;
    /** How many ended jobs are kept. */
    readonly keepEnded?: number;
    /** For tests. */
    readonly around?: Partial<Around>;
}
/** Why nothing more comes. `status` of a refusal is that of HTTP, 0 of headers that no request can carry. */
export interface Closing {
    readonly kind: "ended" | "refused" | "closed";
    readonly status: number | null;
    readonly reason: string;
}
/** `job` is null when it is gone: the store behind the server is another one now. */
export type OnJob = (job: Job | null, id: string, before: Job | null) => void;
export type OnEvent = (event: JobEvent, job: Job) => void;
export type OnState = (state: LinkState, why: string) => void;
export type OnReset = (reason: string) => void;
export declare class Client {
    #private;
    constructor(options?: ClientOptions);
    get state(): LinkState;
    /** Why it is closed, or null while it is not. */
    get closing(): Closing | null;
    get jobs(): ReadonlyMap<string, Job>;
    job(id: string): Job | undefined;
    /** Begins; after a close, goes on where it stood. */
    open(): this;
    /** Ends for good: nothing is open, waits or is told after it. */
    close(): void;
    /** Tells each change of a job, or of all jobs without an id. The answer ends it. */
    onJob(tell: OnJob, id?: string): () => void;
    /** Tells each entry of a history once, in order. */
    onEvent(tell: OnEvent): () => void;
    onState(tell: OnState): () => void;
    /** Tells that continuity could not be proven: whole snapshots follow, and entries of histories may be missing. */
    onReset(tell: OnReset): () => void;
}
/** A client that has begun. */
export declare const watch: (options?: ClientOptions) => Client;
