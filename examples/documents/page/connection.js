// Owns how the state of the connection is said.

import { byId, say } from "./house/elements.js";

const CONNECTION = {
  connecting: "Connecting…",
  live: "Live",
  waiting: "Connection lost, trying again…",
  over: "",
};

export function showConnection(state) {
  const element = byId("connection");
  element.dataset.state = state;
  say(element, CONNECTION[state]);
}
