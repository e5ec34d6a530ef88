/** Owns the way of frames from the server: streams or polls, comes back after every loss, and says how it stands. */
import { Ladder } from "./ladder.js";
import { ENDED, judged, lost } from "./outcome.js";
import { SseParser } from "./sse.js";
import { Turn, Unsendable } from "./turn.js";
const STREAM = "text/event-stream";
const JSON_TYPE = "application/json";
export class Link {
    #where;
    #told;
    #around;
    #pace;
    #ladder;
    #state = "idle";
    #cursor = "";
    #met = false; // the server has been heard
    #stop = null;
    #turn = null;
    #wake = () => { };
    #unhear = () => { };
    #unhide = () => { };
    #refused = null;
    constructor(where, told, around, pace) {
        this.#where = where;
        this.#told = told;
        this.#around = around;
        this.#pace = pace;
        this.#ladder = new Ladder(pace, around.random);
    }
    get state() {
        return this.#state;
    }
    /** Where it would go on. */
    get cursor() {
        return this.#cursor;
    }
    /** Why the server said no, when it did. */
    get refused() {
        return this.#refused;
    }
    /** Begins, or begins again where it stood. */
    open() {
        if (this.#stop)
            return;
        this.#refused = null;
        this.#turnTo(this.#met ? "stale" : "connecting", "");
        this.#unhear(); // it may be paused
        this.#unhear = this.#around.signals((signal) => this.#heard(signal));
        this.#go();
    }
    close(why = "closed") {
        this.#unhear();
        this.#unhide();
        this.#halt();
        this.#turnTo("closed", why);
    }
    #go() {
        const stop = new AbortController();
        this.#stop = stop;
        void this.#run(stop.signal);
    }
    #halt() {
        this.#stop?.abort();
        this.#stop = null;
        this.#turn?.done();
        this.#wake();
    }
    async #run(stop) {
        while (!stop.aborted) {
            const outcome = await this.#attempt(stop);
            if (stop.aborted)
                return;
            if (outcome.kind === "ended")
                return this.close("ended");
            if (outcome.kind === "refused")
                return this.#refuse(outcome);
            this.#stands(outcome);
            await this.#rest(this.#ladder.after(outcome, this.#around.now()), stop);
        }
    }
    #refuse(refused) {
        this.#refused = refused;
        this.close(refused.reason);
    }
    #stands(outcome) {
        if (outcome.kind === "told")
            return this.#turnTo("polling", "");
        // A stream that is tried beside polls that work takes nothing away from them.
        if (outcome.kind === "lost" && !(this.#state === "polling" && this.#ladder.way === "stream"))
            this.#turnTo(this.#met ? "stale" : "connecting", outcome.why);
    }
    async #attempt(stop) {
        const turn = (this.#turn = new Turn(this.#around, stop));
        const held = { synced: false };
        try {
            return await (this.#ladder.way === "stream" ? this.#stream(turn, held) : this.#poll(turn));
        }
        catch (error) {
            if (error instanceof Unsendable)
                return { kind: "refused", status: 0, reason: error.message };
            return lost(turn.silent || reasonOf(error), held);
        }
        finally {
            turn.done();
            this.#turn = null;
        }
    }
    async #stream(turn, held) {
        turn.expect(this.#pace.firstByteMs);
        const answer = await turn.ask(this.#where, STREAM, this.#cursor);
        const verdict = await judged(answer, STREAM, this.#around.date());
        if (verdict)
            return verdict;
        return this.#read(answer.body.getReader(), turn, held);
    }
    async #read(reader, turn, held) {
        let [ended, whole] = [false, true];
        const event = ({ type, data }) => {
            if (turn.over)
                return;
            ended ||= type === "end";
            whole &&= this.#frame(type, data, held);
        };
        const parser = new SseParser({ event, retry: (ms) => this.#ladder.retry(ms) }, this.#cursor);
        for (let first = true;; first = false) {
            const { done, value } = await reader.read();
            if (done || turn.over)
                return lost(turn.silent || "the stream ended", held);
            if (first)
                turn.expect(this.#pace.staleMs);
            turn.heard();
            parser.push(value);
            if (!whole)
                return this.#anew(held);
            this.#cursor = parser.lastEventId;
            if (ended)
                return ENDED;
        }
    }
    #frame(type, data, held) {
        const whole = this.#told.frame(type, JSON.parse(data));
        if (type !== "synced")
            return whole;
        this.#ladder.synced();
        this.#met = held.synced = true;
        this.#turnTo("live", "");
        return whole;
    }
    async #poll(turn) {
        const from = this.#around.now();
        const wait = this.#told.over() ? 0 : Math.round(this.#ladder.patience(from) / 1000);
        turn.expect(wait * 1000 + this.#pace.firstByteMs);
        const answer = await turn.ask(this.#where, JSON_TYPE, this.#cursor, wait ? `wait=${wait}` : "");
        const verdict = await judged(answer, JSON_TYPE, this.#around.date());
        if (verdict)
            return verdict;
        const page = (await answer.json());
        return turn.over ? lost(turn.silent) : this.#page(page, this.#around.now() - from);
    }
    #page(page, took) {
        if (!Array.isArray(page?.items))
            return lost("an answer that is not Headway's");
        const whole = page.items.every(({ event, data }) => this.#told.frame(event, data));
        if (!whole)
            return this.#anew({ synced: false });
        this.#told.frame("synced", { cursor: page.next_cursor });
        this.#met = true;
        this.#cursor = page.next_cursor ?? this.#cursor;
        return page.items.length === 0 && this.#told.over() ? ENDED : { kind: "told", news: page.items.length, took };
    }
    #anew(held) {
        this.#cursor = "";
        return lost("something is missing in between", held);
    }
    #rest(ms, stop) {
        if (stop.aborted)
            return Promise.resolve();
        return new Promise((resolve) => {
            const forget = this.#around.after(ms, resolve);
            this.#wake = () => {
                forget();
                resolve();
            };
        });
    }
    #heard(signal) {
        this.#unhide();
        if (signal === "hidden")
            this.#unhide = this.#around.after(this.#pace.hiddenMs, () => this.#pause());
        else if (signal === "offline")
            this.#turn?.drop("offline");
        else
            this.#again();
    }
    #pause() {
        this.#halt();
        this.#turnTo(this.#met ? "stale" : "connecting", "hidden");
    }
    /** Somebody looks, or the network is back: nobody waits now, and a line that died in sleep is given up. */
    #again() {
        if (!this.#stop)
            return this.#go();
        const turn = this.#turn;
        if (turn && this.#state === "live" && this.#around.now() - turn.heardAt > this.#pace.staleMs)
            turn.drop("slept");
        this.#wake();
    }
    #turnTo(state, why) {
        if (state === this.#state)
            return;
        this.#state = state;
        this.#told.state(state, why);
    }
}
const reasonOf = (error) => (error instanceof Error ? error.message : String(error));
