// Owns how the state of the connection is said: what is shown is never called fresher than it is.

import { byId, say } from "./elements.js";

const WORDS = {
  idle: "",
  connecting: "Connecting…",
  live: "Live",
  polling: "Asking every few seconds",
  stale: "Connection lost, trying again…",
  closed: "Not connected",
};

export function showConnection(state, why) {
  const element = byId("connection");
  element.dataset.state = state;
  element.title = why;
  // Where the one job that was watched has ended, nothing is amiss.
  say(element, why === "ended" ? "" : WORDS[state]);
}
