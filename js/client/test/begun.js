/** Owns clients in a fake world, as their tests begin them. */

import { watch } from "../dist/index.js";
import { FakeWorld, settled } from "./fake_world.js";
import { ID, job } from "./jobs.js";

export const STREAM = "text/event-stream";
export const POLL = "application/json";

/** A client in a fake world, and what it said. */
export function begun(answers, options = {}) {
  const world = new FakeWorld(answers);
  const client = watch({ job: ID, around: world.around, ...options });
  const states = [client.state];
  client.onState((state) => states.push(state));
  return { world, client, states };
}

export async function live(line, cursor = "c1") {
  await settled();
  await line.frame("snapshot", job());
  await line.frame("synced", { cursor }, cursor);
}

/** Each request so far, by the way that it took. */
export const ways = (world) => world.asked.map(({ accept }) => (accept === STREAM ? "stream" : "poll"));
