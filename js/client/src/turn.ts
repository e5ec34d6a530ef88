/** Owns one request: its headers, its patience with silence, and that it is over when it is over. */

import type { Around } from "./around.js";

export type Headers = Readonly<Record<string, string>>;

/** Headers to send, or what makes them anew for each request: tokens grow old. */
export type HeaderSource = Headers | (() => Headers | Promise<Headers>);

export interface Where {
  readonly url: string;
  readonly headers: HeaderSource;
  readonly credentials: RequestCredentials;
}

/** Headers that no request can carry: asking again would change nothing. */
export class Unsendable extends Error {}

/** Aborted by whoever stops the client, or by silence. */
export class Turn {
  /** Why it was given up, when it was. */
  silent = "";
  readonly #around: Around;
  readonly #line = new AbortController();
  readonly #stop: AbortSignal;
  readonly #end = (): void => this.#line.abort();
  #heard = 0;
  #rearm = (): void => {};

  constructor(around: Around, stop: AbortSignal) {
    this.#around = around;
    this.#stop = stop;
    if (stop.aborted) this.#end();
    stop.addEventListener("abort", this.#end);
  }

  /** The last time at which something came. */
  get heardAt(): number {
    return this.#heard;
  }

  /** Whether nobody wants any more of it. */
  get over(): boolean {
    return this.#line.signal.aborted;
  }

  async ask(where: Where, accept: string, cursor: string, query = ""): Promise<Response> {
    const own = typeof where.headers === "function" ? await where.headers() : where.headers;
    const resume: Headers = cursor ? { "Last-Event-ID": cursor } : {};
    const headers = sendable({ ...own, Accept: accept, ...resume });
    const init = { headers, signal: this.#line.signal, cache: "no-store" } as const;
    return this.#around.fetch(withQuery(where.url, query), { ...init, credentials: where.credentials });
  }

  /** From now on something must come within so many milliseconds, and again after each time. */
  expect(ms: number): void {
    this.heard();
    this.#rearm();
    this.#rearm = this.#around.after(ms, () => this.#doubt(ms));
  }

  heard(): void {
    this.#heard = this.#around.now();
  }

  /** Gives the line up. */
  drop(why: string): void {
    this.silent ||= why;
    this.#line.abort();
  }

  /** Nothing of it stays behind. */
  done(): void {
    this.#rearm();
    this.#stop.removeEventListener("abort", this.#end);
    this.#line.abort();
  }

  /** One timer for any number of pieces: it looks when the last one came. */
  #doubt(ms: number): void {
    const left = this.#heard + ms - this.#around.now();
    if (left > 0) this.#rearm = this.#around.after(left, () => this.#doubt(ms));
    else this.drop(`silent for ${Math.round(ms / 1000)} s`);
  }
}

function sendable(headers: Headers): Headers {
  try {
    new globalThis.Headers(headers);
    return headers;
  } catch (error) {
    throw new Unsendable(`a header cannot be sent: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const withQuery = (url: string, query: string): string => (query ? url + (url.includes("?") ? "&" : "?") + query : url);
