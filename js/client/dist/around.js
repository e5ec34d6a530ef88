/** Owns what the client takes from the world around it, so that a test can give it another one. */
/** The real world: of a browser, a worker or Node. */
export function world() {
    return {
        fetch: (url, init) => globalThis.fetch(url, init),
        now: () => performance.now(),
        date: () => Date.now(),
        after(ms, then) {
            const timer = setTimeout(then, ms);
            return () => clearTimeout(timer);
        },
        random: Math.random,
        signals: pageSignals,
        report: (error) => ("reportError" in globalThis ? globalThis.reportError(error) : console.error(error)),
    };
}
/** Where there is no page, it is always visible and online. */
function pageSignals(heard) {
    const heed = new AbortController();
    const { signal } = heed;
    if (typeof document !== "undefined")
        document.addEventListener("visibilitychange", () => heard(document.hidden ? "hidden" : "visible"), { signal });
    if (typeof window !== "undefined")
        for (const name of ["online", "offline"])
            window.addEventListener(name, () => heard(name), { signal });
    return () => heed.abort();
}
