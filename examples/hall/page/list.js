// Owns the list of the newest jobs: which stand under "under way" and which under "lately ended".

import { hasEnded } from "./client/index.js";
import { byId, say } from "./house/elements.js";
import { inTurn, newestFirst, Roll } from "./house/roll.js";
import { EndedRow, LiveRow } from "./rows.js";

const SHOWN = 30;

export class List {
  #roll = new Roll();
  #applicationOf;

  /** `applicationOf` says whose a job is. */
  constructor(applicationOf) {
    this.#applicationOf = applicationOf;
  }

  show(jobs, now) {
    const live = jobs.filter((job) => !hasEnded(job)).sort(inTurn);
    const ended = jobs.filter(hasEnded).sort(newestFirst).slice(0, SHOWN);
    const shown = live.slice(0, SHOWN);
    const of = this.#applicationOf;
    this.#roll.keep([...shown, ...ended]);
    const rows = this.#roll.arrange(byId("under-way"), shown, () => "live", (job) => new LiveRow(job, of(job)));
    rows.forEach((row, at) => row.show(shown[at], now));
    this.#roll.arrange(byId("ended"), ended, kindOfEnd, (job) => new EndedRow(job, of(job)));
    say(byId("under-way-count"), live.length ? String(live.length) : "");
    byId("under-way-nothing").hidden = live.length > 0;
    byId("ended-nothing").hidden = ended.length > 0;
  }

  tick(now) {
    for (const row of this.#roll.rows) row.tick?.(now);
  }
}

/** What ended again after another attempt is another row. */
function kindOfEnd(job) {
  return `${job.status} ${job.attempt}`;
}
