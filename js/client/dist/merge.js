/**
 * Owns the rules by which a job that is known becomes the job after a frame. Pure: a job is never changed in place, so
 * whoever holds one holds a moment.
 */
const ALMOST = 99.9; // the most that is shown before success
/** The job once a whole state of it has come: an older version changes nothing. */
export function withState(known, state) {
    if (known && state.version <= known.version)
        return known.version === state.version ? withHealth(known, state) : known;
    return held(known, { ...state, steps: inOrder(state.steps) });
}
/** The job once an event of it has come: its header and its changed steps, unless they are known already. */
export function withEvent(known, event) {
    const { steps = [], percent: _, ...header } = event.job;
    if (header.version <= known.version)
        return known;
    const merged = withSteps(known.steps, steps);
    const job = { ...known, ...header, last_step: lastBegun(merged), steps: merged };
    return held(known, { ...job, health: healthAfter(known, job, header), eta: etaAfter(known, job, header) });
}
/** Slow and stalled are judged when a state is read: the same version can come with another health or ETA. */
function withHealth(known, state) {
    const same = known.health === state.health && JSON.stringify(known.eta) === JSON.stringify(state.eta);
    return same ? known : { ...known, health: state.health, eta: state.eta };
}
/** Progress takes back that a job was slow or stalled. */
function healthAfter(known, job, header) {
    const doubted = known.health === "slow" || known.health === "stalled";
    const moved = job.last_progress_at !== known.last_progress_at;
    return !("health" in header) && doubted && moved ? "ok" : job.health;
}
/** What was expected of another attempt, or of a job that has stopped, is over. */
function etaAfter(known, job, header) {
    const goesOn = job.status === "running" && job.attempt === known.attempt;
    return goesOn || "eta" in header ? job.eta : null;
}
function withSteps(steps, partial) {
    if (partial.length === 0)
        return steps;
    const byName = new Map(steps.map((step) => [step.name, step]));
    for (const step of partial)
        byName.set(step.name, withStep(byName.get(step.name), step));
    return inOrder([...byName.values()]);
}
function lastBegun(steps) {
    let last = null;
    for (const step of steps)
        if (step.started_at && (!last || step.started_at >= last.started_at))
            last = step;
    return last && last.name;
}
/** A step that is new comes whole. */
function withStep(before, partial) {
    const after = { ...before, ...partial };
    const again = !before || before.attempt !== after.attempt || after.status === "pending";
    return again ? after : { ...after, percent: higher(before.percent, after.percent) };
}
/** A shown percent never goes back within an attempt, whatever was sent, and only success shows 100. */
function held(before, after) {
    if (!before || before.attempt !== after.attempt)
        return after;
    const percent = higher(before.progress.percent, after.progress.percent);
    if (percent === after.progress.percent || percent === null)
        return after;
    const most = after.status === "succeeded" ? 100 : ALMOST;
    return { ...after, progress: { ...after.progress, percent: Math.min(percent, most) } };
}
const higher = (before, after) => before !== null && after !== null && after < before ? before : after;
function inOrder(steps) {
    const sorted = steps.every((step, i) => i === 0 || steps[i - 1].position <= step.position);
    return sorted ? steps : [...steps].sort((a, b) => a.position - b.position);
}
