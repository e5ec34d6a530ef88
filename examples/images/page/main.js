/** Owns the page: it brings a picture, remembers its session in this tab, and shows what each poll says. */

import { jobQueryOptions, jobStatus } from "./client/query.js";
import { polled } from "./polled.js";

const WORDS = {
  validating: "Looking at the picture",
  generating: "Drawing",
  storing: "Putting it away",
  watermarking: "Making the preview",
  complete: "Ready",
  failed: "It did not work",
};
const KEY = "picture-studio";
const part = (id) => document.getElementById(id);
let stop = () => {};

function show(view) {
  part("stage").textContent = WORDS[view.stage] ?? "Waiting for its turn";
  part("bar").value = view.progress;
  part("percent").textContent = `${view.progress} %`;
  part("trouble").textContent = view.error?.message ?? "";
  part("trouble").hidden = view.error === null;
  part("preview").hidden = view.resultId === null;
  if (view.resultId !== null) part("preview").src = `api/results/${view.resultId}/preview.jpg`;
}

function follow({ jobId, sessionToken }) {
  stop();
  part("job").hidden = false;
  const options = jobQueryOptions({ jobId, session: sessionToken, url: (id) => `api/status/${encodeURIComponent(id)}` });
  stop = polled(options, (result) => show(jobStatus(result)));
}

async function bring(event) {
  event.preventDefault();
  const answer = await fetch("api/uploads", { method: "POST", body: new FormData(event.target) });
  const body = await answer.json();
  if (!answer.ok) {
    stop();
    part("job").hidden = false;
    show(jobStatus({ data: undefined, isLoading: false, error: new Error(`The picture was not taken: ${body.error.code}.`) }));
    return;
  }
  sessionStorage.setItem(KEY, JSON.stringify(body));
  follow(body);
}

part("bring").addEventListener("submit", bring);
const remembered = sessionStorage.getItem(KEY);
if (remembered !== null) follow(JSON.parse(remembered));
