/** Owns remembering in local storage which job a page follows, so that a reload or another tab goes on with it. */
import type { Client } from "./client.js";
import type { HeaderSource } from "./turn.js";
import { type Job } from "./wire.js";
/** As much of a storage as is used. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;
/** One entry: `active_{name}_job_{projectId}` holds the id of a job. */
export declare class RememberedJob {
    #private;
    readonly key: string;
    constructor(name: string, projectId: string, shelf?: () => Shelf);
    get id(): string | null;
    remember(jobId: string): void;
    /** Forgets the job; with an id only that one: another tab may have begun the next. */
    forget(jobId?: string): void;
    /** Tells what other tabs remember or forget. The answer ends it. */
    onChange(tell: (jobId: string | null) => void): () => void;
}
export declare const proposalJob: (projectId: string, shelf?: () => Shelf) => RememberedJob;
export declare const treeBuildJob: (projectId: string, shelf?: () => Shelf) => RememberedJob;
export interface Look {
    /** Where Headway is mounted. */
    readonly base?: string;
    readonly headers?: HeaderSource;
    readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}
/** A job to go on with. `job` is null where nobody could say how it stands: to watch it will tell. */
export interface Resumed {
    readonly id: string;
    readonly job: Job | null;
}
/** After a reload: the remembered job if it goes on. An entry of a job that ended or is unknown is cleaned. */
export declare function resume(remembered: RememberedJob, look?: Look): Promise<Resumed | null>;
/** Cleans the entry when the client sees its job end, or hears that there is none. The answer ends it. */
export declare function forgetWhenOver(remembered: RememberedJob, client: Client): () => void;
