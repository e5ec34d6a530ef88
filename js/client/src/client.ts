/** Owns watching jobs from a page: what is known of them, who wants to hear of it, and how it stands with the server. */

import { type Around, world } from "./around.js";
import { Board, HOLE, type Change } from "./board.js";
import { PACE, type Pace } from "./ladder.js";
import { Link, type LinkState } from "./link.js";
import type { HeaderSource } from "./turn.js";
import { hasEnded, type Job, type JobEvent } from "./wire.js";

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

export class Client {
  readonly #board: Board;
  readonly #link: Link;
  readonly #around: Around;
  readonly #one: string | undefined;
  readonly #onJob = new Set<{ id: string | undefined; tell: OnJob }>();
  readonly #onEvent = new Set<OnEvent>();
  readonly #onState = new Set<OnState>();
  readonly #onReset = new Set<OnReset>();
  #why = "";

  constructor(options: ClientOptions = {}) {
    const { headers = {}, credentials = "same-origin" } = options;
    this.#around = { ...world(), ...options.around };
    this.#board = new Board(options.keepEnded);
    this.#one = options.job;
    this.#link = new Link({ url: eventsUrl(options), headers, credentials }, this.#told(), this.#around, { ...PACE, ...options.pace });
  }

  get state(): LinkState {
    return this.#link.state;
  }

  /** Why it is closed, or null while it is not. */
  get closing(): Closing | null {
    if (this.state !== "closed") return null;
    const { refused } = this.#link;
    const kind = refused ? "refused" : this.#why === "ended" ? "ended" : "closed";
    return { kind, status: refused?.status ?? null, reason: this.#why };
  }

  get jobs(): ReadonlyMap<string, Job> {
    return this.#board.jobs;
  }

  job(id: string): Job | undefined {
    return this.#board.jobs.get(id);
  }

  /** Begins; after a close, goes on where it stood. */
  open(): this {
    this.#link.open();
    return this;
  }

  /** Ends for good: nothing is open, waits or is told after it. */
  close(): void {
    if (this.state !== "closed") this.#link.close();
  }

  /** Tells each change of a job, or of all jobs without an id. The answer ends it. */
  onJob(tell: OnJob, id?: string): () => void {
    return added(this.#onJob, { id, tell });
  }

  /** Tells each entry of a history once, in order. */
  onEvent(tell: OnEvent): () => void {
    return added(this.#onEvent, tell);
  }

  onState(tell: OnState): () => void {
    return added(this.#onState, tell);
  }

  /** Tells that continuity could not be proven: whole snapshots follow, and entries of histories may be missing. */
  onReset(tell: OnReset): () => void {
    return added(this.#onReset, tell);
  }

  #told() {
    return {
      frame: (type: string, data: unknown) => this.#frame(type, data),
      state: (state: LinkState, why: string) => this.#turned(state, why),
      over: () => this.#over(),
    };
  }

  #frame(type: string, data: unknown): boolean {
    const changes = this.#board.apply(type, data);
    if (type === "reset") this.#each(this.#onReset, (tell) => tell((data as { reason: string }).reason));
    if (changes === HOLE) return false;
    for (const change of changes) this.#changed(change);
    return true;
  }

  #changed({ id, before, job, event }: Change): void {
    if (before !== job) this.#each(this.#onJob, (on) => (on.id ?? id) === id && on.tell(job, id, before));
    if (event && job) this.#each(this.#onEvent, (tell) => tell(event, job));
  }

  #turned(state: LinkState, why: string): void {
    this.#why = why;
    this.#each(this.#onState, (tell) => tell(state, why));
  }

  #over(): boolean {
    const job = this.#one === undefined ? undefined : this.job(this.#one);
    return job !== undefined && hasEnded(job);
  }

  /** A listener's fault is its own. */
  #each<Listener>(listeners: Set<Listener>, call: (listener: Listener) => void): void {
    for (const listener of [...listeners]) {
      try {
        call(listener);
      } catch (error) {
        this.#around.report(error);
      }
    }
  }
}

/** A client that has begun. */
export const watch = (options: ClientOptions = {}): Client => new Client(options).open();

function added<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function eventsUrl({ url, base = "/", job, kind, project, subject, parent }: ClientOptions): string {
  if (url !== undefined) return url;
  const root = base.endsWith("/") ? base : `${base}/`;
  if (job !== undefined) return `${root}v1/jobs/${encodeURIComponent(job)}/events`;
  const facts = Object.entries({ kind, project, subject, parent }).filter((fact): fact is [string, string] => fact[1] !== undefined);
  const query = new URLSearchParams(facts).toString();
  return `${root}v1/events${query && `?${query}`}`;
}
