/**
 * Owns following one job by polls with TanStack Query: which options make it ask, keep, and stop; and what a page shows
 * of the answer. It needs no import of the library: options are plain values, the hook is given.
 */
import { PATIENCE_MS, within } from "./patience.js";
import { hasEnded } from "./wire.js";
export const POLL_MS = 2_500;
const TRIES = 3; // of one question, before its error is shown
/** The server said no, or answered something else than a status. */
export class StatusError extends Error {
    status;
    code;
    name = "StatusError";
    constructor(status, code, message) {
        super(message);
        this.status = status;
        this.code = code;
    }
    /** Whether asking again would change nothing. */
    get final() {
        return this.status === 401 || this.status === 403 || this.status === 404;
    }
}
/** Options for `useQuery`, `QueryObserver` or `fetchQuery`. */
export function jobQueryOptions(asked) {
    const { jobId, session, intervalMs = POLL_MS } = asked;
    return {
        queryKey: ["headway-job", jobId ?? null],
        queryFn: ({ signal } = {}) => answered(asked, signal),
        enabled: Boolean(jobId && session),
        refetchInterval: (query) => (isOver(query) ? false : intervalMs),
        // What has ended is not asked for again either when a window gets the focus or a component comes back.
        staleTime: (query) => (isOver(query) ? Number.POSITIVE_INFINITY : 0),
        retry: (failures, error) => !isFinal(error) && failures < TRIES,
        // Of the same job only: another one's percent and result would be a lie.
        placeholderData: (previous, query) => jobId && query?.queryKey[1] === jobId ? previous : undefined,
    };
}
export function jobStatus({ data, isLoading, error }) {
    return {
        status: data?.status ?? null,
        stage: data?.stage ?? null,
        progress: data?.progress ?? 0,
        resultId: data?.resultId ?? null,
        isLoading,
        isComplete: data?.status === "completed",
        isFailed: data?.status === "failed",
        error: error ?? failureOf(data),
    };
}
/** The hook, made with the page's own `useQuery`. */
export const jobStatusHook = (useQuery) => (asked) => jobStatus(useQuery(jobQueryOptions(asked)));
/** A job of `/v1/jobs/{id}` in these words. A result with an `id` has that as its id. */
export function fromJob(body) {
    const job = body;
    const status = hasEnded(job) ? (job.status === "succeeded" ? "completed" : "failed") : job.status === "pending" ? "pending" : "processing";
    return {
        status,
        stage: status === "completed" ? "complete" : status === "failed" ? "failed" : job.step,
        progress: Math.floor(job.progress.percent ?? 0),
        resultId: status === "completed" ? resultId(job.result) : null,
        updatedAt: job.updated_at,
        errorMessage: status === "failed" ? (job.error ?? job.status) : null,
    };
}
async function answered(asked, signal) {
    const { jobId, session, url = statusUrl, headers = sessionHeader, read = asIs, fetch = globalThis.fetch } = asked;
    if (!jobId || !session)
        throw new StatusError(0, null, "A job and a session are needed to ask.");
    const [address, sent] = [url(jobId), { Accept: "application/json", ...headers(session) }];
    return within(PATIENCE_MS, signal, async (signal) => {
        const answer = await fetch(address, { headers: sent, signal });
        const body = await answer.json().catch(() => null);
        if (!answer.ok)
            throw refusal(answer.status, body);
        if (body === null || typeof body !== "object")
            throw new StatusError(0, null, "Something that is no status was answered.");
        return read(body);
    });
}
const statusUrl = (jobId) => `/api/status/${encodeURIComponent(jobId)}`;
const sessionHeader = (session) => ({ "X-Session-Token": session });
function asIs(body) {
    const answer = body;
    if (typeof answer.status !== "string")
        throw new StatusError(0, null, "Something that is no status was answered.");
    return answer;
}
/** Two shapes say why: `{error: {code}}`, and a problem with its sentence. */
function refusal(status, body) {
    const { error, detail, title, type } = (body ?? {});
    const said = error?.message ?? detail ?? title ?? `The server answered ${status}.`;
    return new StatusError(status, error?.code ?? type ?? null, String(said));
}
const isOver = ({ state: { data, error } }) => data?.status === "completed" || data?.status === "failed" || isFinal(error);
const isFinal = (error) => error instanceof StatusError && error.final;
const failures = new WeakMap();
/** One error for one answer: an effect that depends on it runs once. */
function failureOf(data) {
    if (data?.status !== "failed" || !data.errorMessage)
        return null;
    const error = failures.get(data) ?? new Error(data.errorMessage);
    failures.set(data, error);
    return error;
}
function resultId(result) {
    const id = typeof result === "object" && result !== null && "id" in result ? result.id : result;
    return typeof id === "string" || typeof id === "number" ? String(id) : null;
}
