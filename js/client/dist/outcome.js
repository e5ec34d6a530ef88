/** Owns how an attempt to watch can end, and what an answer of the server, or of something before it, says about that. */
export const ENDED = { kind: "ended" };
export const lost = (why, { synced = false, retryAfter = 0 } = {}) => ({
    kind: "lost",
    why,
    synced,
    retryAfter,
});
const FINAL = new Set([400, 401, 403, 404, 410, 422]);
/** Null when the answer is what was asked for. Something that is not Headway may answer 200 with a page of its own. */
export async function judged(answer, wanted, date) {
    if (answer.status === 204)
        return ENDED;
    if (answer.status === 200 && typeOf(answer) === wanted && answer.body)
        return null;
    if (FINAL.has(answer.status))
        return { kind: "refused", status: answer.status, reason: await reasonOf(answer) };
    await answer.body?.cancel();
    const why = answer.status === 200 ? `${typeOf(answer) || "something"} instead of ${wanted}` : `status ${answer.status}`;
    return lost(why, { retryAfter: retryAfter(answer.headers.get("retry-after"), date) });
}
/** Of a header in seconds or as a date, in milliseconds. */
export function retryAfter(header, date) {
    if (header === null)
        return 0;
    const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - date;
    return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
const typeOf = (answer) => (answer.headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase();
/** The sentence of a problem (RFC 9457), where the answer is one. */
async function reasonOf(answer) {
    const unsaid = `the server answered ${answer.status}`;
    if (!typeOf(answer).endsWith("json"))
        return answer.body?.cancel().then(() => unsaid, () => unsaid) ?? unsaid;
    const problem = await answer.json().catch(() => null);
    return String(problem?.detail ?? problem?.title ?? unsaid);
}
