// Owns what came out: proposals with what they rest on, and the tree of them. Fetched once for each job.

import { ask, Refusal } from "./ask.js";
import { byId, make, say } from "./house/elements.js";
import { counted } from "./house/words.js";

const AT_FIRST = 8;
const shown = { proposals: null, tree: null };

export function forgetOutcomes() {
  shown.proposals = shown.tree = null;
  byId("proposals").hidden = byId("tree").hidden = true;
}

export async function showProposals(job, api) {
  if (!job || shown.proposals === job.id) return;
  shown.proposals = job.id;
  const made = (await outcome(job, api)) ?? bare(job.result);
  if (shown.proposals !== job.id) return; // another one was asked for meanwhile
  showFirst(made.proposals.map(proposal));
  showLeftOut(made);
  byId("proposals").hidden = false;
}

export async function showTree(job, api) {
  if (shown.tree === (job?.id ?? null)) return;
  shown.tree = job?.id ?? null;
  byId("tree").hidden = true;
  if (!job) return;
  const tree = (await outcome(job, api)) ?? job.result;
  if (shown.tree !== job.id) return;
  byId("blocks").replaceChildren(...tree.blocks.map(block));
  const nodes = tree.blocks.reduce((sum, each) => sum + each.nodes.length, 0);
  say(byId("tree-count"), `${counted(tree.blocks.length, "block")}, ${counted(nodes, "node")}`);
  byId("tree").hidden = false;
}

/** Those that most letters ask for; the others when somebody wants to see them. */
function showFirst(items) {
  byId("proposal-list").replaceChildren(...items.slice(0, AT_FIRST));
  const all = byId("all-proposals");
  all.hidden = items.length <= AT_FIRST;
  say(all, `Show all ${items.length}`);
  all.onclick = () => {
    byId("proposal-list").append(...items.slice(AT_FIRST));
    items[AT_FIRST].tabIndex = -1;
    items[AT_FIRST].focus({ preventScroll: true });
    all.hidden = true;
  };
}

/** All of it; null where it is on another server's disk, whose jobs' results still have the titles. */
async function outcome(job, api) {
  try {
    return await ask(`${api}/jobs/${encodeURIComponent(job.id)}/outcome`);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

const bare = ({ proposals }) => ({ proposals: proposals.map((each) => ({ ...each, statements: [], sources: { length: each.texts } })), left_out: [] });

function proposal({ title, statements, keywords = [], sources, copies = 0, voices = [] }) {
  const of = `${counted(sources.length, "letter")}${copies ? `, ${copies} of them nearly the same` : ""}`;
  return make(
    "li",
    { class: "proposal" },
    make("h3", {}, title),
    make("p", { class: "of" }, of, keywords.length ? ` · ${keywords.join(", ")}` : ""),
    statements.length ? make("p", { class: "body" }, statements.map(({ text }) => text).join(" ")) : null,
    voices.length ? more(counted(voices.length, "voice"), quotes(voices)) : null,
  );
}

function block({ title, nodes }) {
  return make(
    "section",
    { class: "block" },
    make("h3", {}, title),
    make("ul", { class: "nodes", role: "list" }, ...nodes.map(node)),
  );
}

function node({ title, texts, content = [], voices = [], related = [] }) {
  const words = content.map(({ text }) => make("p", { class: "body" }, text));
  const near = related.length ? make("p", { class: "of" }, `Related by ${related.flatMap((each) => each.words).slice(0, 6).join(", ")}`) : null;
  const inside = [...words, voices.length ? quotes(voices) : null, near].filter(Boolean);
  const head = [make("span", { class: "node-title" }, title), make("span", { class: "count" }, ` ${counted(texts, "letter")}`)];
  return make("li", {}, inside.length ? make("details", {}, make("summary", {}, ...head), ...inside) : make("p", {}, ...head));
}

const quotes = (voices) =>
  make("ul", { class: "voices", role: "list" }, ...voices.map(({ text, source }) => make("li", {}, make("q", {}, text), make("cite", {}, source))));

const more = (words, inside) => make("details", {}, make("summary", {}, words), inside);

function showLeftOut({ left_out: leftOut }) {
  const element = byId("left-out");
  element.hidden = leftOut.length === 0;
  say(element.querySelector("summary"), `${counted(leftOut.length, "file")} left out`);
  element.querySelector("ul").replaceChildren(...leftOut.map(({ name, why }) => make("li", {}, make("strong", {}, name), `: ${why}`)));
}
