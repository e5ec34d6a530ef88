// Owns what came out, on the detail page: the picture of page one, and the text, a page at a time.

import { byId, say } from "./house/elements.js";
import { count } from "./house/words.js";

export function showThumbnail(path, name) {
  const image = byId("thumbnail");
  if (!image.hidden) return;
  image.alt = `The first page of ${name}`;
  image.src = `${path}/thumbnail.png`;
  image.hidden = false;
  byId("thumbnail-nothing").hidden = true;
}

export async function showText(path, { pages, characters }) {
  const nothing = byId("text-nothing");
  nothing.hidden = characters > 0;
  if (!characters) {
    say(nothing, "There is no text in this PDF: its pages are pictures.");
    return;
  }
  byId("download").href = `${path}/text`;
  byId("download").hidden = false;
  byId("pager").hidden = pages === 1;
  byId("page").max = String(pages);
  say(byId("pages"), count(pages));
  const turn = turnTo(path, pages);
  byId("pager").addEventListener("submit", (event) => event.preventDefault());
  byId("page").addEventListener("change", () => turn(Number(byId("page").value)));
  byId("earlier").addEventListener("click", () => turn(Number(byId("page").value) - 1));
  byId("later").addEventListener("click", () => turn(Number(byId("page").value) + 1));
  await turn(1);
}

function turnTo(path, pages) {
  let wanted = 0;
  return async (number) => {
    const page = Math.min(Math.max(Math.trunc(number) || 1, 1), pages);
    wanted = page;
    byId("page").value = String(page);
    byId("earlier").disabled = page === 1;
    byId("later").disabled = page === pages;
    const answer = await fetch(`${path}/text?page=${page}`);
    const words = answer.ok ? await answer.text() : "This page could not be fetched.";
    // Pages may come back in another order than they were asked for.
    if (page !== wanted) return;
    byId("text").hidden = false;
    say(byId("text"), words || "There is no text on this page.");
    byId("text").scrollTop = 0;
  };
}
