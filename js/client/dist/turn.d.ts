/** Owns one request: its headers, its patience with silence, and that it is over when it is over. */
import type { Around } from "./around.js";
export type Headers = Readonly<Record<string, string>>;
/** Headers to send, or what makes them anew for each request: tokens grow old. */
export type HeaderSource = Headers | (() => Headers | Promise<Headers>);
export interface Where {
    readonly url: string;
    readonly headers: HeaderSource;
    readonly credentials: RequestCredentials;
}
/** Headers that no request can carry: asking again would change nothing. */
export declare class Unsendable extends Error {
}
/** Aborted by whoever stops the client, or by silence. */
export declare class Turn {
    #private;
    /** Why it was given up, when it was. */
    silent: string;
    constructor(around: Around, stop: AbortSignal);
    /** The last time at which something came. */
    get heardAt(): number;
    /** Whether nobody wants any more of it. */
    get over(): boolean;
    ask(where: Where, accept: string, cursor: string, query?: string): Promise<Response>;
    /** From now on something must come within so many milliseconds, and again after each time. */
    expect(ms: number): void;
    heard(): void;
    /** Gives the line up. */
    drop(why: string): void;
    /** Nothing of it stays behind. */
    done(): void;
}
