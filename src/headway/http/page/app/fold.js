/** Owns which steps of a long job are shown one by one: what happens now, and folds of the many that are alike. Pure. */

const MANY = 24; // fewer steps are simply shown
const ALIKE = 5; // so many in a row of one status become a fold
const EDGE = 1; // of each fold, how many are shown before and after it

/** Groups of steps in order: `{name, rows}`; a row is `{step}` or `{fold, key, status, steps}`. */
export function grouped(steps, open) {
  const groups = new Map();
  for (const step of steps) {
    if (!groups.has(step.group)) groups.set(step.group, []);
    groups.get(step.group).push(step);
  }
  return [...groups].map(([name, members]) => ({ name, rows: steps.length > MANY ? folded(members, open) : all(members) }));
}

/** How many steps there are of each status, those that there are none of left out. */
export function tally(steps) {
  const counts = new Map();
  for (const { status } of steps) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}

const all = (steps) => steps.map((step) => ({ step }));

function folded(steps, open) {
  return runs(steps).flatMap((run) => (run.length < ALIKE + 2 * EDGE || !isQuiet(run[0]) ? all(run) : foldedRun(run, open)));
}

function foldedRun(run, open) {
  const inner = run.slice(EDGE, -EDGE);
  const key = `${inner[0].group}/${inner[0].status}/${inner[0].name}`;
  const fold = { fold: true, key, status: inner[0].status, steps: inner, open: open.has(key) };
  return [...all(run.slice(0, EDGE)), fold, ...(fold.open ? all(inner) : []), ...all(run.slice(-EDGE))];
}

const isQuiet = (step) => step.status !== "running" && step.status !== "failed";

function runs(steps) {
  const found = [];
  for (const step of steps) {
    if (found.at(-1)?.[0].status === step.status) found.at(-1).push(step);
    else found.push([step]);
  }
  return found;
}
