// Owns where a dropped file goes: to the application on whose card it falls, and nowhere else.

import { announce } from "./house/elements.js";

/** `cardAt` finds the card of an element, if it is in one. */
export function acceptDrops(cards, cardAt) {
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const aim = (at, held) => {
    document.body.classList.toggle("holding", held);
    for (const card of cards) card.aim(card === at);
  };
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    // Also beside the cards: a browser would open the file in place of this page.
    event.preventDefault();
    const at = cardAt(event.target);
    event.dataTransfer.dropEffect = at?.open ? "copy" : "none";
    aim(at, true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget || aim(null, false));
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const at = cardAt(event.target);
    aim(null, false);
    if (at) at.take(event.dataTransfer.files);
    else announce("Drop it on one of the applications.");
  });
}
