/** Owns how one picture on its way is shown: its stages, its bar, what was brought and what came of it. */

import { at } from "./house/address.js";
import { Bar } from "./house/bar.js";
import { byId, make, say } from "./house/elements.js";

/** What is done in it, what is done after it, and the percent at which it begins. */
const STAGES = {
  validating: ["Looking at the picture", "Looked at", 10],
  generating: ["Drawing", "Drawn", 30],
  storing: ["Putting it away", "Put away", 80],
  watermarking: ["Making the preview", "Preview", 90],
};
const ENDS = { complete: "Ready", failed: "It did not work" };
const WIDEST = 960; // pixels that a copy of what was brought is drawn in

export class Easel {
  #bar = new Bar("The drawing");
  #marks = new Map(Object.entries(STAGES).map(([stage, [, done]]) => [stage, make("li", {}, done)]));
  #picture = 0;

  constructor() {
    byId("bar").append(this.#bar.element);
    byId("stages").append(...this.#marks.values());
  }

  /** Another picture is on its way; null where it was brought before this page was loaded. */
  begin(brought) {
    this.#picture += 1;
    byId("job").hidden = false;
    byId("yours").hidden = true;
    if (brought) drawCopy(brought);
    this.show({ stage: null, progress: 0, resultId: null, error: null, isFailed: false, isComplete: false });
  }

  show(view) {
    byId("job").dataset.status = view.isFailed || view.error ? "failed" : view.isComplete ? "completed" : "under way";
    say(byId("stage"), ENDS[view.stage] ?? STAGES[view.stage]?.[0] ?? "Waiting for its turn");
    say(byId("percent"), `${view.progress} %`);
    this.#bar.show(view.progress, { attempt: this.#picture });
    this.#mark(view);
    byId("trouble").hidden = view.error === null;
    say(byId("trouble"), view.error?.message ?? "");
    showDrawing(view.resultId);
  }

  /** It never became a job: why, in the words of the studio. */
  refuse(words) {
    this.show({ stage: "failed", progress: 0, resultId: null, error: new Error(words), isFailed: true, isComplete: false });
  }

  /** By the percent: a failed picture keeps it, and its stage may have come and gone between two polls. */
  #mark({ progress, isFailed, isComplete }) {
    const begun = Object.values(STAGES).filter(([, , from]) => from <= progress).length;
    let number = 0;
    for (const mark of this.#marks.values()) {
      number += 1;
      const here = isFailed ? "broken" : "now";
      mark.dataset.state = number < begun || isComplete ? "done" : number === begun ? here : "ahead";
    }
  }
}

function showDrawing(resultId) {
  byId("preview").hidden = resultId === null;
  if (resultId !== null) byId("preview").src = at(`api/results/${resultId}/preview.jpg`);
}

/** A copy on a canvas: the page may load pictures from its own server only. What is no picture is not shown. */
async function drawCopy(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) return;
  const scale = Math.min(1, WIDEST / bitmap.width);
  const canvas = byId("original");
  canvas.width = bitmap.width * scale;
  canvas.height = bitmap.height * scale;
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  byId("yours").hidden = false;
}
