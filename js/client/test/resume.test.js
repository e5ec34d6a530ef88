/** Owns the proof that a page finds its job again after a reload, and forgets one that is over. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Client, forgetWhenOver, proposalJob, resume, treeBuildJob } from "../dist/index.js";
import { FakeWorld, json, Line, problem, settled, unreachable } from "./fake_world.js";
import { ID, job } from "./jobs.js";

/** A storage; `broken` names what throws. */
function shelf(broken = []) {
  const kept = new Map();
  const unless = (name, use) => (...given) => {
    if (broken.includes(name)) throw new DOMException("denied", "SecurityError");
    return use(...given);
  };
  const storage = {
    getItem: unless("getItem", (key) => kept.get(key) ?? null),
    setItem: unless("setItem", (key, value) => void kept.set(key, value)),
    removeItem: unless("removeItem", (key) => void kept.delete(key)),
  };
  return { kept, open: unless("open", () => storage) };
}

const looking = (answer) => ({ fetch: async () => (answer instanceof Error ? Promise.reject(answer) : answer.clone()) });

test("the entries have the names that other programs know", () => {
  const { kept, open } = shelf();
  proposalJob("p1", open).remember("a");
  treeBuildJob("p1", open).remember("b");
  assert.deepEqual([...kept], [["active_proposal_job_p1", "a"], ["active_tree_build_job_p1", "b"]]);
});

test("a job that goes on is resumed after a reload", async () => {
  const { open } = shelf();
  proposalJob("p1", open).remember(ID);
  const asked = [];
  const fetch = async (url, init) => (asked.push([url, init.headers.Authorization]), json(job()));
  const resumed = await resume(proposalJob("p1", open), { base: "/headway", headers: { Authorization: "x" }, fetch });
  assert.deepEqual([resumed.id, resumed.job.status], [ID, "running"]);
  assert.deepEqual(asked, [[`/headway/v1/jobs/${ID}`, "x"]]);
});

test("without an entry nobody is asked", async () => {
  assert.equal(await resume(proposalJob("p1", shelf().open), looking(unreachable())), null);
});

for (const [what, answer] of [
  ["has succeeded", json(job({ status: "succeeded" }))],
  ["has failed", json(job({ status: "failed" }))],
  ["was cancelled", json(job({ status: "cancelled" }))],
  ["is unknown", problem(404, "there is no such job")],
]) {
  test(`the entry of a job that ${what} is cleaned`, async () => {
    const { kept, open } = shelf();
    proposalJob("p1", open).remember(ID);
    assert.equal(await resume(proposalJob("p1", open), looking(answer)), null);
    assert.equal(kept.size, 0);
  });
}

for (const [what, answer] of [["cannot be reached", unreachable()], ["is troubled", problem(503, "later")], ["wants a session", problem(401, "who?")]]) {
  test(`when the server ${what} the entry stays`, async () => {
    const { kept, open } = shelf();
    proposalJob("p1", open).remember(ID);
    assert.deepEqual(await resume(proposalJob("p1", open), looking(answer)), { id: ID, job: null });
    assert.equal(kept.size, 1);
  });
}

for (const broken of [["open"], ["getItem", "setItem", "removeItem"], ["setItem"]]) {
  test(`where a private window throws at ${broken.join(", ")} the page itself remembers`, async () => {
    const { open } = shelf(broken);
    const remembered = proposalJob("p1", open);
    assert.equal(remembered.id, null);
    remembered.remember(ID);
    assert.equal(remembered.id, ID);
    assert.equal((await resume(remembered, looking(json(job()))))?.id, ID);
    remembered.forget();
    assert.equal(remembered.id, null);
  });
}

test("where there is no storage at all the page itself remembers", () => {
  const remembered = proposalJob("p1");
  remembered.remember(ID);
  assert.equal(remembered.id, ID);
});

test("what another tab forgot is forgotten, and its next job is not", () => {
  const { open } = shelf();
  const [here, there] = [proposalJob("p1", open), proposalJob("p1", open)];
  here.remember("old");
  there.forget();
  assert.equal(here.id, null);
  there.remember("new");
  here.forget("old");
  assert.equal(here.id, "new");
});

for (const [what, frame] of [["ends", ["state", job({ status: "succeeded", version: 2 })]], ["goes on", ["state", job({ version: 2 })]]]) {
  test(`the entry of a watched job that ${what} is ${what === "ends" ? "cleaned" : "kept"}`, async () => {
    const line = new Line();
    const remembered = proposalJob("p1", shelf().open);
    remembered.remember(ID);
    const client = new Client({ job: ID, around: new FakeWorld(() => line).around });
    forgetWhenOver(remembered, client);
    client.open();
    await settled();
    await line.frame("snapshot", job());
    await line.frame(...frame);
    assert.equal(remembered.id, what === "ends" ? null : ID);
    client.close();
  });
}

test("the entry of a job that the server does not know is cleaned", async () => {
  const remembered = proposalJob("p1", shelf().open);
  remembered.remember(ID);
  const client = new Client({ job: ID, around: new FakeWorld(() => problem(404, "no")).around });
  forgetWhenOver(remembered, client);
  client.open();
  await settled();
  assert.equal(client.closing.status, 404);
  assert.equal(remembered.id, null);
});
