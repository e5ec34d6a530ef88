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
export class SseOverflow extends Error {
  override readonly name = "SseOverflow";
}

const LINE_END = /\r\n|\n|\r/; // "a U+000D CR U+000A LF character pair, a single U+000A LF … or a single U+000D CR"
const DIGITS = /^[0-9]+$/;
const LONGEST = 16 * 1024 * 1024; // characters of one event

export class SseParser {
  readonly #reader: SseReader;
  readonly #longest: number;
  // "Streams must be decoded using the UTF-8 decode algorithm." It keeps the mark here, so that text and bytes lose it once.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #begun = false;
  #afterCr = false;
  #line = "";
  #data = "";
  #type = "";
  #id: string; // "the last event ID buffer"
  #lastEventId: string; // "the last event ID string"

  /** `lastEventId`: of the connection before this one. */
  constructor(reader: SseReader, lastEventId = "", longest = LONGEST) {
    this.#reader = reader;
    this.#longest = longest;
    this.#id = this.#lastEventId = lastEventId;
  }

  /** What a reconnect sends as `Last-Event-ID`: set by every block that ended, also by one that dispatched nothing. */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  /**
   * Takes the next piece. What has no end yet is kept for the next one, and never dispatched when none comes: "Once the
   * end of the file is reached, any pending data must be discarded."
   */
  push(piece: Uint8Array | string): void {
    const text = this.#withoutBom(typeof piece === "string" ? piece : this.#decoder.decode(piece, { stream: true }));
    if (text === "") return;
    const lines = this.#uncut(text).split(LINE_END);
    const rest = lines.pop() ?? "";
    for (const line of lines) this.#take(line);
    this.#line += rest;
    this.#refuseTooMuch();
  }

  /** "The UTF-8 decode algorithm strips one leading UTF-8 Byte Order Mark (BOM), if any." */
  #withoutBom(text: string): string {
    const first = !this.#begun && text !== "";
    this.#begun ||= first;
    return first && text.startsWith("\uFEFF") ? text.slice(1) : text;
  }

  /** A pair CR LF that was cut in two is one line end: the CR has ended the line already. */
  #uncut(text: string): string {
    const half = this.#afterCr && text.startsWith("\n");
    this.#afterCr = text.endsWith("\r");
    return half ? text.slice(1) : text;
  }

  #take(end: string): void {
    const line = this.#line + end;
    this.#line = "";
    if (line === "") this.#dispatch(); // "If the line is empty (a blank line): Dispatch the event"
    else this.#interpret(line);
    this.#refuseTooMuch();
  }

  #interpret(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return; // "If the line starts with a U+003A COLON character (:): Ignore the line."
    if (colon < 0) return this.#field(line, ""); // "using the whole line as the field name, and the empty string as the field value"
    const from = line[colon + 1] === " " ? colon + 2 : colon + 1; // "If value starts with a U+0020 SPACE character, remove it"
    this.#field(line.slice(0, colon), line.slice(from));
  }

  #field(name: string, value: string): void {
    switch (name) {
      case "event": // "Set the event type buffer to field value."
        this.#type = value;
        break;
      case "data": // "Append the field value to the data buffer, then append a single U+000A LINE FEED (LF) character"
        this.#data += value + "\n";
        break;
      case "id": // "If the field value does not contain U+0000 NULL, then set the last event ID buffer to the field value."
        if (!value.includes("\0")) this.#id = value;
        break;
      case "retry": // "If the field value consists of only ASCII digits … set the event stream's reconnection time"
        if (DIGITS.test(value)) this.#reader.retry?.(Number.parseInt(value, 10));
        break;
      default: // "Otherwise: The field is ignored."
    }
  }

  #dispatch(): void {
    this.#lastEventId = this.#id; // "Set the last event ID string of the event source to the value of the last event ID buffer."
    const [type, data] = [this.#type, this.#data];
    this.#type = this.#data = "";
    if (data === "") return; // "If the data buffer is an empty string, set the data buffer and the event type buffer to the empty string and return."
    // "If the data buffer's last character is a U+000A LINE FEED (LF) character, then remove the last character"
    this.#reader.event({ type: type || "message", data: data.slice(0, -1), lastEventId: this.#lastEventId });
  }

  #refuseTooMuch(): void {
    const kept = this.#line.length + this.#data.length;
    if (kept > this.#longest) throw new SseOverflow(`an event of more than ${this.#longest} characters has no end`);
  }
}
