/** Owns how an attempt to watch can end, and what an answer of the server, or of something before it, says about that. */

/** The connection is gone or useless: another attempt follows. `synced`: it had worked. */
export interface Lost {
  readonly kind: "lost";
  readonly why: string;
  readonly synced: boolean;
  /** What the server asked for, in milliseconds. */
  readonly retryAfter: number;
}

/** A poll was answered. `news`: how many items it brought. */
export interface Told {
  readonly kind: "told";
  readonly news: number;
  readonly took: number;
}

/** Everything was said. */
export interface Ended {
  readonly kind: "ended";
}

/** The server said no, and would say it again. */
export interface Refused {
  readonly kind: "refused";
  /** Of its answer; 0 when it could not even be asked. */
  readonly status: number;
  /** For people. */
  readonly reason: string;
}

export type Outcome = Lost | Told | Ended | Refused;

export const ENDED: Ended = { kind: "ended" };

export const lost = (why: string, { synced = false, retryAfter = 0 } = {}): Lost => ({
  kind: "lost",
  why,
  synced,
  retryAfter,
});

const FINAL: ReadonlySet<number> = new Set([400, 401, 403, 404, 410, 422]);

/** Null when the answer is what was asked for. Something that is not Headway may answer 200 with a page of its own. */
export async function judged(answer: Response, wanted: string, date: number): Promise<Exclude<Outcome, Told> | null> {
  if (answer.status === 204) return ENDED;
  if (answer.status === 200 && typeOf(answer) === wanted && answer.body) return null;
  if (FINAL.has(answer.status)) return { kind: "refused", status: answer.status, reason: await reasonOf(answer) };
  await answer.body?.cancel();
  const why = answer.status === 200 ? `${typeOf(answer) || "something"} instead of ${wanted}` : `status ${answer.status}`;
  return lost(why, { retryAfter: retryAfter(answer.headers.get("retry-after"), date) });
}

/** Of a header in seconds or as a date, in milliseconds. */
export function retryAfter(header: string | null, date: number): number {
  if (header === null) return 0;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - date;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

const typeOf = (answer: Response): string => (answer.headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();

/** The sentence of a problem (RFC 9457), where the answer is one. */
async function reasonOf(answer: Response): Promise<string> {
  const unsaid = `the server answered ${answer.status}`;
  if (!typeOf(answer).endsWith("json")) return answer.body?.cancel().then(() => unsaid, () => unsaid) ?? unsaid;
  const problem = await answer.json().catch(() => null);
  return String(problem?.detail ?? problem?.title ?? unsaid);
}
