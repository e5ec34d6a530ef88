/** Owns what the client takes from the world around it, so that a test can give it another one. */
/** What a page says of itself. */
export type Signal = "hidden" | "visible" | "online" | "offline";
export interface Around {
    fetch(url: string, init: RequestInit): Promise<Response>;
    /** Milliseconds that only grow. */
    now(): number;
    /** Milliseconds since 1970, to read the dates of servers by. */
    date(): number;
    /** Calls back once; the answer takes that back. */
    after(ms: number, then: () => void): () => void;
    /** From 0 to 1. */
    random(): number;
    /** Tells what the page says of itself, until the answer is called. */
    signals(heard: (signal: Signal) => void): () => void;
    /** An error of somebody's listener, which must not end the stream. */
    report(error: unknown): void;
}
/** The real world: of a browser, a worker or Node. */
export declare function world(): Around;
