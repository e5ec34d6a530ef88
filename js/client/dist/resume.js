/** Owns remembering in local storage which job a page follows, so that a reload or another tab goes on with it. */
import { PATIENCE_MS, within } from "./patience.js";
import { hasEnded } from "./wire.js";
/** One entry: `active_{name}_job_{projectId}` holds the id of a job. */
export class RememberedJob {
    key;
    #shelf;
    #here = null; // what this page remembers where the storage refuses
    constructor(name, projectId, shelf = () => globalThis.localStorage) {
        this.key = `active_${name}_job_${projectId}`;
        this.#shelf = shelf;
    }
    get id() {
        return this.#here ?? (this.#tried((shelf) => shelf.getItem(this.key)) || null);
    }
    remember(jobId) {
        const kept = this.#tried((shelf) => (shelf.setItem(this.key, jobId), true));
        this.#here = kept ? null : jobId;
    }
    /** Forgets the job; with an id only that one: another tab may have begun the next. */
    forget(jobId) {
        if (jobId !== undefined && this.id !== jobId)
            return;
        this.#here = null;
        this.#tried((shelf) => shelf.removeItem(this.key));
    }
    /** Tells what other tabs remember or forget. The answer ends it. */
    onChange(tell) {
        const heed = new AbortController();
        const heard = ({ key, newValue }) => {
            if (key !== this.key && key !== null)
                return; // null: all was cleared
            this.#here = null;
            tell(newValue);
        };
        if (typeof window !== "undefined")
            window.addEventListener("storage", heard, { signal: heed.signal });
        return () => heed.abort();
    }
    /** A private window throws, at the storage itself or at each use; so does a full one. */
    #tried(use) {
        try {
            return use(this.#shelf());
        }
        catch {
            return null;
        }
    }
}
export const proposalJob = (projectId, shelf) => new RememberedJob("proposal", projectId, shelf);
export const treeBuildJob = (projectId, shelf) => new RememberedJob("tree_build", projectId, shelf);
/** After a reload: the remembered job if it goes on. An entry of a job that ended or is unknown is cleaned. */
export async function resume(remembered, look = {}) {
    const { id } = remembered;
    if (id === null)
        return null;
    const job = await looked(id, look);
    if (job !== "unknown" && !(job && hasEnded(job)))
        return { id, job };
    remembered.forget(id);
    return null;
}
/** Cleans the entry when the client sees its job end, or hears that there is none. The answer ends it. */
export function forgetWhenOver(remembered, client) {
    const watched = remembered.id ?? undefined;
    const unjob = client.onJob((job, id) => (job === null || hasEnded(job)) && remembered.forget(id));
    const unstate = client.onState((state) => {
        if (state === "closed" && client.closing?.status === 404)
            remembered.forget(watched);
    });
    return () => [unjob, unstate].forEach((end) => end());
}
/** The job, or that the server knows none; null when it could not be asked. */
async function looked(id, { base = "/", headers = {}, fetch = globalThis.fetch }) {
    try {
        const own = typeof headers === "function" ? await headers() : headers;
        const url = `${base.endsWith("/") ? base : `${base}/`}v1/jobs/${encodeURIComponent(id)}`;
        return await within(PATIENCE_MS, undefined, async (signal) => {
            const answer = await fetch(url, { headers: { ...own, Accept: "application/json" }, cache: "no-store", signal });
            if (answer.status === 404)
                return "unknown";
            return answer.ok ? (await answer.json()) : null;
        });
    }
    catch {
        return null;
    }
}
