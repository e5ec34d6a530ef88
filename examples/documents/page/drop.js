// Owns how files get in: dropped anywhere, chosen by mouse or keyboard; each with its own upload bar and its own end.

import { at } from "./house/address.js";
import { byId } from "./house/elements.js";
import { Upload, sendInTurn } from "./house/upload.js";

/** Listen for files; `limits` says how large one may be. */
export function acceptFiles(limits) {
  const add = (files) => {
    for (const file of files) sendInTurn(upload(file, limits.upload_bytes));
  };
  // A file input opens by the space bar alone; a button by every key that opens buttons.
  byId("choose").addEventListener("click", () => byId("files").click());
  byId("files").addEventListener("change", (change) => {
    add(change.target.files);
    change.target.value = "";
  });
  acceptDrops(add);
}

function upload(file, limit) {
  const made = new Upload([file], { address: at("api/documents"), field: "file", limit, focus: byId("choose") });
  byId("uploads").append(made.element);
  return made;
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
