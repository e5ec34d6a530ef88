// Owns the page: its cards, one stream for all jobs of all applications, and which part hears of it.

import { Card } from "./card.js";
import { hasEnded, watch } from "./client/index.js";
import { acceptDrops } from "./drops.js";
import { at } from "./house/address.js";
import { everySecond, learnFrom, now } from "./house/clock.js";
import { showConnection } from "./house/connection.js";
import { byId } from "./house/elements.js";
import { List } from "./list.js";

const answer = await fetch(at("api/applications"));
learnFrom(answer);
const { applications } = await answer.json();
const client = watch({ base: at("headway/") });
const ended = () => new Set([...client.jobs.values()].filter(hasEnded).map((job) => job.id));
const cards = applications.map((about) => new Card(about, ended));
const names = new Map(applications.flatMap(({ name, kinds }) => kinds.map((kind) => [kind, name])));
const list = new List((job) => names.get(job.kind) ?? "other");
let known = false;
let scheduled = false;

function schedule() {
  if (scheduled || !known) return;
  scheduled = true;
  requestAnimationFrame(show);
}

function show() {
  scheduled = false;
  const jobs = [...client.jobs.values()];
  for (const card of cards) card.show(jobs);
  list.show(jobs, now());
  const live = jobs.filter((job) => !hasEnded(job)).length;
  document.title = live ? `(${live}) Headway` : "Headway";
}

byId("cards").append(...cards.map((card) => card.element));
acceptDrops(cards, (element) => cards.find((card) => card.element.contains(element)) ?? null);
byId("all").hidden = false;
byId("all").addEventListener("click", async () => {
  byId("all").disabled = true;
  await Promise.all(cards.filter((card) => card.open).map((card) => card.runSample()));
  byId("all").disabled = false;
});
client.onJob(schedule);
client.onState((state, why) => {
  showConnection(state, why);
  // Before the first answer an empty list would only look like the truth.
  known ||= state === "live" || state === "polling";
  schedule();
});
showConnection(client.state, "");
everySecond(() => list.tick(now()));
