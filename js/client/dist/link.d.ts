/** Owns the way of frames from the server: streams or polls, comes back after every loss, and says how it stands. */
import type { Around } from "./around.js";
import { type Pace } from "./ladder.js";
import { type Refused } from "./outcome.js";
import { type Where } from "./turn.js";
/**
 * `connecting`: nothing is known yet. `live`: what is shown is what is. `polling`: the same, some seconds late. `stale`:
 * what is shown is old, and a way is sought. `closed`: nothing more will come.
 */
export type LinkState = "idle" | "connecting" | "live" | "polling" | "stale" | "closed";
export interface LinkTold {
    /** A frame came. False: it does not continue what is known, so everything is asked for anew. */
    frame(type: string, data: unknown): boolean;
    /** It stands otherwise. `why`: for people who look for a fault. */
    state(state: LinkState, why: string): void;
    /** Whether a poll that brought nothing was the last: polls are not told the end of a job. */
    over(): boolean;
}
export declare class Link {
    #private;
    constructor(where: Where, told: LinkTold, around: Around, pace: Pace);
    get state(): LinkState;
    /** Where it would go on. */
    get cursor(): string;
    /** Why the server said no, when it did. */
    get refused(): Refused | null;
    /** Begins, or begins again where it stood. */
    open(): void;
    close(why?: string): void;
}
