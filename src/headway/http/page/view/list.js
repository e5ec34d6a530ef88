/** Owns the page of all jobs: live ones, the last ended ones, and older ones on request. */

import { hasEnded } from "../app/model.js";
import * as pick from "../app/pick.js";
import { line } from "../app/plain.js";
import * as route from "../app/route.js";
import * as words from "../app/words.js";
import { el, Keyed, put, reveal } from "./dom.js";
import { noJobs, noneMatch, notYet } from "./empty.js";
import { Filters } from "./filters.js";
import { Older } from "./older.js";
import { Section } from "./section.js";

function titleFor(jobs) {
  const running = jobs.filter((job) => job.status === "running").length;
  const stuck = jobs.filter(words.isUnwell).length;
  return [stuck && `${stuck} stuck`, running && `${running} running`, "Headway"].filter(Boolean).join(" · ");
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export class ListPage {
  #board;
  #filters;
  #older;
  #sections;
  #jobs = el("div", { class: "sections" });
  #nothing = el("div", {});
  #shownNothing = null;
  title = "Headway";
  node;

  constructor({ board, server, announcer, repaint }) {
    this.#board = board;
    this.announcer = announcer;
    this.#filters = new Filters({
      changed: (chosen) => this.#choose(chosen, repaint),
      opened: (text) => UUID.test(text) && (location.hash = route.toJob(text.toLowerCase())),
    });
    this.#older = new Older(server, board, repaint);
    this.#sections = new Keyed(this.#jobs, (name) => new Section(name));
    this.node = el(
      "div",
      { class: "list" },
      el("h1", { class: "unseen", tabindex: -1 }, "Jobs"),
      this.#filters.node,
      this.#nothing,
      this.#jobs,
      this.#older.node,
    );
    this.node.addEventListener("keydown", (event) => this.#walk(event));
  }

  enter(asked) {
    this.#filters.set(asked);
    this.#older.follow(asked.status);
  }

  focusSearch() {
    this.#filters.focus();
  }

  /** Puts the focus on a job's line, if it is there. */
  focusJob(id) {
    const link = this.#links().find((one) => one.dataset.job === id);
    link?.focus({ preventScroll: true });
    return Boolean(link);
  }

  /** Tells what happened to a job, if it is news for somebody who cannot see the list. */
  tell({ before, after }) {
    if (!before || before.status === after.status || !hasEnded(after)) return;
    this.announcer.say(`${line(words.title(after), 120)}: ${words.statusAndReason(after)}`);
  }

  paint(now, contact) {
    const jobs = [...this.#board.jobs.values()];
    const chosen = this.#filters.chosen();
    const sections = pick.sections(jobs, chosen);
    const focused = document.activeElement?.dataset?.job;
    this.#filters.count(pick.totals(jobs));
    this.#sections.show(sections.map(({ name, jobs }) => [name, jobs]), now);
    if (focused && document.activeElement?.dataset?.job !== focused) this.focusJob(focused);
    this.title = titleFor(jobs);
    this.#showNothing(sections.length > 0, jobs.length > 0, contact);
    reveal(this.#older.node, jobs.length > 0);
  }

  tick(now) {
    for (const section of this.#sections.views()) section.tick(now);
  }

  #choose(chosen, repaint) {
    history.replaceState(null, "", route.toList(chosen));
    this.#older.follow(chosen.status);
    repaint();
  }

  #showNothing(some, known, contact) {
    const kind = some ? null : known ? "no match" : contact.hasBeenLive ? "no jobs" : "not yet";
    if (kind === this.#shownNothing) return;
    this.#shownNothing = kind;
    this.#nothing.replaceChildren(...this.#nothingFor(kind));
  }

  #nothingFor(kind) {
    if (kind === "no jobs") return [noJobs()];
    if (kind === "not yet") return [notYet("Asking the server for its jobs…")];
    return kind === "no match" ? [noneMatch(() => (location.hash = "#/"))] : [];
  }

  /** Arrow keys walk from job to job, Home and End to the ends. */
  #walk(event) {
    const links = this.#links();
    const at = links.indexOf(document.activeElement);
    const inSearch = event.target.type === "search";
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 };
    const next = links[steps[event.key]];
    if (at < 0 ? !(inSearch && event.key === "ArrowDown") : !next) return;
    event.preventDefault();
    (next ?? links[0])?.focus();
  }

  #links() {
    return [...this.#jobs.querySelectorAll("a.name")];
  }
}
