/** Owns a world for the client in which time moves when a test says so, and the server answers what the test wrote. */

/** Lets everything run that waits for nothing but its turn. */
export const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

export class FakeWorld {
  asked = []; // what the client asked for: {url, accept, cursor, headers, signal}
  reports = [];
  #now = 0;
  #timers = new Map();
  #signals = new Set();
  #answers;
  #numbers = 0;

  /** `answers(asked, number)` makes the answer to a request: a Response, a Line, or an error to fail with. */
  constructor(answers) {
    this.#answers = answers;
  }

  get around() {
    return {
      fetch: (url, init) => this.#fetch(url, init),
      now: () => this.#now,
      date: () => Date.UTC(2026, 0, 1) + this.#now,
      after: (ms, then) => this.#after(ms, then),
      every: (ms, then) => this.#every(ms, then),
      random: () => 0.5,
      signals: (heard) => (this.#signals.add(heard), () => void this.#signals.delete(heard)),
      report: (error) => this.reports.push(error),
    };
  }

  get now() {
    return this.#now;
  }

  /** What would still happen or be heard: nothing after a close. */
  get left() {
    return this.#timers.size + this.#signals.size;
  }

  signal(signal) {
    for (const heard of this.#signals) heard(signal);
    return settled();
  }

  /** Lets time pass, timer by timer. */
  async pass(ms) {
    const until = this.#now + ms;
    await settled();
    for (let due = this.#due(until); due; due = this.#due(until)) {
      this.#now = Math.max(this.#now, due[1].at);
      this.#timers.delete(due[0]);
      due[1].then();
      await settled();
    }
    this.#now = until;
  }

  /** Lets time pass until the client has asked so often; answers how long that took. */
  async untilAsked(times, most = 600_000) {
    const from = this.#now;
    await settled();
    while (this.asked.length < times) {
      if (this.#now - from > most) throw new Error(`asked ${this.asked.length} times, not ${times}`);
      await this.pass(50);
    }
    return this.#now - from;
  }

  #due(until) {
    const due = [...this.#timers].filter(([, { at }]) => at <= until);
    return due.sort(([, a], [, b]) => a.at - b.at)[0];
  }

  #after(ms, then) {
    const key = ++this.#numbers;
    this.#timers.set(key, { at: this.#now + ms, then });
    return () => void this.#timers.delete(key);
  }

  #every(ms, then) {
    let forget = () => {};
    const again = () => {
      forget = this.#after(ms, again);
      then();
    };
    forget = this.#after(ms, again);
    return () => forget();
  }

  async #fetch(url, { headers, signal }) {
    const asked = { url, accept: headers.Accept, cursor: headers["Last-Event-ID"] ?? null, headers, signal, at: this.#now };
    this.asked.push(asked);
    const answer = await this.#answers(asked, this.asked.length);
    if (answer instanceof Error) throw answer;
    return answer instanceof Line ? answer.response(signal) : answer;
  }
}

/** An open stream, which a test writes to. */
export class Line {
  cancelled = false;
  #controller;

  response(signal) {
    const start = (controller) => {
      this.#controller = controller;
      signal.addEventListener("abort", () => this.#abort(signal), { once: true });
    };
    const body = new ReadableStream({ start, cancel: () => void (this.cancelled = true) });
    return new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
  }

  write(text) {
    this.#controller.enqueue(new TextEncoder().encode(text));
    return settled();
  }

  frame(type, data, id) {
    return this.write(`event: ${type}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`);
  }

  end() {
    this.#controller.close();
    return settled();
  }

  #abort(signal) {
    this.cancelled = true;
    try {
      this.#controller.error(signal.reason);
    } catch {
      // it had ended
    }
  }
}

export const json = (body, init = {}) => new Response(JSON.stringify(body), { headers: { "content-type": "application/json" }, ...init });
export const page = (items = [], next_cursor = "p1") => json({ items, next_cursor });
export const html = (status = 200, headers = {}) => new Response("<h1>Please wait</h1>", { status, headers: { "content-type": "text/html", ...headers } });
export const problem = (status, detail) => new Response(JSON.stringify({ status, detail }), { status, headers: { "content-type": "application/problem+json" } });
export const unreachable = () => new TypeError("fetch failed");
