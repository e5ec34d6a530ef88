// Owns how text files come onto the page: dropped anywhere, or chosen.

import { byId } from "./house/elements.js";

export function acceptTexts(take) {
  const aim = (held) => byId("drop").classList.toggle("aimed", held);
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault(); // a browser would open the file in place of this page
    aim(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget || aim(false));
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    aim(false);
    if (event.dataTransfer.files.length > 0) take([...event.dataTransfer.files]);
  });
  byId("choose").addEventListener("click", () => byId("files").click());
  byId("files").addEventListener("change", (event) => {
    const files = [...event.target.files];
    event.target.value = ""; // so that the same file can be chosen again
    if (files.length > 0) take(files);
  });
}
