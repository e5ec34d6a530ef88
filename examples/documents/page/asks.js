// Owns what a person may ask of a document's job: to stop, or to be tried again.

import { at } from "./house/address.js";
import { announce, make } from "./house/elements.js";

/** A button that asks once, and says what became of it. `after` is called when the answer was yes. */
export function askButton(words, documentId, ask, after = () => {}) {
  const button = make("button", { type: "button" }, words);
  button.addEventListener("click", async () => {
    button.disabled = true;
    const refused = await refusal(at(`api/documents/${encodeURIComponent(documentId)}/${ask}`));
    button.disabled = false;
    if (refused) announce(refused);
    else after();
  });
  return button;
}

async function refusal(address) {
  try {
    const answer = await fetch(address, { method: "POST" });
    return answer.ok ? null : (await answer.json()).detail;
  } catch {
    return "The server cannot be reached just now.";
  }
}
