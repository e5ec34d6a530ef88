/** Owns the proof of which way the client asks: a stream, long-polls or polls, and when it tries another. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { begun, live, POLL, STREAM, ways } from "./begun.js";
import { html, Line, page, settled, unreachable } from "./fake_world.js";
import { at, job } from "./jobs.js";

test("while nothing answers, all ways are tried in turn", async () => {
  const { world, client } = begun(unreachable);
  await world.untilAsked(8, 6_000_000);
  assert.deepEqual(ways(world), ["stream", "stream", "poll", "poll", "stream", "poll", "poll", "stream"]);
  assert.equal(client.state, "connecting");
  client.close();
});

for (const status of [200, 502]) {
  test(`a proxy's page with status ${status} instead of a stream: it backs off, polls, and comes back`, async () => {
    const line = new Line();
    let blocked = true;
    const { world, client, states } = begun(({ accept }) => (accept === POLL ? page([{ event: "snapshot", data: job() }]) : blocked ? html(status) : line));
    await world.untilAsked(3);
    assert.deepEqual(ways(world), ["stream", "stream", "poll"]);
    await settled();
    assert.deepEqual(states, ["connecting", "polling"]);
    blocked = false;
    await world.pass(10_000);
    await line.frame("synced", {}, "c1");
    assert.deepEqual(states, ["connecting", "polling", "live"]);
    client.close();
  });
}

for (const wanted of [STREAM, POLL]) {
  test(`what looks like an answer to ${wanted} but is not sent as one is not believed`, async () => {
    const items = [{ event: "snapshot", data: job() }];
    const text = { [STREAM]: `event: snapshot\ndata: ${JSON.stringify(job())}\n\n`, [POLL]: JSON.stringify({ items, next_cursor: "x" }) };
    const answers = ({ accept }) => (accept === wanted ? new Response(text[wanted], { headers: { "content-type": "text/plain" } }) : html(503));
    const { world, client } = begun(answers);
    await world.pass(30_000);
    assert.equal(client.jobs.size, 0);
    client.close();
  });
}

test("a proxy's page to everything: stale, and back when the server is", async () => {
  const line = new Line();
  let down = true;
  const { world, client, states } = begun((_, number) => (number === 1 ? line : down ? html() : page()));
  await live(line);
  await line.end();
  await world.untilAsked(8);
  assert.deepEqual(states, ["connecting", "live", "stale"]);
  down = false;
  await world.pass(60_000);
  assert.equal(client.state, "polling");
  client.close();
});

test("polls send the cursor, may stay open, and follow one another", async () => {
  let version = 1;
  const answers = ({ accept }) => (accept === STREAM ? html() : page([{ event: "state", data: at(version, ++version) }], `p${version}`));
  const { world, client } = begun(answers);
  await world.untilAsked(5);
  const polls = world.asked.filter(({ accept }) => accept === POLL);
  assert.deepEqual(polls.map(({ cursor }) => cursor).slice(0, 3), [null, "p2", "p3"]);
  assert.match(polls[1].url, /\?wait=\d+$/);
  assert.ok(polls[2].at - polls[1].at >= 500, "a busy job is not asked for without pause");
  client.close();
});

test("a long-poll that is answered at once with nothing is followed by a pause", async () => {
  const { world, client } = begun(({ accept }) => (accept === STREAM ? html() : page()));
  await world.pass(20_000);
  const polls = world.asked.filter(({ accept }) => accept === POLL);
  assert.ok(polls.length > 5 && polls.length <= 10, `${polls.length} questions in 20 s`);
  client.close();
});

test("where long-polls are cut, plain polls go on", async () => {
  const answers = ({ accept, url }) => (accept === STREAM ? html() : url.includes("wait=") ? html(504) : page());
  const { world, client } = begun(answers);
  await world.pass(30_000);
  assert.equal(client.state, "polling");
  const last = world.asked.filter(({ accept }) => accept === POLL).at(-1);
  assert.ok(!last.url.includes("wait="));
  client.close();
});

test("while polls work the stream is tried less and less often, and nobody sees it", async () => {
  const { world, client, states } = begun(({ accept }) => (accept === STREAM ? html() : page()));
  await world.pass(600_000);
  const tries = world.asked.filter(({ accept }) => accept === STREAM).map(({ at }) => at);
  assert.ok(tries.length < 12, `${tries.length}`);
  assert.deepEqual(states, ["connecting", "polling"]);
  client.close();
});

test("a stream that opens and says nothing is no stream: polls take over", async () => {
  const { world, client, states } = begun(({ accept }) => (accept === STREAM ? new Line() : page()));
  await world.pass(25_000);
  assert.deepEqual(states, ["connecting", "polling"]);
  client.close();
});
