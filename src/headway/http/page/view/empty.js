/** Owns what stands where there is nothing to show: no jobs yet, none that match, no such job. */

import { clipped, visible } from "../app/plain.js";
import { el } from "./dom.js";

const EXAMPLE = `import headway, time

with headway.start("hello") as job:
    for _ in job.track(range(100)): time.sleep(0.1)`;

export const noJobs = () =>
  el(
    "section",
    { class: "empty" },
    el("h2", {}, "No jobs yet"),
    el("p", {}, "A job appears here the moment it starts. This one takes ten seconds:"),
    el("pre", {}, el("code", {}, EXAMPLE)),
  );

export const noneMatch = (clear) => {
  const button = el("button", { type: "button", class: "button" }, "Show all");
  button.addEventListener("click", clear);
  return el("section", { class: "empty" }, el("h2", {}, "No job here matches"), el("p", {}, "Older ones may."), button);
};

export const unknownJob = (id) =>
  el(
    "section",
    { class: "empty" },
    el("h1", { tabindex: -1 }, "No such job"),
    el("p", {}, "This server knows no job ", el("bdi", { class: "id" }, visible(clipped(id, 80))), "."),
    el("p", {}, "Check the address, and that this server reads the store that the worker writes to."),
    el("p", {}, el("a", { href: "#/" }, "All jobs")),
  );

export const notYet = (text) => el("section", { class: "empty" }, el("p", {}, text));
