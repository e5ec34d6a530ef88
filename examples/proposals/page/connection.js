// Owns how it is said whether what is shown is live, asked for now and then, or old.

import { byId, say } from "./house/elements.js";

const SAID = {
  idle: ["", ""],
  connecting: ["connecting", "Connecting…"],
  live: ["live", "Live"],
  polling: ["polling", "Polling: a few seconds late"],
  stale: ["waiting", "Reconnecting…"],
  closed: ["over", ""],
};

export function showConnection(state) {
  const [shown, words] = SAID[state];
  byId("connection").dataset.state = shown;
  say(byId("connection"), words);
}
