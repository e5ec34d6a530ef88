/** Owns the proof that a stream may be cut at every byte, and each event is still told once and in order. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { watch } from "../dist/index.js";
import { FakeWorld } from "./fake_world.js";

const ID = "j";
const EVENTS = 4;
const job = (percent, version, seq) => ({ id: ID, status: "running", attempt: 1, progress: { percent }, version, seq, steps: [] });
const event = (seq, version) => ({ job_id: ID, seq, message: "é😀", job: { version, seq } });
const block = (type, data, id) => `event: ${type}\n${id ? `id: ${id}\n` : ""}data: ${JSON.stringify(data)}\n\n`;

/** What a server sends to who has had the events up to `seq`. */
function streamAfter(seq) {
  const news = Array.from({ length: EVENTS - seq }, (_, i) => seq + i + 1);
  const frames = news.map((n) => block("event", event(n, 2 * n), `c${n}`) + ": \n\n" + block("state", job(10 * n, 2 * n + 1, n)));
  const newest = block("state", job(10 * EVENTS, 2 * EVENTS + 1, EVENTS));
  return `retry: 10\n\n${seq ? "" : block("snapshot", job(0, 0, 0))}${frames.join("")}${newest}${block("synced", {}, `c${EVENTS}`)}${block("end", { job_id: ID })}`;
}

/** The whole answer at first as far as `cut`, then whole. `piece`: how many bytes come at once. */
function answering(cut, piece) {
  return ({ cursor }, number) => {
    const bytes = new TextEncoder().encode(streamAfter(Number(cursor?.slice(1) ?? 0)));
    const sent = number === 1 ? bytes.slice(0, cut) : bytes;
    const start = (controller) => {
      for (let from = 0; from < sent.length; from += piece) controller.enqueue(sent.slice(from, from + piece));
      controller.close();
    };
    return new Response(new ReadableStream({ start }), { headers: { "content-type": "text/event-stream" } });
  };
}

async function followed(cut, piece) {
  const world = new FakeWorld(answering(cut, piece));
  const client = watch({ job: ID, around: world.around });
  const [seqs, percents] = [[], []];
  client.onEvent(({ seq }) => seqs.push(seq));
  client.onJob(({ progress }) => percents.push(progress.percent));
  for (let turns = 0; client.state !== "closed"; turns++) {
    assert.ok(turns < 100, `cut at ${cut}: it never ended`);
    await world.pass(100);
  }
  assert.deepEqual(percents, [...percents].sort((a, b) => a - b), `cut at ${cut}: a bar went back`);
  assert.equal(client.job(ID).progress.percent, 10 * EVENTS);
  return seqs;
}

const LENGTH = new TextEncoder().encode(streamAfter(0)).length;
const ALL = Array.from({ length: EVENTS }, (_, i) => i + 1);

test("cut at every byte, each event is told once", async () => {
  for (let cut = 0; cut <= LENGTH; cut++) assert.deepEqual(await followed(cut, 4096), ALL, `cut at ${cut}`);
});

test("cut anywhere and byte by byte as well", async () => {
  for (let cut = 0; cut <= LENGTH; cut += 31) assert.deepEqual(await followed(cut, 1), ALL, `cut at ${cut}`);
});
