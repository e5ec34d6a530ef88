// Reads every file below a folder for its checksum, and reports to Headway over HTTP how far it is. Node 18.17 or up.
//
//   node report.mjs http://127.0.0.1:8765 FOLDER
//
// Cancel the job in the browser, or with `headway cancel`, and it stops at the next file.

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const TRIES = 8;

// An answer, or the problem that the server tells. A server that is away or busy is asked again.
async function ask(url, body, tries = TRIES) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.ok) return await answer.json();
    if (answer.status !== 503) throw Object.assign(new Error((await answer.json()).detail), { told: answer.status });
  } catch (error) {
    if (error.told || tries <= 1) throw error;
  }
  if (tries <= 1) throw new Error(`${url} does not answer`);
  await pause(100 * 2 ** (TRIES - tries));
  return ask(url, body, tries - 1);
}

// One producer of one attempt of a job. Its batches are numbered: one that is sent again has no second effect.
class Job {
  static async start(server, kind, steps) {
    const { id } = await ask(`${server}/v1/jobs`, { id: crypto.randomUUID(), kind, steps });
    const { attempt, lease } = await ask(`${server}/v1/jobs/${id}/attach`, {});
    return new Job(`${server}/v1/jobs/${id}`, id, attempt, lease);
  }

  constructor(url, id, attempt, lease) {
    Object.assign(this, { url, id, attempt, lease, number: 0, producer: `${hostname()}-${process.pid}` });
    this.cancelRequested = false;
  }

  async report(...items) {
    const { attempt, lease, producer } = this;
    const batch = { attempt, lease, producer, producer_seq: this.number + 1, items };
    const answer = await ask(`${this.url}/reports`, batch);
    this.number += 1;
    this.cancelRequested = answer.cancel_requested;
  }
}

async function readAll(job, folder) {
  await job.report({ type: "start_step", step: "list" });
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

  await job.report(
    { type: "finish_step", step: "list" },
    { type: "start_step", step: "read" },
    { type: "update", current: 0, total: files.length, unit: "files" },
  );
  const sum = createHash("sha256");
  for (const [place, file] of files.entries()) {
    if (job.cancelRequested) return job.report({ type: "cancelled" });
    sum.update(await readFile(join(file.path, file.name)));
    await job.report({ type: "update", step: "read", current: place + 1, message: file.name });
  }
  return job.report({ type: "succeed", result: { files: files.length, sha256: sum.digest("hex") } });
}

const [server, folder] = process.argv.slice(2);
const job = await Job.start(server, "checksum", ["list", ["read", 9]]);
console.log(job.id);
try {
  await readAll(job, folder);
} catch (error) {
  if (error.told !== 409) await job.report({ type: "fail", error: String(error.message).slice(0, 4000) });
  throw error; // 409: the attempt was superseded, or has ended: nothing more of it can be written
}
