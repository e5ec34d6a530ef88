/** Owns how text that others wrote is shown: as text, at a bearable length, with nothing unseen in it. Pure. */

// Control characters could hide or forge what is read (terminal colours, text that runs backwards): they are shown.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
const ELLIPSIS = "…";
const LAST_LINES = 4;

export function visible(text) {
  return text.replace(/\r\n?/g, "\n").replace(CONTROLS, pictured);
}

/** At most `limit` characters, never half a character. */
export function clipped(text, limit) {
  if (text.length <= limit) return text;
  const half = /[\ud800-\udbff]/.test(text[limit - 1]);
  return text.slice(0, limit - (half ? 1 : 0)) + ELLIPSIS;
}

/** The first and the last lines of a text that has more than `count`: errors say what happened in either. */
export function digest(text, count, limit) {
  const lines = text.split("\n");
  if (lines.length <= count + 1) return clipped(text, limit);
  const [top, bottom] = [lines.slice(0, count - LAST_LINES), lines.slice(-LAST_LINES)];
  const left = `${ELLIPSIS} ${lines.length - count} more lines ${ELLIPSIS}`;
  return [...top, left, ...bottom].map((one) => clipped(one, limit / count)).join("\n");
}

/** One line of bounded length: what a row can show. */
export function line(text, limit = 300) {
  return text == null ? "" : visible(clipped(String(text), limit)).replace(/\s+/g, " ").trim();
}

/** The JSON of a value, readable. */
export const json = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

const pictured = (character) => `[U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`;
