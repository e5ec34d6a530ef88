/**
 * Owns the parsing of event streams: bytes or text in, however they were cut, events out. Each rule stands beside the
 * sentence of the HTML standard that it fulfils (§ 9.2.5 “Parsing an event stream”, § 9.2.6 “Interpreting an event stream”).
 */
/** One event as the stream dispatched it. */
export interface SseEvent {
    /** `message` where the stream names none. */
    readonly type: string;
    readonly data: string;
    /** The last event id, also when an earlier block brought it. */
    readonly lastEventId: string;
}
export interface SseReader {
    event(event: SseEvent): void;
    /** The reconnection time in milliseconds. */
    retry?(milliseconds: number): void;
}
/** The stream holds more without an end than a reader keeps. */
export declare class SseOverflow extends Error {
    readonly name = "SseOverflow";
}
export declare class SseParser {
    #private;
    /** `lastEventId`: of the connection before this one. */
    constructor(reader: SseReader, lastEventId?: string, longest?: number);
    /** What a reconnect sends as `Last-Event-ID`: set by every block that ended, also by one that dispatched nothing. */
    get lastEventId(): string;
    /**
     * Takes the next piece. What has no end yet is kept for the next one, and never dispatched when none comes: "Once the
     * end of the file is reached, any pending data must be discarded."
     */
    push(piece: Uint8Array | string): void;
}
