/** Owns the end of a question that nobody answers: a line can be dead without a word. */
export declare const PATIENCE_MS = 15000;
/** Asks with a signal that is aborted when the time is over, or when `outer` is. */
export declare function within<Answer>(ms: number, outer: AbortSignal | undefined, ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer>;
