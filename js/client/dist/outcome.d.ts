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
export declare const ENDED: Ended;
export declare const lost: (why: string, { synced, retryAfter }?: {
    retryAfter?: number | undefined;
    synced?: boolean | undefined;
}) => Lost;
/** Null when the answer is what was asked for. Something that is not Headway may answer 200 with a page of its own. */
export declare function judged(answer: Response, wanted: string, date: number): Promise<Exclude<Outcome, Told> | null>;
/** Of a header in seconds or as a date, in milliseconds. */
export declare function retryAfter(header: string | null, date: number): number;
