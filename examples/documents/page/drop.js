// Owns how files get in: dropped anywhere, chosen by mouse or keyboard; each with its own upload bar and its own end.

import { Bar } from "./bar.js";
import { announce, byId, make, say } from "./elements.js";
import { size } from "./words.js";

const AT_ONCE = 2;

const waiting = [];
let running = 0;

/** Listen for files; `limits` says how large one may be. */
export function acceptFiles(limits) {
  const add = (files) => {
    for (const file of files) waiting.push(new Upload(file, limits.upload_bytes));
    startMore();
  };
  // A file input opens by the space bar alone; a button by every key that opens buttons.
  byId("choose").addEventListener("click", () => byId("files").click());
  byId("files").addEventListener("change", (change) => {
    add(change.target.files);
    change.target.value = "";
  });
  acceptDrops(add);
}

function acceptDrops(add) {
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const aim = (on) => byId("drop").classList.toggle("aimed", on);
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    aim(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget || aim(false));
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    aim(false);
    add(event.dataTransfer.files);
  });
}

function startMore() {
  while (running < AT_ONCE && waiting.length > 0) {
    running += 1;
    waiting.shift().send().finally(() => {
      running -= 1;
      startMore();
    });
  }
}

class Upload {
  #figure = make("span", { class: "figure" });
  #words = make("p", { class: "sentence" });
  #button = make("button", { type: "button" }, "Stop");
  #request = new XMLHttpRequest();
  #stopped = false;

  constructor(file, limit) {
    this.file = file;
    this.limit = limit;
    this.bar = new Bar(`Upload of ${file.name}`, this.#figure);
    this.element = make(
      "li",
      { class: "job upload" },
      make("div", { class: "row-head" }, make("span", { class: "name" }, file.name), this.#figure, this.#button),
      this.bar.element,
      this.#words,
    );
    this.#button.addEventListener("click", () => this.#stop());
    this.bar.show(0);
    byId("uploads").append(this.element);
  }

  /** Send the file; resolves when it is through, whatever became of it. */
  async send() {
    if (this.#stopped) return;
    if (this.file.size > this.limit) {
      this.#refuse(`This file has ${size(this.file.size)}; at most ${size(this.limit)} can be taken.`);
      return;
    }
    const answer = await this.#post();
    if (this.#stopped) return;
    if (answer.status === 202) this.element.remove();
    else this.#refuse(sentence(answer));
  }

  #post() {
    const form = new FormData();
    form.append("file", this.file);
    return new Promise((resolve) => {
      this.#request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) =>
        this.bar.show(lengthComputable ? (100 * loaded) / total : null, { words: "uploading" }),
      );
      this.#request.addEventListener("loadend", () => resolve(this.#request));
      this.#request.responseType = "json";
      this.#request.open("POST", "/api/documents");
      this.#request.send(form);
    });
  }

  #refuse(words) {
    this.bar.element.remove();
    say(this.#figure, "");
    say(this.#words, words);
    say(this.#button, "Dismiss");
    this.element.dataset.status = "failed";
    announce(`${this.file.name}: ${words}`);
  }

  #stop() {
    this.#stopped = true;
    this.#request.abort();
    this.element.remove();
    byId("choose").focus();
  }
}

function sentence(answer) {
  if (answer.status === 0) return "The connection broke off before the file was through; try it again.";
  return answer.response?.detail ?? `The server would not take it (${answer.status}).`;
}
