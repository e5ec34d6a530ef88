/** Owns the types of what comes over the wire, by the names that it has there. */

export type JobStatus = "pending" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";
export type StepStatus = "pending" | "running" | "succeeded" | "failed" | "skipped";
export type Health = "ok" | "slow" | "stalled" | "lost";

/** `percent` is null where the total is not known: that is not 0 %. */
export interface Progress {
  readonly current: number;
  readonly total: number | null;
  readonly unit: string | null;
  readonly percent: number | null;
  readonly plan_rev: number;
}

export interface Step {
  readonly name: string;
  readonly group: string;
  readonly position: number;
  readonly weight: number | null;
  readonly status: StepStatus;
  readonly attempt: number;
  readonly current: number;
  readonly total: number | null;
  readonly unit: string | null;
  readonly percent: number | null;
  readonly message: string | null;
  readonly error: string | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
}

export interface Eta {
  readonly at: string | null;
  readonly low: string | null;
  readonly high: string | null;
  readonly basis: "history" | "rate" | "none";
  readonly n: number;
}

/** A whole job. Times are RFC 3339 in UTC. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly status: JobStatus;
  readonly reason: string | null;
  readonly health: Health;
  readonly attempt: number;
  readonly project: string | null;
  readonly tenant: string | null;
  readonly subject: string | null;
  readonly external_id: string | null;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly parent_id: string | null;
  readonly progress: Progress;
  readonly step: string | null;
  /** The step that was begun last in this attempt: where a job that failed has ended. */
  readonly last_step: string | null;
  readonly message: string | null;
  readonly result: unknown;
  readonly error: string | null;
  readonly eta: Eta | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly updated_at: string;
  readonly last_progress_at: string | null;
  readonly cancel_requested_at: string | null;
  readonly due_at: string | null;
  readonly version: number;
  readonly seq: number;
  readonly steps: readonly Step[];
}

/** What an event changed in its job: fields to put over a copy of it, and steps to merge by name. */
export type JobHeader = Partial<Omit<Job, "steps">> & {
  readonly version: number;
  readonly seq: number;
  readonly percent: number | null;
  readonly steps?: readonly (Partial<Step> & { readonly name: string })[];
};

/** An entry of a job's history. */
export interface JobEvent {
  readonly job_id: string;
  readonly seq: number;
  readonly type: string;
  readonly attempt: number;
  readonly step: string | null;
  readonly message: string | null;
  readonly detail: unknown;
  readonly at: string;
  readonly recorded_at: string;
  readonly job: JobHeader;
}

/** The answer to a poll. */
export interface Page {
  readonly items: readonly { readonly event: string; readonly data: unknown }[];
  readonly next_cursor: string | null;
}

const ENDED: ReadonlySet<JobStatus> = new Set(["succeeded", "failed", "cancelled"]);

/** Whether nothing more will happen to the job, unless somebody asks for a retry. */
export const hasEnded = (job: { readonly status: JobStatus }): boolean => ENDED.has(job.status);
