/** Owns the proof that the real TanStack Query polls, keeps and stops as an upload's page needs it. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { environmentManager, notifyManager, QueryClient, QueryObserver, timeoutManager } from "@tanstack/query-core";

import { fromJob, jobQueryOptions, jobStatus, POLL_MS } from "../dist/query.js";
import { FakeWorld, json } from "./fake_world.js";
import { at, job } from "./jobs.js";

const answer = (more = {}) => ({ success: true, status: "processing", stage: "generating", progress: 45, resultId: null, updatedAt: "2026-01-01T00:00:00Z", ...more });
const refused = (status, code) => json({ success: false, error: { code } }, { status });

environmentManager.setIsServer(() => false); // in Node it would not poll
notifyManager.setScheduler(queueMicrotask);
const world = new FakeWorld();
timeoutManager.setTimeoutProvider({
  setTimeout: (then, ms) => world.around.after(ms, then),
  clearTimeout: (forget) => forget?.(),
  setInterval: (then, ms) => world.around.every(ms, then),
  clearInterval: (forget) => forget?.(),
});

let ending = [];
afterEach(() => {
  for (const end of ending) end();
  ending = [];
});

/** A line that is dead: its answer never comes, and it ends only when it is given up. */
const dead = (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** An observer, what it showed, and what was asked. */
function observed(answers, more = {}) {
  const client = new QueryClient();
  const asked = [];
  const fetch = async (url, init) => {
    asked.push({ url, headers: init.headers });
    return answers[Math.min(asked.length, answers.length) - 1].clone();
  };
  const options = (change = {}) => jobQueryOptions({ jobId: "j1", session: "secret", fetch, ...more, ...change });
  const observer = new QueryObserver(client, options());
  const shown = [];
  const view = () => jobStatus(observer.getCurrentResult());
  ending.push(observer.subscribe(() => shown.push(view())), () => client.cancelQueries(), () => client.clear());
  return { client, asked, observer, options, shown, view };
}

/** Lets time pass until it is so; answers how long that took. */
async function until(look) {
  const from = world.now;
  for (await world.pass(0); !look(); await world.pass(50)) assert.ok(world.now - from < 60_000, "it never came");
  return world.now - from;
}

const aLongTime = () => world.pass(600_000);

test("every 2.5 s it asks with the session's token, until the job is complete", async () => {
  const { asked, view, observer } = observed([answer({ status: "pending", stage: null, progress: 0 }), answer(), answer({ status: "completed", stage: "complete", progress: 100, resultId: "r1" })].map((body) => json(body)));
  assert.equal(await until(() => view().isComplete), 2 * POLL_MS);
  await aLongTime();
  assert.equal(asked.length, 3);
  assert.equal(asked[0].url, "/api/status/j1");
  assert.equal(asked[0].headers["X-Session-Token"], "secret");
  assert.deepEqual(view(), { status: "completed", stage: "complete", progress: 100, resultId: "r1", isLoading: false, isComplete: true, isFailed: false, error: null });
  assert.equal(observer.getCurrentResult().isStale, false, "a focus would ask again");
});

test("it stops when the job has failed, and says why", async () => {
  const { asked, view } = observed([json(answer({ status: "failed", stage: "failed", progress: 30, errorMessage: "The picture cannot be read." }))]);
  await until(() => view().isFailed);
  await aLongTime();
  assert.equal(asked.length, 1);
  assert.deepEqual([view().progress, view().stage, view().error.message], [30, "failed", "The picture cannot be read."]);
  assert.equal(view().error, view().error, "one error for one answer");
});

for (const [what, change] of [["a job", { jobId: null }], ["a session", { session: null }], ["a job that has a name", { jobId: "" }]]) {
  test(`without ${what} it does not ask at all`, async () => {
    const { asked, view } = observed([json(answer())], change);
    await aLongTime();
    assert.equal(asked.length, 0);
    assert.deepEqual(view(), { status: null, stage: null, progress: 0, resultId: null, isLoading: false, isComplete: false, isFailed: false, error: null });
  });
}

test("while it asks it keeps what it showed", async () => {
  const { shown, view } = observed([answer(), answer({ progress: 60 }), answer({ status: "completed", progress: 100 })].map((body) => json(body)));
  await until(() => view().isComplete);
  const first = shown.findIndex(({ progress }) => progress === 45);
  assert.ok(first >= 0);
  assert.deepEqual(shown.slice(first).filter(({ status, isLoading }) => status === null || isLoading), []);
});

test("another job does not show what this one did", async () => {
  const { observer, options, view } = observed([json(answer({ status: "completed", progress: 100, resultId: "r1" }))]);
  await until(() => view().isComplete);
  observer.setOptions(options({ jobId: "j2", fetch: dead }));
  assert.deepEqual([view().status, view().progress, view().resultId, view().isLoading], [null, 0, null, true]);
  observer.setOptions(options({ jobId: null }));
  assert.deepEqual([view().status, view().progress], [null, 0]);
});

for (const [status, code] of [[401, "UNAUTHORIZED"], [404, "NOT_FOUND"]]) {
  test(`${status} is shown at once and not asked again`, async () => {
    const { asked, view } = observed([refused(status, code)]);
    await until(() => view().error);
    await aLongTime();
    assert.equal(asked.length, 1);
    assert.deepEqual([view().error.status, view().error.code], [status, code]);
  });
}

test("a fault in between is asked over, and what is known stays", async () => {
  const { asked, view } = observed([json(answer()), new Response("<h1>Bad gateway</h1>", { status: 502 }), json(answer({ status: "completed", progress: 100 }))]);
  await until(() => asked.length === 2);
  assert.deepEqual([view().progress, view().error], [45, null]);
  await until(() => view().isComplete);
});

test("a page of a proxy is no status", async () => {
  const { view } = observed([new Response("<h1>Hello</h1>", { headers: { "content-type": "text/html" } })]);
  await until(() => view().error);
  assert.match(view().error.message, /no status/);
});

test("a line that died without a word is given up and asked anew", async (t) => {
  t.mock.method(globalThis, "setTimeout", (then, ms) => world.around.after(ms, then));
  t.mock.method(globalThis, "clearTimeout", (forget) => forget());
  let lines = 0;
  const { view } = observed([], { fetch: (...asked) => (++lines === 1 ? dead(...asked) : json(answer())) });
  assert.ok((await until(() => view().progress === 45)) < 20_000);
  assert.equal(lines, 2);
});

test("who leaves takes the question along", async () => {
  const ended = [];
  const fetch = (url, init) => (init.signal.addEventListener("abort", () => ended.push(url)), dead(url, init));
  const { client } = observed([], { fetch });
  await world.pass(0);
  await client.cancelQueries();
  assert.deepEqual(ended, ["/api/status/j1"]);
});

test("a session's token is no part of the key", () => {
  assert.ok(!JSON.stringify(jobQueryOptions({ jobId: "j", session: "secret" }).queryKey).includes("secret"));
});

test("Headway's own job is told in the same words", () => {
  const words = (body) => {
    const { status, stage, progress, resultId, errorMessage } = fromJob(body);
    return [status, stage, progress, resultId, errorMessage];
  };
  assert.deepEqual(words(job({ status: "pending" })), ["pending", null, 0, null, null]);
  assert.deepEqual(words(at(45.9, 2, { step: "generating" })), ["processing", "generating", 45, null, null]);
  assert.deepEqual(words(at(30, 2, { status: "waiting", step: "generating" })), ["processing", "generating", 30, null, null]);
  assert.deepEqual(words(at(100, 3, { status: "succeeded", result: { id: "r1" } })), ["completed", "complete", 100, "r1", null]);
  assert.deepEqual(words(at(30, 3, { status: "failed", error: "no paper" })), ["failed", "failed", 30, null, "no paper"]);
  assert.deepEqual(words(at(30, 3, { status: "cancelled" })), ["failed", "failed", 30, null, "cancelled"]);
});
