/**
 * Owns the doubt about a stream that has long been silent. A connection can be dead without anybody being told, and old
 * data would pass for live: so the server is asked whether there is anything that the stream should have brought.
 */

const SILENCE_MS = 20_000;
const PATIENCE_MS = 8_000;
const GRACE_MS = 2_000; // what was changed just now may still be on its way

export class Silence {
  #stream;
  #url;
  #board;
  #timer = 0;
  #heard = 0;

  constructor(stream, url, board) {
    this.#stream = stream;
    this.#url = url;
    this.#board = board;
  }

  /** Something came: the stream lives. */
  heard() {
    this.#heard++;
    this.#wait(SILENCE_MS, () => this.#doubt());
  }

  stop() {
    clearTimeout(this.#timer);
  }

  #wait(ms, then) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }

  async #doubt() {
    const heard = this.#heard;
    const missed = await this.#missed().catch(() => true);
    if (heard !== this.#heard || !this.#stream.isOpen) return;
    if (missed) this.#wait(GRACE_MS, () => this.#stream.lose());
    else this.#wait(SILENCE_MS, () => this.#doubt());
  }

  /** Whether the server has something after the stream's cursor that is not known here. */
  async #missed() {
    const url = new URL(this.#url);
    url.searchParams.set("cursor", this.#stream.cursor);
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(url, { headers: { Accept: "application/json" }, signal });
    const { items } = await answer.json();
    return items.some(({ event, data }) => this.#board.isNews(event, data));
  }
}
