/** Owns the end of a question that nobody answers: a line can be dead without a word. */
export const PATIENCE_MS = 15_000;
/** Asks with a signal that is aborted when the time is over, or when `outer` is. */
export async function within(ms, outer, ask) {
    const line = new AbortController();
    const giveUp = () => line.abort(outer?.reason);
    const timer = setTimeout(() => line.abort(new Error(`no answer within ${Math.round(ms / 1000)} s`)), ms);
    outer?.addEventListener("abort", giveUp);
    try {
        return await ask(line.signal);
    }
    finally {
        clearTimeout(timer);
        outer?.removeEventListener("abort", giveUp);
    }
}
