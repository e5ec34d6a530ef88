// Owns what becomes of files that were brought: each has its own upload bar and its own end.

import { at } from "./house/address.js";
import { acceptChoice, acceptDrops } from "./house/drops.js";
import { byId } from "./house/elements.js";
import { uploadLimit } from "./house/limits.js";
import { Upload, sendInTurn } from "./house/upload.js";

export function acceptFiles() {
  const add = (files) => {
    for (const file of files) sendInTurn(upload(file));
  };
  acceptChoice(byId("choose"), byId("files"), add);
  acceptDrops(byId("drop"), add);
}

function upload(file) {
  const made = new Upload([file], { address: at("api/documents"), field: "file", limit: uploadLimit, focus: byId("choose") });
  byId("uploads").append(made.element);
  return made;
}
