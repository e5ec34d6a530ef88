/** Owns the page: it brings a picture, remembers its session in this tab, and shows what each poll says. */

import { jobQueryOptions, jobStatus } from "./client/query.js";
import { Easel } from "./easel.js";
import { at } from "./house/address.js";
import { byId } from "./house/elements.js";
import { acceptDrops, acceptChoice } from "./house/drops.js";
import { polled } from "./polled.js";

const KEY = "picture-studio";
const easel = new Easel();
let stop = () => {};

function follow({ jobId, sessionToken }) {
  stop();
  const url = (id) => at(`api/status/${encodeURIComponent(id)}`);
  const options = jobQueryOptions({ jobId, session: sessionToken, url });
  stop = polled(options, (result) => easel.show(jobStatus(result)));
}

async function bring([picture]) {
  stop();
  easel.begin(picture);
  try {
    const session = await taken(picture);
    sessionStorage.setItem(KEY, JSON.stringify(session));
    follow(session);
  } catch (error) {
    easel.refuse(error.message);
  }
}

async function taken(picture) {
  const form = new FormData();
  form.append("image", picture);
  const answer = await fetch(at("api/uploads"), { method: "POST", body: form }).catch(() => null);
  if (answer === null) throw new Error("The studio cannot be reached just now; try it again.");
  const body = await answer.json();
  if (!answer.ok) throw new Error(`The picture was not taken: ${body.error.code}.`);
  return body;
}

acceptDrops(byId("drop"), bring);
acceptChoice(byId("choose"), byId("image"), bring);
const remembered = sessionStorage.getItem(KEY);
if (remembered !== null) {
  easel.begin(null);
  follow(JSON.parse(remembered));
}
