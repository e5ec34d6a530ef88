/** Owns remembering in local storage which job a page follows, so that a reload or another tab goes on with it. */

import type { Client } from "./client.js";
import { PATIENCE_MS, within } from "./patience.js";
import type { HeaderSource } from "./turn.js";
import { hasEnded, type Job } from "./wire.js";

/** As much of a storage as is used. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** One entry: `active_{name}_job_{projectId}` holds the id of a job. */
export class RememberedJob {
  readonly key: string;
  readonly #shelf: () => Shelf;
  #here: string | null = null; // what this page remembers where the storage refuses

  constructor(name: string, projectId: string, shelf: () => Shelf = () => globalThis.localStorage) {
    this.key = `active_${name}_job_${projectId}`;
    this.#shelf = shelf;
  }

  get id(): string | null {
    return this.#here ?? (this.#tried((shelf) => shelf.getItem(this.key)) || null);
  }

  remember(jobId: string): void {
    const kept = this.#tried((shelf) => (shelf.setItem(this.key, jobId), true));
    this.#here = kept ? null : jobId;
  }

  /** Forgets the job; with an id only that one: another tab may have begun the next. */
  forget(jobId?: string): void {
    if (jobId !== undefined && this.id !== jobId) return;
    this.#here = null;
    this.#tried((shelf) => shelf.removeItem(this.key));
  }

  /** Tells what other tabs remember or forget. The answer ends it. */
  onChange(tell: (jobId: string | null) => void): () => void {
    const heed = new AbortController();
    const heard = ({ key, newValue }: StorageEvent): void => {
      if (key !== this.key && key !== null) return; // null: all was cleared
      this.#here = null;
      tell(newValue);
    };
    if (typeof window !== "undefined") window.addEventListener("storage", heard, { signal: heed.signal });
    return () => heed.abort();
  }

  /** A private window throws, at the storage itself or at each use; so does a full one. */
  #tried<Answer>(use: (shelf: Shelf) => Answer): Answer | null {
    try {
      return use(this.#shelf());
    } catch {
      return null;
    }
  }
}

export const proposalJob = (projectId: string, shelf?: () => Shelf): RememberedJob =>
  new RememberedJob("proposal", projectId, shelf);

export const treeBuildJob = (projectId: string, shelf?: () => Shelf): RememberedJob =>
  new RememberedJob("tree_build", projectId, shelf);

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
export async function resume(remembered: RememberedJob, look: Look = {}): Promise<Resumed | null> {
  const { id } = remembered;
  if (id === null) return null;
  const job = await looked(id, look);
  if (job !== "unknown" && !(job && hasEnded(job))) return { id, job };
  remembered.forget(id);
  return null;
}

/** Cleans the entry when the client sees its job end, or hears that there is none. The answer ends it. */
export function forgetWhenOver(remembered: RememberedJob, client: Client): () => void {
  const watched = remembered.id ?? undefined;
  const unjob = client.onJob((job, id) => (job === null || hasEnded(job)) && remembered.forget(id));
  const unstate = client.onState((state) => {
    if (state === "closed" && client.closing?.status === 404) remembered.forget(watched);
  });
  return () => [unjob, unstate].forEach((end) => end());
}

/** The job, or that the server knows none; null when it could not be asked. */
async function looked(id: string, { base = "/", headers = {}, fetch = globalThis.fetch }: Look): Promise<Job | "unknown" | null> {
  try {
    const own = typeof headers === "function" ? await headers() : headers;
    const url = `${base.endsWith("/") ? base : `${base}/`}v1/jobs/${encodeURIComponent(id)}`;
    return await within(PATIENCE_MS, undefined, async (signal) => {
      const answer = await fetch(url, { headers: { ...own, Accept: "application/json" }, cache: "no-store", signal });
      if (answer.status === 404) return "unknown";
      return answer.ok ? ((await answer.json()) as Job) : null;
    });
  } catch {
    return null;
  }
}
