// Owns the connection to Headway's event stream: it comes back by itself, and goes on where it stopped.

const FRAMES = ["snapshot", "event", "state", "synced", "mark", "reset", "end"];
const LONGEST_PAUSE = 15_000;

/**
 * Watch `url`. `onFrame(name, content)` gets every frame in order; `onState` gets "connecting", "live", "waiting"
 * or "over". Returns a function that ends it.
 *
 * A hidden page gives its connection back, because a browser has six for a whole host; its cursor brings it up to
 * date when it is looked at again.
 */
export function watch(url, { onFrame, onState }) {
  const base = new URL(url, location.href);
  let source = null;
  let timer = 0;
  let cursor = null;
  let pause = 500;
  let over = false;

  function open() {
    clearTimeout(timer);
    if (source || over || document.hidden) return;
    onState("connecting");
    if (cursor) base.searchParams.set("cursor", cursor);
    source = new EventSource(base);
    for (const name of FRAMES) source.addEventListener(name, take);
    source.addEventListener("error", lost);
  }

  function take(frame) {
    const content = JSON.parse(frame.data);
    cursor = content.cursor || frame.lastEventId || cursor;
    if (frame.type === "synced") {
      pause = 500;
      onState("live");
    }
    onFrame(frame.type, content);
    if (frame.type === "end") end("over");
  }

  function lost() {
    onState("waiting");
    // While it is CONNECTING the browser tries again itself; CLOSED is its last word, and then it is up to us.
    if (source?.readyState !== EventSource.CLOSED) return;
    close();
    pause = Math.min(pause * 2, LONGEST_PAUSE);
    timer = setTimeout(open, pause * (0.5 + Math.random() / 2));
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  function end(state) {
    over = true;
    close();
    document.removeEventListener("visibilitychange", turn);
    removeEventListener("online", open);
    if (state) onState(state);
  }

  function turn() {
    if (document.hidden) close();
    else open();
  }

  document.addEventListener("visibilitychange", turn);
  addEventListener("online", open);
  open();
  return () => end(null);
}
