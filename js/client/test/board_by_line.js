/** Owns a program that plays frames to a board: a list of them comes in as a line, what it then knows and told goes out. */

import { createInterface } from "node:readline";

import { Board, HOLE } from "../dist/board.js";

for await (const line of createInterface({ input: process.stdin })) {
  const board = new Board();
  const told = JSON.parse(line).map(([type, data]) => board.apply(type, data));
  const holes = told.filter((changes) => changes === HOLE).length;
  const events = told.filter((changes) => changes !== HOLE).flatMap((changes) => changes.flatMap(({ event }) => event?.seq ?? []));
  process.stdout.write(`${JSON.stringify({ jobs: [...board.jobs.values()], holes, events })}\n`);
}
