/** Owns the proof that each event counts once, of states the newest, and that a reset replaces everything. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Board, HOLE } from "../dist/board.js";
import { Client } from "../dist/index.js";
import { FakeWorld, Line, settled } from "./fake_world.js";
import { at, event, ID, job } from "./jobs.js";

const OTHER = ID.replace(/1$/, "2");
const knowing = (...states) => {
  const board = new Board();
  for (const state of states) board.apply("snapshot", state);
  return board;
};
const told = (changes) => changes.map((change) => change.event?.seq ?? null);

test("an event is told once", () => {
  const board = knowing(job());
  assert.deepEqual(told(board.apply("event", event(2))), [2]);
  assert.deepEqual(board.apply("event", event(2)), []);
  assert.equal(board.jobs.get(ID).seq, 2);
});

test("an event that a snapshot beside it includes is told, and changes nothing", () => {
  const board = knowing(job({ version: 9, seq: 3, message: "newest" }));
  assert.deepEqual([1, 2, 3].flatMap((seq) => told(board.apply("event", event(seq, { message: "older" })))), [1, 2, 3]);
  assert.equal(board.jobs.get(ID).message, "newest");
});

test("an event of an unknown job, or after a missing one, is a hole", () => {
  const board = knowing(job());
  assert.equal(board.apply("event", event(2, { id: OTHER })), HOLE);
  assert.equal(board.apply("event", event(3)), HOLE);
});

test("an older state changes nothing", () => {
  const board = knowing(at(40, 5));
  assert.deepEqual(board.apply("state", at(10, 4)), []);
  assert.equal(board.jobs.get(ID).progress.percent, 40);
});

test("the same version with another health is news", () => {
  const board = knowing(at(40, 5));
  const [change] = board.apply("state", at(40, 5, { health: "stalled" }));
  assert.equal(change.job.health, "stalled");
});

test("a bar never goes back within an attempt, and starts anew with the next", () => {
  const board = knowing(at(40, 5));
  board.apply("state", at(10, 6));
  assert.equal(board.jobs.get(ID).progress.percent, 40);
  board.apply("state", at(10, 7, { attempt: 2 }));
  assert.equal(board.jobs.get(ID).progress.percent, 10);
});

test("a percent that is not known is not 0", () => {
  const board = knowing(at(40, 5));
  board.apply("state", at(null, 6));
  assert.equal(board.jobs.get(ID).progress.percent, null);
});

test("only success shows 100", () => {
  const board = knowing(at(100, 5, { status: "succeeded" }));
  board.apply("state", at(40, 6, { status: "waiting" }));
  assert.equal(board.jobs.get(ID).progress.percent, 99.9);
});

for (const health of ["slow", "stalled"]) {
  test(`progress takes back that a job is ${health}, a note does not`, () => {
    const board = knowing(job({ health }));
    board.apply("event", event(2));
    assert.equal(board.jobs.get(ID).health, health);
    board.apply("event", event(3, { last_progress_at: "2026-01-01T00:00:09Z" }));
    assert.equal(board.jobs.get(ID).health, "ok");
  });
}

test("what was expected of a job that stopped, or of another attempt, is over", () => {
  const eta = { at: "2026-01-01T00:01:00Z", low: null, high: null, basis: "rate", n: 1 };
  for (const [header, left] of [[{ message: "x" }, eta], [{ status: "failed" }, null], [{ attempt: 2 }, null]]) {
    const board = knowing(job({ eta }));
    board.apply("event", event(2, header));
    assert.deepEqual(board.jobs.get(ID).eta, left);
  }
});

test("a step that is entered again starts at its beginning, and steps stand in their order", () => {
  const step = (name, position, more) => ({ name, position, attempt: 1, status: "running", percent: 50, ...more });
  const board = knowing(job({ steps: [step("load", 2), step("scan", 1)] }));
  const shown = () => board.jobs.get(ID).steps.map(({ name, percent }) => `${name} ${percent}`);
  board.apply("event", event(2, { steps: [{ name: "scan", percent: 20 }, step("check", 0)] }));
  assert.deepEqual(shown(), ["check 50", "scan 50", "load 50"]);
  board.apply("event", event(3, { steps: [{ name: "scan", attempt: 2, percent: 0 }] }));
  assert.deepEqual(shown(), ["check 50", "scan 0", "load 50"]);
});

test("a job is never changed in place", () => {
  const board = knowing(job({ steps: [{ name: "scan", position: 0, attempt: 1, status: "pending", percent: 0 }] }));
  const before = board.jobs.get(ID);
  const [change] = board.apply("event", event(2, { steps: [{ name: "scan", status: "running" }] }));
  assert.equal(change.before, before);
  assert.equal(before.steps[0].status, "pending");
  assert.equal(change.job.steps[0].status, "running");
});

test("after a reset an older store is believed, and its events are told", () => {
  const board = knowing(at(40, 9, { seq: 5 }));
  board.apply("event", event(6, { version: 10 }));
  board.apply("reset", { reason: "ahead" });
  board.apply("snapshot", at(10, 2, { seq: 2 }));
  assert.equal(board.jobs.get(ID).progress.percent, 10);
  assert.deepEqual(told(board.apply("event", event(3))), [3]);
});

test("after a reset of the same store an event is still told once", () => {
  const board = knowing(job());
  board.apply("event", event(2));
  board.apply("reset", { reason: "lagged" });
  board.apply("snapshot", job({ version: 4, seq: 4 }));
  assert.deepEqual(board.apply("event", event(2)), []);
  assert.deepEqual(told(board.apply("event", event(5))), [5]);
});

test("what the snapshots of a reset do not tell is gone", () => {
  const board = knowing(job(), job({ id: OTHER }));
  board.apply("reset", { reason: "other_store" });
  board.apply("snapshot", job({ id: OTHER }));
  const [change] = board.apply("synced", {});
  assert.deepEqual([change.id, change.job], [ID, null]);
  assert.deepEqual([...board.jobs.keys()], [OTHER]);
});

test("of ended jobs the newest are kept, live ones always", () => {
  const board = new Board(8);
  board.apply("snapshot", job({ id: "live" }));
  for (let n = 10; n < 99; n++) board.apply("snapshot", job({ id: `${n}`, status: "succeeded", finished_at: `2026-01-01T00:00:${n}Z` }));
  assert.ok(board.jobs.size <= 1 + 8 + 3, `${board.jobs.size}`);
  assert.ok(board.jobs.has("live") && board.jobs.has("98"));
});

test("what a newer server says besides is not for us", () => {
  assert.deepEqual(knowing(job()).apply("weather", { sunny: true }), []);
});

test("listeners hear what they asked for, until they have enough", async () => {
  const line = new Line();
  const world = new FakeWorld(() => line);
  const client = new Client({ project: "a b", kind: "x", around: world.around });
  const heard = { one: [], all: [], events: [] };
  const enough = client.onJob((known) => heard.one.push(known.version), ID);
  client.onJob(() => {
    throw new Error("a listener's own fault");
  });
  client.onJob((_, id) => heard.all.push(id));
  client.onEvent(({ seq }, { version }) => heard.events.push([seq, version]));
  client.open();
  await settled();
  assert.equal(world.asked[0].url, "/v1/events?kind=x&project=a+b");
  await line.frame("snapshot", job());
  await line.frame("snapshot", job({ id: OTHER }));
  await line.frame("event", event(2));
  enough();
  await line.frame("state", at(20, 3, { seq: 2 }));
  assert.deepEqual(heard, { one: [1, 2], all: [ID, OTHER, ID, ID], events: [[2, 2]] });
  assert.equal(world.reports.length, 4);
  client.close();
});

test("after a hole everything is asked for anew", async () => {
  const lines = [new Line(), new Line()];
  const world = new FakeWorld((_, number) => lines[number - 1]);
  const client = new Client({ around: world.around }).open();
  await settled();
  await lines[0].frame("snapshot", job());
  await lines[0].frame("synced", {}, "c1");
  await lines[0].frame("event", event(7), "c7");
  await world.untilAsked(2);
  assert.equal(world.asked[1].cursor, null);
  await lines[1].frame("snapshot", job({ version: 7, seq: 7 }));
  assert.equal(client.job(ID).seq, 7);
  client.close();
});
