/**
 * Owns a program that watches and says what it is told, one JSON line each. It gets the client's options as its argument,
 * closes when its input ends, and then has nothing left to do: it leaves by itself.
 */

import { stdin, stdout } from "node:process";

import { Client } from "../dist/index.js";

const say = (...line) => stdout.write(JSON.stringify(line) + "\n");

const client = new Client(JSON.parse(process.argv[2]));
client.onState((state, why) => say("state", state, why));
client.onJob((job, id) => say("job", id, job));
client.onEvent((event, job) => say("event", event.job_id, event.seq, event.type, job.seq >= event.seq));
client.onReset((reason) => say("reset", reason));
client.onState((state) => state === "closed" && say("closing", client.closing));
client.open();

stdin.on("end", () => client.close());
stdin.resume();
