/** Owns the questions that the page asks the server; every address is relative to the page. */

const PATIENCE_MS = 10_000;

/** The server said no, or could not be asked (then `status` is 0). `message` is for people. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Server {
  #base;
  #clock;

  constructor(base, clock) {
    this.#base = base;
    this.#clock = clock;
  }

  eventsOfAll() {
    return this.#address("v1/events");
  }

  eventsOf(id) {
    return this.#address(`v1/jobs/${encodeURIComponent(id)}/events`);
  }

  job(id) {
    return this.#ask(`v1/jobs/${encodeURIComponent(id)}`, { cache: "no-cache" });
  }

  /** A page of the list, newest first: `{items, next_cursor}`. */
  jobs(query) {
    return this.#ask(`v1/jobs?${new URLSearchParams(query)}`);
  }

  /** Entries of a job's history with a seq above `after`, oldest first. */
  history(id, after, limit) {
    return this.#ask(`v1/jobs/${encodeURIComponent(id)}/history?${new URLSearchParams({ after, limit })}`);
  }

  cancel(id) {
    return this.#tell(`v1/jobs/${encodeURIComponent(id)}/cancel`, {});
  }

  retry(id, keepSteps) {
    return this.#tell(`v1/jobs/${encodeURIComponent(id)}/retry`, { keep_steps: keepSteps });
  }

  #address(path) {
    return new URL(path, this.#base).href;
  }

  #tell(path, content) {
    const headers = { "Content-Type": "application/json" };
    return this.#ask(path, { method: "POST", headers, body: JSON.stringify(content) });
  }

  async #ask(path, options = {}) {
    const answer = await this.#fetched(path, options);
    this.#clock.hear(answer.headers.get("Date"));
    const content = await answer.json().catch(() => null);
    if (!answer.ok) throw new Refusal(answer.status, content?.detail ?? content?.title ?? `The server answered ${answer.status}.`);
    if (content === null) throw new Refusal(0, "Something that is not Headway answered.");
    return content;
  }

  async #fetched(path, options) {
    const headers = { Accept: "application/json", ...options.headers };
    try {
      return await fetch(this.#address(path), { ...options, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    } catch {
      throw new Refusal(0, "The server cannot be reached.");
    }
  }
}
