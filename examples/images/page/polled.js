/** Owns asking by the options of a query where no TanStack Query is loaded: as often, as long, and as patiently. */

const PAUSE_MS = 1_000; // doubled after each question that failed

/** Tells each result. The answer ends it. */
export function polled(options, tell) {
  const ended = new AbortController();
  if (options.enabled) ask(options, tell, ended.signal);
  else tell({ data: undefined, isLoading: false, error: null });
  return () => ended.abort();
}

async function ask(options, tell, signal) {
  const state = { data: undefined, error: null };
  const query = { queryKey: options.queryKey, state };
  tell({ ...state, isLoading: true });
  for (let failures = 0; !signal.aborted; ) {
    try {
      state.data = await options.queryFn({ signal });
      state.error = null;
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (options.retry(failures, error)) {
        await pause(PAUSE_MS * 2 ** failures++, signal);
        continue;
      }
      state.error = error;
      failures = 0;
    }
    tell({ ...state, isLoading: false });
    const interval = options.refetchInterval(query);
    if (interval === false) return;
    await pause(interval, signal);
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
