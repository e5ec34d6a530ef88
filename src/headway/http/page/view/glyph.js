/** Owns the small drawings that say a state by their shape, so that colour never has to. */

const SVG = "http://www.w3.org/2000/svg";
const RING = "M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5z";

// Each: [what is drawn as a line, what is filled]. The canvas is 16 by 16.
const SHAPES = {
  pending: ["M8 1.75a6.25 6.25 0 1 1 0 12.5a6.25 6.25 0 0 1 0-12.5z", ""],
  running: [RING, "M8 3.6a4.4 4.4 0 0 1 0 8.8z"],
  waiting: [`${RING}M6.3 5.4v5.2M9.7 5.4v5.2`, ""],
  succeeded: ["M2.6 8.6l3.6 3.6l7.2-8.2", ""],
  failed: ["", "M5 .9h6L15.1 5v6L11 15.1H5L.9 11V5zM5.2 4.1L4.1 5.2L6.9 8l-2.8 2.8l1.1 1.1L8 9.1l2.8 2.8l1.1-1.1L9.1 8l2.8-2.8l-1.1-1.1L8 6.9z"],
  cancelled: [`${RING}M3.7 12.3l8.6-8.6`, ""],
  skipped: ["M3 4.5l3.5 3.5L3 11.5M8.5 4.5L12 8l-3.5 3.5", ""],
  lost: ["M8 1.6L15 14.2H1zM8 6v4", "M8 11.2a.95.95 0 1 1 0 1.9a.95.95 0 0 1 0-1.9z"],
  stalled: [`${RING}M8 4.4V8.6`, "M8 10.1a.95.95 0 1 1 0 1.9a.95.95 0 0 1 0-1.9z"],
  slow: [`${RING}M8 4.4V8l2.6 1.6`, ""],
  asked: [RING, "M5.4 5.4h5.2v5.2H5.4z"],
  noted: ["M3 4.5h10M3 8h10M3 11.5h6", ""],
  happened: ["", "M8 5.6a2.4 2.4 0 1 1 0 4.8a2.4 2.4 0 0 1 0-4.8z"],
};

/** A drawing that can change. It is silent: the words stand beside it. */
export class Glyph {
  #line = document.createElementNS(SVG, "path");
  #fill = document.createElementNS(SVG, "path");
  node = document.createElementNS(SVG, "svg");

  constructor(name) {
    this.node.setAttribute("viewBox", "0 0 16 16");
    this.node.setAttribute("aria-hidden", "true");
    this.#line.setAttribute("class", "line");
    this.#fill.setAttribute("fill-rule", "evenodd");
    this.node.append(this.#line, this.#fill);
    if (name) this.show(name);
  }

  show(name) {
    if (this.node.dataset.shape === name) return;
    const [line, fill] = SHAPES[name] ?? SHAPES.happened;
    this.node.setAttribute("class", `glyph ${name}`);
    this.node.dataset.shape = name;
    this.#line.setAttribute("d", line);
    this.#fill.setAttribute("d", fill);
  }
}

/** Which drawing stands for a job: what is wrong with it before what it does. */
export function glyphOf(job) {
  if (job.status === "running" && job.health !== "ok") return job.health;
  return job.status;
}
