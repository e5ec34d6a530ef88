/**
 * Owns following one job by polls with TanStack Query: which options make it ask, keep, and stop; and what a page shows
 * of the answer. It needs no import of the library: options are plain values, the hook is given.
 */

import { PATIENCE_MS, within } from "./patience.js";
import { hasEnded, type Job } from "./wire.js";

export const POLL_MS = 2_500;
const TRIES = 3; // of one question, before its error is shown

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
export class StatusError extends Error {
  override readonly name = "StatusError";

  constructor(
    readonly status: number,
    readonly code: string | null,
    message: string,
  ) {
    super(message);
  }

  /** Whether asking again would change nothing. */
  get final(): boolean {
    return this.status === 401 || this.status === 403 || this.status === 404;
  }
}

/** As much of a query as the options look at. */
interface Asked {
  readonly queryKey: readonly unknown[];
  readonly state: { readonly data: JobStatusAnswer | undefined; readonly error: Error | null };
}

/** Options for `useQuery`, `QueryObserver` or `fetchQuery`. */
export function jobQueryOptions(asked: JobQuery) {
  const { jobId, session, intervalMs = POLL_MS } = asked;
  return {
    queryKey: ["headway-job", jobId ?? null] as const,
    queryFn: ({ signal }: { signal?: AbortSignal } = {}) => answered(asked, signal),
    enabled: Boolean(jobId && session),
    refetchInterval: (query: Asked) => (isOver(query) ? (false as const) : intervalMs),
    // What has ended is not asked for again either when a window gets the focus or a component comes back.
    staleTime: (query: Asked) => (isOver(query) ? Number.POSITIVE_INFINITY : 0),
    retry: (failures: number, error: Error) => !isFinal(error) && failures < TRIES,
    // Of the same job only: another one's percent and result would be a lie.
    placeholderData: (previous: JobStatusAnswer | undefined, query?: Asked) =>
      jobId && query?.queryKey[1] === jobId ? previous : undefined,
  };
}

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

export function jobStatus({ data, isLoading, error }: QueryResult): JobStatusView {
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
export const jobStatusHook =
  (useQuery: (options: ReturnType<typeof jobQueryOptions>) => QueryResult) =>
  (asked: JobQuery): JobStatusView =>
    jobStatus(useQuery(jobQueryOptions(asked)));

/** A job of `/v1/jobs/{id}` in these words. A result with an `id` has that as its id. */
export function fromJob(body: unknown): JobStatusAnswer {
  const job = body as Job;
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

async function answered(asked: JobQuery, signal: AbortSignal | undefined): Promise<JobStatusAnswer> {
  const { jobId, session, url = statusUrl, headers = sessionHeader, read = asIs, fetch = globalThis.fetch } = asked;
  if (!jobId || !session) throw new StatusError(0, null, "A job and a session are needed to ask.");
  const [address, sent] = [url(jobId), { Accept: "application/json", ...headers(session) }];
  return within(PATIENCE_MS, signal, async (signal) => {
    const answer = await fetch(address, { headers: sent, signal });
    const body: unknown = await answer.json().catch(() => null);
    if (!answer.ok) throw refusal(answer.status, body);
    if (body === null || typeof body !== "object") throw new StatusError(0, null, "Something that is no status was answered.");
    return read(body);
  });
}

const statusUrl = (jobId: string): string => `/api/status/${encodeURIComponent(jobId)}`;
const sessionHeader = (session: string) => ({ "X-Session-Token": session });

function asIs(body: unknown): JobStatusAnswer {
  const answer = body as JobStatusAnswer;
  if (typeof answer.status !== "string") throw new StatusError(0, null, "Something that is no status was answered.");
  return answer;
}

/** Two shapes say why: `{error: {code}}`, and a problem with its sentence. */
function refusal(status: number, body: unknown): StatusError {
  const { error, detail, title, type } = (body ?? {}) as Record<string, any>;
  const said = error?.message ?? detail ?? title ?? `The server answered ${status}.`;
  return new StatusError(status, error?.code ?? type ?? null, String(said));
}

const isOver = ({ state: { data, error } }: Asked): boolean =>
  data?.status === "completed" || data?.status === "failed" || isFinal(error);

const isFinal = (error: unknown): boolean => error instanceof StatusError && error.final;

const failures = new WeakMap<JobStatusAnswer, Error>();

/** One error for one answer: an effect that depends on it runs once. */
function failureOf(data: JobStatusAnswer | undefined): Error | null {
  if (data?.status !== "failed" || !data.errorMessage) return null;
  const error = failures.get(data) ?? new Error(data.errorMessage);
  failures.set(data, error);
  return error;
}

function resultId(result: unknown): string | null {
  const id = typeof result === "object" && result !== null && "id" in result ? result.id : result;
  return typeof id === "string" || typeof id === "number" ? String(id) : null;
}
