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
export function world(): Around {
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
function pageSignals(heard: (signal: Signal) => void): () => void {
  const heed = new AbortController();
  const { signal } = heed;
  if (typeof document !== "undefined")
    document.addEventListener("visibilitychange", () => heard(document.hidden ? "hidden" : "visible"), { signal });
  if (typeof window !== "undefined")
    for (const name of ["online", "offline"] as const) window.addEventListener(name, () => heard(name), { signal });
  return () => heed.abort();
}
