/** Owns watching jobs from a page: what is known of them, who wants to hear of it, and how it stands with the server. */
import { world } from "./around.js";
import { Board, HOLE } from "./board.js";
import { PACE } from "./ladder.js";
import { Link } from "./link.js";
import { hasEnded } from "./wire.js";
export class Client {
    #board;
    #link;
    #around;
    #one;
    #onJob = new Set();
    #onEvent = new Set();
    #onState = new Set();
    #onReset = new Set();
    #why = "";
    constructor(options = {}) {
        const { headers = {}, credentials = "same-origin" } = options;
        this.#around = { ...world(), ...options.around };
        this.#board = new Board(options.keepEnded);
        this.#one = options.job;
        this.#link = new Link({ url: eventsUrl(options), headers, credentials }, this.#told(), this.#around, { ...PACE, ...options.pace });
    }
    get state() {
        return this.#link.state;
    }
    /** Why it is closed, or null while it is not. */
    get closing() {
        if (this.state !== "closed")
            return null;
        const { refused } = this.#link;
        const kind = refused ? "refused" : this.#why === "ended" ? "ended" : "closed";
        return { kind, status: refused?.status ?? null, reason: this.#why };
    }
    get jobs() {
        return this.#board.jobs;
    }
    job(id) {
        return this.#board.jobs.get(id);
    }
    /** Begins; after a close, goes on where it stood. */
    open() {
        this.#link.open();
        return this;
    }
    /** Ends for good: nothing is open, waits or is told after it. */
    close() {
        if (this.state !== "closed")
            this.#link.close();
    }
    /** Tells each change of a job, or of all jobs without an id. The answer ends it. */
    onJob(tell, id) {
        return added(this.#onJob, { id, tell });
    }
    /** Tells each entry of a history once, in order. */
    onEvent(tell) {
        return added(this.#onEvent, tell);
    }
    onState(tell) {
        return added(this.#onState, tell);
    }
    /** Tells that continuity could not be proven: whole snapshots follow, and entries of histories may be missing. */
    onReset(tell) {
        return added(this.#onReset, tell);
    }
    #told() {
        return {
            frame: (type, data) => this.#frame(type, data),
            state: (state, why) => this.#turned(state, why),
            over: () => this.#over(),
        };
    }
    #frame(type, data) {
        const changes = this.#board.apply(type, data);
        if (type === "reset")
            this.#each(this.#onReset, (tell) => tell(data.reason));
        if (changes === HOLE)
            return false;
        for (const change of changes)
            this.#changed(change);
        return true;
    }
    #changed({ id, before, job, event }) {
        if (before !== job)
            this.#each(this.#onJob, (on) => (on.id ?? id) === id && on.tell(job, id, before));
        if (event && job)
            this.#each(this.#onEvent, (tell) => tell(event, job));
    }
    #turned(state, why) {
        this.#why = why;
        this.#each(this.#onState, (tell) => tell(state, why));
    }
    #over() {
        const job = this.#one === undefined ? undefined : this.job(this.#one);
        return job !== undefined && hasEnded(job);
    }
    /** A listener's fault is its own. */
    #each(listeners, call) {
        for (const listener of [...listeners]) {
            try {
                call(listener);
            }
            catch (error) {
                this.#around.report(error);
            }
        }
    }
}
/** A client that has begun. */
export const watch = (options = {}) => new Client(options).open();
function added(listeners, listener) {
    listeners.add(listener);
    return () => void listeners.delete(listener);
}
function eventsUrl({ url, base = "/", job, kind, project, subject, parent }) {
    if (url !== undefined)
        return url;
    const root = base.endsWith("/") ? base : `${base}/`;
    if (job !== undefined)
        return `${root}v1/jobs/${encodeURIComponent(job)}/events`;
    const facts = Object.entries({ kind, project, subject, parent }).filter((fact) => fact[1] !== undefined);
    const query = new URLSearchParams(facts).toString();
    return `${root}v1/events${query && `?${query}`}`;
}
