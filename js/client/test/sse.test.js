/** Owns the proof that the parser fulfils the standard, however a stream is cut on its way. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { SseOverflow, SseParser } from "../dist/sse.js";
import { BROKEN, VECTORS } from "./vectors.js";

function parsed(pieces, lastEventId = "") {
  const told = { events: [], retry: [] };
  const parser = new SseParser({ event: (event) => told.events.push(event), retry: (ms) => told.retry.push(ms) }, lastEventId);
  for (const piece of pieces) parser.push(piece);
  return { ...told, id: parser.lastEventId };
}

const cut = (whole, at) => [whole.slice(0, at), whole.slice(at)];
const crumbs = (whole) => Array.from({ length: whole.length }, (_, i) => whole.slice(i, i + 1));
const dispatched = ({ events, retry, id }) => ({ events, retry, id });

for (const vector of [...VECTORS, ...BROKEN]) {
  const wanted = dispatched(vector);
  test(`${vector.sentence}, whole, cut at every byte, and byte by byte`, () => {
    assert.deepEqual(parsed([vector.bytes]), wanted);
    assert.deepEqual(parsed(crumbs(vector.bytes)), wanted, "byte by byte");
    for (let at = 0; at <= vector.bytes.length; at++) assert.deepEqual(parsed(cut(vector.bytes, at)), wanted, `cut at byte ${at}`);
  });
}

for (const vector of VECTORS) {
  test(`as text: ${vector.sentence}`, () => {
    const wanted = dispatched(vector);
    assert.deepEqual(parsed(crumbs(vector.stream)), wanted);
    for (let at = 0; at <= vector.stream.length; at++) assert.deepEqual(parsed(cut(vector.stream, at)), wanted, `cut at ${at}`);
  });
}

test("every two cuts of a stream with everything in it change nothing", () => {
  const whole = new TextEncoder().encode("\uFEFFid: 1\r\ndata: é\r\n\r\n: c\rretry: 9\n\ndata: 😀\r\r\nevent: x\ndata\n\n");
  const wanted = parsed([whole]);
  assert.equal(wanted.events.length, 3);
  for (let first = 0; first <= whole.length; first++)
    for (let second = first; second <= whole.length; second++)
      assert.deepEqual(parsed([whole.slice(0, first), whole.slice(first, second), whole.slice(second)]), wanted, `${first}, ${second}`);
});

test("an event is dispatched by the first byte of its blank line's end", () => {
  assert.equal(parsed(["data: a\r\n\r"]).events.length, 1);
});

test("the last event id of the connection before is kept until a stream brings one", () => {
  assert.equal(parsed([": hello\n\n"], "41").id, "41");
  assert.deepEqual(parsed(["data: a\n\n"], "41").events, [{ type: "message", data: "a", lastEventId: "41" }]);
});

for (const [what, piece] of [
  ["a line", "x".repeat(100)],
  ["data", "data: 0123456789\n".repeat(10)],
]) {
  test(`${what} without an end is refused, not kept for ever`, () => {
    const parser = new SseParser({ event: () => {} }, "", 64);
    assert.throws(() => parser.push(piece), SseOverflow);
  });
}

test("what is bounded is one event, not the stream", () => {
  let events = 0;
  const parser = new SseParser({ event: () => events++ }, "", 64);
  for (let i = 0; i < 1000; i++) parser.push("data: 0123456789\n\n: comment\n");
  assert.equal(events, 1000);
});
