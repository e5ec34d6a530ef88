// Owns how facts are said to people: percent, durations, moments, steps. No DOM in here.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const number = new Intl.NumberFormat("en");
const clockTime = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const shortTime = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const dayTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** 57.38 → "57.3 %": one decimal, rounded down, so that nothing is ever shown as further than it is. */
export function percent(value) {
  const tenths = Math.floor(value * 10 + 1e-6);
  return `${Math.floor(tenths / 10)}.${tenths % 10} %`;
}

/** "extracting_text" → "Extracting text"; a step that this page has never heard of reads just as well. */
export function stepName(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function count(value) {
  return number.format(value);
}

export function counted(value, noun) {
  return `${number.format(value)} ${noun}${value === 1 ? "" : "s"}`;
}

export function size(bytes) {
  if (bytes < 1000) return counted(bytes, "byte");
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A length of time as it is counted while waiting: whole seconds, then minutes and seconds. */
export function duration(ms) {
  const spent = Math.max(0, ms);
  if (spent < MINUTE) return `${Math.floor(spent / SECOND)} s`;
  if (spent < HOUR) return `${Math.floor(spent / MINUTE)} min ${Math.floor((spent % MINUTE) / SECOND)} s`;
  return `${Math.floor(spent / HOUR)} h ${Math.floor((spent % HOUR) / MINUTE)} min`;
}

/** A length of time that is over, where tenths of a second still mean something. */
export function took(ms) {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  return duration(ms);
}

export function timeOfDay(moment) {
  return clockTime.format(new Date(moment));
}

/** A moment as people say it: the time alone when it was today. */
export function dateAndTime(moment, today = new Date()) {
  const then = new Date(moment);
  return then.toDateString() === today.toDateString() ? `today, ${shortTime.format(then)}` : dayTime.format(then);
}

/** What is left by an estimate `{at, low, high}`, or null when nobody knows. */
export function timeLeft(eta, now) {
  if (!eta?.at) return null;
  const left = Date.parse(eta.at) - now;
  if (left > 0) return `about ${duration(left + SECOND)} left`;
  const latest = eta.high ? Date.parse(eta.high) - now : left;
  return latest > 0 ? "nearly there" : "taking longer than expected";
}

/** The interval behind an estimate, for those who ask. */
export function timeLeftBetween(eta, now) {
  if (!eta?.low || !eta?.high) return "";
  const [low, high] = [eta.low, eta.high].map((moment) => duration(Date.parse(moment) - now));
  return low === high ? "" : `between ${low} and ${high}`;
}
