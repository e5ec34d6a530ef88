/** Owns the proof of what the client does when lines break, proxies lie, servers refuse, and pages sleep. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { begun, live, POLL, STREAM } from "./begun.js";
import { html, json, Line, page, problem, settled, unreachable } from "./fake_world.js";
import { at, ID, job } from "./jobs.js";

test("it asks for a stream with its headers, and is live when that is synced", async () => {
  const line = new Line();
  const { world, client, states } = begun(() => line, { headers: { "X-Session-Token": "secret" }, base: "/headway" });
  await live(line);
  const [asked] = world.asked;
  assert.equal(asked.url, `/headway/v1/jobs/${ID}/events`);
  assert.deepEqual(asked.headers, { "X-Session-Token": "secret", Accept: STREAM });
  assert.deepEqual(states, ["connecting", "live"]);
  assert.equal(client.job(ID).version, 1);
  client.close();
});

test("headers are made anew for each request", async () => {
  let made = 0;
  const { world, client } = begun(unreachable, { headers: async () => ({ "X-Session-Token": `t${++made}` }) });
  await world.untilAsked(3);
  assert.deepEqual(world.asked.map(({ headers }) => headers["X-Session-Token"]), ["t1", "t2", "t3"]);
  client.close();
});

test("headers that no request can carry close it with the reason", async () => {
  for (const headers of [{ "X-Session-Token": "schlüssel ✂" }, () => ({ "no name": "x" })]) {
    const { world, client } = begun(() => new Line(), { headers });
    await settled();
    assert.equal(client.state, "closed");
    assert.deepEqual([client.closing.kind, client.closing.status], ["refused", 0]);
    assert.match(client.closing.reason, /^a header cannot be sent: /);
    assert.equal(world.asked.length, 0);
  }
});

test("it comes back with the cursor of the last whole block", async () => {
  const lines = [new Line(), new Line()];
  const { world, client, states } = begun((_, number) => lines[number - 1]);
  await live(lines[0]);
  await lines[0].write("event: mark\nid: c2\ndata: {}\n\nevent: mark\nid: c3\ndata: {}\n");
  await lines[0].end();
  assert.equal(client.state, "stale");
  await world.untilAsked(2);
  assert.equal(world.asked[1].cursor, "c2");
  await lines[1].frame("synced", {}, "c4");
  assert.deepEqual(states, ["connecting", "live", "stale", "live"]);
  client.close();
});

test("a block with only an id moves the cursor as well", async () => {
  const line = new Line();
  const { world, client } = begun((_, number) => (number === 1 ? line : unreachable()));
  await live(line);
  await line.write("id: c9\n\n");
  await line.end();
  await world.untilAsked(2);
  assert.equal(world.asked[1].cursor, "c9");
  client.close();
});

test("the reconnection time of the stream is the least that it waits", async () => {
  const line = new Line();
  const { world, client } = begun((_, number) => (number === 1 ? line : unreachable()));
  await live(line);
  await line.write("retry: 7000\n\n");
  await line.end();
  const waited = await world.untilAsked(2);
  assert.ok(waited >= 7000 && waited < 9000, `${waited}`);
  client.close();
});

for (const [header, least] of [["20", 20_000], ["Thu, 01 Jan 2026 00:00:30 GMT", 30_000]]) {
  test(`Retry-After: ${header} is the least that it waits`, async () => {
    const { world, client } = begun(() => html(503, { "retry-after": header }));
    const waited = await world.untilAsked(2);
    assert.ok(waited >= least * 0.95 && waited < least * 1.3, `${waited}`);
    client.close();
  });
}

test("a wait that a server asks for has an end", async () => {
  const { world, client } = begun(() => html(503, { "retry-after": "99999999" }));
  assert.ok((await world.untilAsked(2)) < 400_000);
  client.close();
});

test("waits double and are spread, up to the longest", async () => {
  const { world, client } = begun(unreachable);
  await world.untilAsked(12, 6_000_000);
  const waits = world.asked.slice(1).map(({ at }, i) => at - world.asked[i].at);
  assert.deepEqual(waits.slice(0, 5), [750, 1500, 3000, 6000, 12000]);
  assert.ok(waits.slice(5).every((ms) => ms === 22_500), `${waits}`);
  client.close();
});

test("a line that is silent is given up; heartbeats keep it", async () => {
  const lines = [new Line(), new Line()];
  const { world, client, states } = begun((_, number) => lines[number - 1] ?? unreachable());
  await live(lines[0]);
  for (let i = 0; i < 5; i++) {
    await world.pass(30_000);
    await lines[0].write(": \n\n");
  }
  assert.deepEqual(states, ["connecting", "live"]);
  await world.pass(41_000);
  assert.ok(lines[0].cancelled);
  assert.equal(world.asked[1].cursor, "c1");
  assert.equal(states.at(-1), "stale");
  client.close();
});

for (const status of [401, 403, 404]) {
  for (const way of ["stream", "poll"]) {
    test(`${status} to a ${way} ends it for good, with the reason`, async () => {
      const refused = () => problem(status, "there is no such job");
      const { world, client, states } = begun(({ accept }) => (way === "poll" && accept === STREAM ? html() : refused()));
      await world.pass(3_600_000);
      assert.deepEqual(states, ["connecting", "closed"]);
      assert.deepEqual(client.closing, { kind: "refused", status, reason: "there is no such job" });
      assert.equal(world.left, 0);
    });
  }
}

test("a refusal that is a page of a proxy has a reason too", async () => {
  const { world, client } = begun(() => html(403));
  await world.pass(1);
  assert.equal(client.closing.reason, "the server answered 403");
});

test("the end of the job ends it", async () => {
  const line = new Line();
  const { world, client } = begun(() => line);
  await live(line);
  await line.frame("end", { job_id: ID, status: "succeeded" });
  assert.deepEqual(client.closing, { kind: "ended", status: null, reason: "ended" });
  assert.ok(line.cancelled);
  assert.equal(world.left, 0);
});

test("204 says that all was told before", async () => {
  const { client, world } = begun(() => new Response(null, { status: 204 }));
  await world.pass(1);
  assert.equal(client.closing.kind, "ended");
});

test("polls hear of the end as well", async () => {
  const items = [[{ event: "snapshot", data: job({ status: "succeeded" }) }], []];
  const { client, world } = begun(({ accept }) => (accept === STREAM ? html() : page(items.shift())));
  await world.pass(10_000);
  assert.equal(client.closing.kind, "ended");
  assert.equal(client.job(ID).status, "succeeded");
});

test("a frame that cannot be read is a lost line", async () => {
  const lines = [new Line(), new Line()];
  const { world, client } = begun((_, number) => lines[number - 1]);
  await live(lines[0]);
  await lines[0].write("id: c2\ndata: {oops\n\n");
  assert.equal(client.state, "stale");
  await world.untilAsked(2);
  assert.equal(world.asked[1].cursor, "c1");
  client.close();
});

for (const [what, body] of [["a word", json("hello")], ["null", json(null)], ["something else", json({ ok: true })]]) {
  test(`a poll that is answered with ${what} tells nothing`, async () => {
    const { world, client } = begun(({ accept }) => (accept === STREAM ? html() : body.clone()));
    await world.pass(30_000);
    assert.equal(client.state, "connecting");
    client.close();
  });
}

test("a page that is hidden for long lets go, and comes back when it is seen", async () => {
  const lines = [new Line(), new Line()];
  const { world, client } = begun((_, number) => lines[number - 1]);
  await live(lines[0]);
  await world.signal("hidden");
  await lines[0].write(": \n\n");
  await world.pass(30_000);
  await lines[0].write(": \n\n");
  await world.pass(29_000);
  assert.ok(!lines[0].cancelled);
  await world.pass(2_000);
  assert.ok(lines[0].cancelled);
  assert.equal(client.state, "stale");
  await world.signal("visible");
  assert.equal(world.asked[1].cursor, "c1");
  await lines[1].frame("synced", {}, "c1");
  assert.equal(client.state, "live");
  client.close();
  assert.equal(world.left, 0);
});

test("a page that is hidden for a moment keeps its line", async () => {
  const line = new Line();
  const { world, client } = begun(() => line);
  await live(line);
  await world.signal("hidden");
  await world.pass(20_000);
  await world.signal("visible");
  await line.write(": \n\n");
  await world.pass(39_000);
  assert.equal(world.asked.length, 1);
  client.close();
});

test("a network that is back is tried at once", async () => {
  const [first, second] = [new Line(), new Line()];
  let away = false;
  const { world, client, states } = begun((_, number) => (away ? unreachable() : number === 1 ? first : second));
  await live(first);
  away = true;
  await world.signal("offline");
  assert.equal(client.state, "stale");
  await world.pass(60_000);
  away = false;
  const asked = world.asked.length;
  await world.signal("online");
  assert.equal(world.asked.length, asked + 1);
  if (world.asked.at(-1).accept === POLL) await world.untilAsked(asked + 2);
  await second.frame("synced", {}, "c1");
  assert.equal(states.at(-1), "live");
  client.close();
});

test("after a close nothing is open, waits or is told", async () => {
  const line = new Line();
  const { world, client, states } = begun(() => line);
  await live(line);
  const heard = [];
  client.onJob((known) => heard.push(known));
  client.close();
  assert.ok(world.asked[0].signal.aborted && line.cancelled);
  assert.equal(world.left, 0);
  await world.pass(3_600_000);
  assert.deepEqual([heard, states.at(-1), world.asked.length], [[], "closed", 1]);
});

test("who closes while hearing a change hears nothing after it", async () => {
  const line = new Line();
  const { client } = begun(() => line);
  await live(line);
  const heard = [];
  client.onJob((known) => (heard.push(known.version), client.close()));
  await line.write([2, 3, 4].map((version) => `event: state\ndata: ${JSON.stringify(at(20, version))}\n\n`).join(""));
  assert.deepEqual(heard, [2]);
});

test("a close while it waits, connects or polls leaves nothing behind", async () => {
  for (const [answers, ms] of [[unreachable, 100], [() => new Promise(() => {}), 0], [({ accept }) => (accept === STREAM ? html() : page()), 10_000]]) {
    const { world, client } = begun(answers);
    await world.pass(ms);
    client.close();
    await settled();
    assert.equal(world.left, 0);
  }
});

test("a closed client goes on where it stood", async () => {
  const lines = [new Line(), new Line()];
  const { world, client } = begun((_, number) => lines[number - 1]);
  await live(lines[0]);
  client.close();
  client.open();
  await settled();
  assert.equal(world.asked[1].cursor, "c1");
  assert.equal(client.closing, null);
  client.close();
});
