/**
 * Owns following one job by polls with TanStack Query: which options make it ask, keep, and stop; and what a page shows
 * of the answer. It needs no import of the library: options are plain values, the hook is given.
 */
export declare const POLL_MS = 2500;
/** A job in the words of an upload's page. */
export interface JobStatusAnswer {
    readonly status: "pending" | "processing" | "completed" | "failed";
    readonly stage: string | null;
    readonly progress: number;
    readonly resultId: string | null;
    readonly updatedAt: string;
    readonly errorMessage?: string | null;
}
export interface JobQuery {
    /** Without a job nothing is asked. */
    readonly jobId: string | null | undefined;
    /** The token of a session: without one nothing is asked. It is sent as a header and is no part of the key. */
    readonly session: string | null | undefined;
    /** Where a job's status is. */
    readonly url?: (jobId: string) => string;
    readonly headers?: (session: string) => Readonly<Record<string, string>>;
    /** Makes the answer of another route one of these: `fromJob` for `/v1/jobs/{id}`. */
    readonly read?: (body: unknown) => JobStatusAnswer;
    readonly intervalMs?: number;
    readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}
/** The server said no, or answered something else than a status. */
export declare class StatusError extends Error {
    readonly status: number;
    readonly code: string | null;
    readonly name = "StatusError";
    constructor(status: number, code: string | null, message: string);
    /** Whether asking again would change nothing. */
    get final(): boolean;
}
/** As much of a query as the options look at. */
interface Asked {
    readonly queryKey: readonly unknown[];
    readonly state: {
        readonly data: JobStatusAnswer | undefined;
        readonly error: Error | null;
    };
}
/** Options for `useQuery`, `QueryObserver` or `fetchQuery`. */
export declare function jobQueryOptions(asked: JobQuery): {
    queryKey: readonly ["headway-job", string | null];
    queryFn: ({ signal }?: {
        signal?: AbortSignal;
    }) => Promise<JobStatusAnswer>;
    enabled: boolean;
    refetchInterval: (query: Asked) => number | false;
    staleTime: (query: Asked) => number;
    retry: (failures: number, error: Error) => boolean;
    placeholderData: (previous: JobStatusAnswer | undefined, query?: Asked) => JobStatusAnswer | undefined;
};
/** What a page shows. */
export interface JobStatusView {
    readonly status: JobStatusAnswer["status"] | null;
    readonly stage: string | null;
    readonly progress: number;
    readonly resultId: string | null;
    readonly isLoading: boolean;
    readonly isComplete: boolean;
    readonly isFailed: boolean;
    /** Why it cannot be asked, or why the job failed. */
    readonly error: Error | null;
}
/** As much of a query's result as the view needs. */
export interface QueryResult {
    readonly data: JobStatusAnswer | undefined;
    readonly isLoading: boolean;
    readonly error: Error | null;
}
export declare function jobStatus({ data, isLoading, error }: QueryResult): JobStatusView;
/** The hook, made with the page's own `useQuery`. */
export declare const jobStatusHook: (useQuery: (options: ReturnType<typeof jobQueryOptions>) => QueryResult) => (asked: JobQuery) => JobStatusView;
/** A job of `/v1/jobs/{id}` in these words. A result with an `id` has that as its id. */
export declare function fromJob(body: unknown): JobStatusAnswer;
export {};
