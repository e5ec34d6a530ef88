// Owns the page of one document: its facts, and which part of the page hears of which frame.

import { Client, hasEnded } from "./client/index.js";
import { result } from "./document-words.js";
import { History } from "./history.js";
import { at } from "./house/address.js";
import { everySecond, learnFrom, now } from "./house/clock.js";
import { showConnection } from "./house/connection.js";
import { announce, byId, make, say } from "./house/elements.js";
import * as of from "./house/job-words.js";
import { dateAndTime, size } from "./house/words.js";
import { Steps } from "./steps.js";
import { showText, showThumbnail } from "./text.js";
import { Whole } from "./whole.js";

const documentId = decodeURIComponent(location.pathname.split("/").pop());
const address = at(`api/documents/${encodeURIComponent(documentId)}`);
const history = new History(byId("history"));
const steps = new Steps(byId("steps"));
const whole = new Whole(byId("whole"), documentId, follow);
let card = null;
let job = null;
let shown = null;

function changed(after, _id, before) {
  if (!after) return;
  if (before && hasEnded(after) && !hasEnded(before)) announce(`${of.verdict(after).word}. ${result(after)}`);
  job = after;
  show();
}

function follow() {
  const client = new Client({ base: at("headway/"), job: card.job_id });
  client.onJob(changed);
  client.onEvent((event) => history.add(event));
  client.onState((state, why) => {
    showConnection(state, why);
    // What was before is asked for only now: from here on the stream tells all that comes.
    if (state !== "connecting" && state !== "stale") history.load(at(`headway/v1/jobs/${card.job_id}/history`));
  });
  client.open();
}

function show() {
  whole.show(job, now());
  steps.show(job.steps, now());
  const failed = job.status === "failed";
  byId("error").hidden = !failed;
  say(byId("error"), failed ? result(job) : "");
  fetchWhatCameOut();
}

/** Ask for the text and the picture when the steps that make them are over, and not on every frame. */
async function fetchWhatCameOut() {
  const done = (name) => job.steps.some((step) => step.name === name && step.status === "succeeded");
  const state = `${done("generating_thumbnail")} ${job.status}`;
  if (state === shown) return;
  shown = state;
  if (hasEnded(job)) sayThatThereIsNone();
  if (done("generating_thumbnail")) showThumbnail(location.pathname, card.name);
  if (job.status === "succeeded") await showText(location.pathname, job.result);
}

/** Said to whom the job left nothing; where there is something, it stands in this place instead. */
function sayThatThereIsNone() {
  say(byId("thumbnail-nothing"), "There is none.");
  say(byId("text-nothing"), "There is none.");
}

function showCard() {
  document.title = `${card.name} – Documents`;
  say(byId("name"), card.name);
  byId("facts").replaceChildren(
    size(card.size),
    " · brought ",
    make("time", { datetime: card.uploaded_at }, dateAndTime(card.uploaded_at)),
  );
}

everySecond(() => {
  if (!job || hasEnded(job)) return;
  whole.tick(now());
  steps.tick(now());
});
const answer = await fetch(address);
learnFrom(answer);
card = await answer.json();
showCard();
follow();
