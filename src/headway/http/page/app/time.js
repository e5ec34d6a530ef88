/** Owns how times are said: clocks, lengths, and an ETA that says no more than it knows. Pure but for the time zone. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map();
function format(options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", options));
  return formats.get(key);
}

export const parsed = (text) => (text ? Date.parse(text) : null);

const two = (number) => String(Math.floor(number)).padStart(2, "0");

/** A length of time as a running clock: 0:07, 3:12, 1:02:05, 2 d 3 h. */
export function span(ms) {
  const length = Math.max(0, ms);
  if (length >= DAY) return `${Math.floor(length / DAY)} d ${Math.floor((length % DAY) / HOUR)} h`;
  const minutes = Math.floor((length % HOUR) / MINUTE);
  const seconds = two((length % MINUTE) / SECOND);
  return length < HOUR ? `${minutes}:${seconds}` : `${Math.floor(length / HOUR)}:${two(minutes)}:${seconds}`;
}

/** A finished length of time: tenths below ten seconds, else as a clock. */
export function took(ms) {
  if (ms < 0) return span(0);
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  return ms < 10 * SECOND ? `${(Math.floor(ms / 100) / 10).toFixed(1)} s` : span(ms);
}

/** A length of time, rounded as people say it: 4 min. */
export function roughly(ms) {
  if (ms < 7.5 * SECOND) return "5 s";
  if (ms < 55 * SECOND) return `${Math.round(ms / (5 * SECOND)) * 5} s`;
  if (ms < 55 * MINUTE) return `${Math.max(1, Math.round(ms / MINUTE))} min`;
  if (ms < 20 * HOUR) return `${trimmed(ms / HOUR)} h`;
  return `${trimmed(ms / DAY)} d`;
}

/** A time of day, with the date when it is not today's. */
export function clock(at, now, { seconds = false } = {}) {
  const today = day(at) === day(now);
  const time = format({ hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined }).format(at);
  return today ? time : `${format({ day: "numeric", month: "short" }).format(at)}, ${time}`;
}

/** The whole of a time, for those who ask: with date, seconds and zone. */
export const exact = (at) => format({ dateStyle: "medium", timeStyle: "long" }).format(at);

/** What an ETA says at a moment, as a sentence and in short; null when nothing honest can be said. */
export function expectation(eta, now) {
  if (!eta || eta.basis === "none" || !eta.at) return null;
  const [at, low, high] = [eta.at, eta.low ?? eta.at, eta.high ?? eta.at].map(parsed);
  const seconds = high - now < 5 * MINUTE;
  const [from, by] = [clock(low, now, { seconds }), clock(high, now, { seconds })];
  if (now > high) return { sentence: `later than expected, which was ${by}`, short: `late, was ${by}` };
  if (now >= at) return { sentence: `done any moment, by ${by}`, short: `by ${by}` };
  const left = roughly(at - now);
  const when = low > now && from !== by ? `between ${from} and ${by}` : `by ${by}`;
  return { sentence: `about ${left} left, done ${when}`, short: `${left}, by ${by}` };
}

function day(at) {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

function trimmed(number) {
  return number < 9.5 ? String(Math.round(number * 2) / 2) : String(Math.round(number));
}
