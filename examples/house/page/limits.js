// Owns what the application says that it takes: asked for once, while the page is ready for files already.

import { at } from "./address.js";
import { learnFrom } from "./clock.js";

/** What `api/limits` answers; nothing where it cannot be asked, and the server judges what it is sent. */
export const limits = ask().catch(() => ({}));

/** How many bytes one upload may have, or undefined. */
export const uploadLimit = limits.then(({ upload_bytes }) => upload_bytes);

async function ask() {
  const answer = await fetch(at("api/limits"));
  learnFrom(answer);
  return answer.ok ? answer.json() : {};
}
