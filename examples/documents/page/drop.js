// Owns what becomes of files that were brought: each has its own upload bar and its own end.

import { at } from "./house/address.js";
import { acceptChoice, acceptDrops } from "./house/drops.js";
import { byId } from "./house/elements.js";
import { Upload, sendInTurn } from "./house/upload.js";

/** Listen for files; `limits` says how large one may be. */
export function acceptFiles(limits) {
  const add = (files) => {
    for (const file of files) sendInTurn(upload(file, limits.upload_bytes));
  };
  acceptChoice(byId("choose"), byId("files"), add);
  acceptDrops(byId("drop"), add);
}

function upload(file, limit) {
  const made = new Upload([file], { address: at("api/documents"), field: "file", limit, focus: byId("choose") });
  byId("uploads").append(made.element);
  return made;
}
