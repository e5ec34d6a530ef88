// Owns files on their way: one bar, one end, and the sentence of the application that would not take them.

import { Bar } from "./bar.js";
import { announce, make, say } from "./elements.js";
import { counted, size } from "./words.js";

const AT_ONCE = 2;

const waiting = [];
let running = 0;

/** Send it as soon as few enough others are on their way. */
export function sendInTurn(upload) {
  waiting.push(upload);
  startMore();
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

/** Files on their way to `address`, in `field` of one form; `element` shows them, and what became of them. */
export class Upload {
  #figure = make("span", { class: "figure" });
  #words = make("p", { class: "sentence" });
  #button = make("button", { type: "button" }, "Stop");
  #request = new XMLHttpRequest();
  #stopped = false;

  /** `limit` in bytes, or a promise of it, where it is known; `focus` gets the focus of a button that goes. */
  constructor(files, { address, field, limit = Infinity, focus }) {
    Object.assign(this, { files, address, field, limit, focus });
    this.name = files.length === 1 ? files[0].name : counted(files.length, "file");
    this.bar = new Bar(`Upload of ${this.name}`, this.#figure);
    this.element = make(
      "li",
      { class: "job upload" },
      make("div", { class: "row-head" }, make("span", { class: "name" }, this.name), this.#figure, this.#button),
      this.bar.element,
      this.#words,
    );
    this.#button.addEventListener("click", () => this.#stop());
    this.bar.show(0);
  }

  /** Send them; resolves when they are through, whatever became of them. */
  async send() {
    const limit = await this.limit;
    if (this.#stopped) return;
    const bytes = this.files.reduce((sum, file) => sum + file.size, 0);
    if (bytes > limit) {
      this.#refuse(`This file has ${size(bytes)}; at most ${size(limit)} can be taken.`);
      return;
    }
    const answer = await this.#post();
    if (this.#stopped) return;
    if (answer.status === 202 || answer.status === 200) this.element.remove();
    else this.#refuse(sentence(answer));
  }

  #post() {
    const form = new FormData();
    for (const file of this.files) form.append(this.field, file);
    return new Promise((resolve) => {
      this.#request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) =>
        this.bar.show(lengthComputable ? (100 * loaded) / total : null, { words: "uploading" }),
      );
      this.#request.addEventListener("loadend", () => resolve(this.#request));
      this.#request.responseType = "json";
      this.#request.open("POST", this.address);
      this.#request.send(form);
    });
  }

  #refuse(words) {
    this.bar.element.remove();
    say(this.#figure, "");
    say(this.#words, words);
    say(this.#button, "Dismiss");
    this.element.dataset.status = "failed";
    announce(`${this.name}: ${words}`);
  }

  #stop() {
    this.#stopped = true;
    this.#request.abort();
    this.element.remove();
    this.focus.focus();
  }
}

function sentence(answer) {
  if (answer.status === 0) return "The connection broke off before the file was through; try it again.";
  return answer.response?.detail ?? `It was not taken: ${answer.response?.error?.code ?? answer.status}.`;
}
