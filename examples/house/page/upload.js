// Owns one file on its way: its own bar, its own end, and the sentence of the application that would not take it.

import { Bar } from "./bar.js";
import { announce, make, say } from "./elements.js";
import { size } from "./words.js";

const AT_ONCE = 2;

const waiting = [];
let running = 0;

/** Send a file as soon as few enough others are on their way. */
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

/** One file on its way to `address`, in `field` of a form; `element` shows it, and what became of it. */
export class Upload {
  #figure = make("span", { class: "figure" });
  #words = make("p", { class: "sentence" });
  #button = make("button", { type: "button" }, "Stop");
  #request = new XMLHttpRequest();
  #stopped = false;

  /** `limit` in bytes, where it is known; `focus` gets the focus of a button that goes. */
  constructor(file, { address, field, limit = Infinity, focus }) {
    Object.assign(this, { file, address, field, limit, focus });
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
    form.append(this.field, this.file);
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
    announce(`${this.file.name}: ${words}`);
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
