/**
 * Owns which way is tried next, and after how long: the stream, then long-polls, then polls. Pure: chance and time come
 * in as arguments.
 */
export const PACE = {
    firstMs: 1_000,
    longestMs: 30_000,
    pollMs: 2_500,
    waitMs: 20_000,
    streamAgainMs: 5_000,
    firstByteMs: 10_000,
    staleMs: 40_000,
    hiddenMs: 60_000,
};
const FAILURES = 2; // so many streams in a row that never worked, and polls take over
const SEVERAL = 500; // what comes within it is asked for at once, or a busy job would be asked for without pause
const ASKED_MOST = 300_000; // nobody is sent away for longer, whatever a server says
const AGAIN_MOST = 300_000;
export class Ladder {
    #pace;
    #random;
    #way = "stream";
    #losses = 0;
    #detours = 0; // streams that failed while polls worked
    #polling = false; // polls work
    #streamAt = 0;
    #retry = 0; // what the stream gave as its reconnection time
    constructor(pace, random) {
        this.#pace = pace;
        this.#random = random;
    }
    get way() {
        return this.#way;
    }
    /** The stream's reconnection time: it stays until it says another one. */
    retry(ms) {
        this.#retry = Math.min(ms, ASKED_MOST);
    }
    /** The stream works. */
    synced() {
        this.#losses = this.#detours = 0;
        this.#polling = false;
    }
    /** How long a poll may stay open now. */
    patience(now) {
        if (this.#way === "poll")
            return 0;
        return Math.max(0, Math.min(this.#pace.waitMs, this.#streamAt - now));
    }
    /** How long to wait before the next attempt, which goes the `way`. */
    after(outcome, now) {
        return outcome.kind === "told" ? this.#told(outcome, now) : this.#lost(outcome, now);
    }
    #told({ news, took }, now) {
        if (!this.#polling)
            this.#streamAt = now + this.#again();
        this.#polling = true;
        this.#losses = 0;
        if (now >= this.#streamAt) {
            this.#way = "stream";
            return 0;
        }
        // One that was answered at once with nothing did not wait: something on the way does not let it.
        const waited = this.#way === "long-poll" && (news > 0 || took >= SEVERAL);
        return waited ? Math.max(0, SEVERAL - took) : this.#spread(this.#pace.pollMs);
    }
    #lost(outcome, now) {
        if (outcome.synced)
            return this.#wait(outcome.retryAfter);
        if (this.#way === "stream" && this.#polling)
            return this.#backToPolls(now, outcome.retryAfter);
        this.#losses += 1;
        this.#way = this.#below();
        if (this.#way === "stream")
            this.#polling = false;
        return this.#wait(outcome.retryAfter);
    }
    /** The stream was tried beside polls that work: they go on, and the next try comes later. */
    #backToPolls(now, asked) {
        this.#detours += 1;
        this.#way = "long-poll";
        this.#streamAt = now + this.#again();
        return this.#asked(asked);
    }
    /** After polls that failed as well the stream is next: what comes back may be all of it. */
    #below() {
        if (this.#way === "stream")
            return this.#losses < FAILURES ? "stream" : "long-poll";
        return this.#way === "long-poll" ? "poll" : "stream";
    }
    #again() {
        return this.#spread(Math.min(AGAIN_MOST, this.#pace.streamAgainMs * 2 ** this.#detours));
    }
    #wait(asked) {
        const doubled = this.#pace.firstMs * 2 ** Math.max(0, this.#losses - 1);
        const own = Math.min(this.#pace.longestMs, doubled) * (0.5 + this.#random() / 2);
        return Math.max(own, this.#asked(Math.max(asked, this.#retry)));
    }
    /** What a server asked for is the least; spread, so that its clients do not come back all at once. */
    #asked(ms) {
        return Math.min(ms, ASKED_MOST) * (1 + this.#random() / 4);
    }
    #spread(ms) {
        return ms * (0.9 + this.#random() / 5);
    }
}
