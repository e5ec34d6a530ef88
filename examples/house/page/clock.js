// Owns what time it is for the server, so that "running for" is true on a machine whose clock is wrong.

let ahead = 0;

export function now() {
  return Date.now() - ahead;
}

/** Learn from a response how far this machine's clock is ahead; a Date header counts whole seconds only. */
export function learnFrom(response) {
  const told = Date.parse(response.headers.get("Date") ?? "");
  const difference = Date.now() - told;
  if (Math.abs(difference) > 2000) ahead = difference;
}

/** Call `tell` every second for as long as the page is looked at. */
export function everySecond(tell) {
  setInterval(() => document.hidden || tell(), 1000);
}
