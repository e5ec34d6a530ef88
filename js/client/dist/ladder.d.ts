/**
 * Owns which way is tried next, and after how long: the stream, then long-polls, then polls. Pure: chance and time come
 * in as arguments.
 */
import type { Lost, Told } from "./outcome.js";
export type Way = "stream" | "long-poll" | "poll";
export interface Pace {
    /** The first wait after a loss; it doubles with each loss that follows. */
    readonly firstMs: number;
    readonly longestMs: number;
    /** Between two polls. */
    readonly pollMs: number;
    /** How long a long-poll may stay open. */
    readonly waitMs: number;
    /** While polls work: how soon the stream is tried again, at first. */
    readonly streamAgainMs: number;
    /** The first byte of a stream must come within this time: some proxies keep all of it to themselves. */
    readonly firstByteMs: number;
    /** A line that is silent for so long is dead; the server sends a heartbeat every 15 s. */
    readonly staleMs: number;
    /** How long a page may be hidden before it lets go of its connection. */
    readonly hiddenMs: number;
}
export declare const PACE: Pace;
export declare class Ladder {
    #private;
    constructor(pace: Pace, random: () => number);
    get way(): Way;
    /** The stream's reconnection time: it stays until it says another one. */
    retry(ms: number): void;
    /** The stream works. */
    synced(): void;
    /** How long a poll may stay open now. */
    patience(now: number): number;
    /** How long to wait before the next attempt, which goes the `way`. */
    after(outcome: Lost | Told, now: number): number;
}
