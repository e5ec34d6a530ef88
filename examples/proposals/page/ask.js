// Owns asking the application: JSON goes in and comes out, and a refusal is an error with its sentence.

export class Refusal extends Error {
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

/** GET, or POST where there is a body: a form as it is, anything else as JSON. */
export async function ask(path, body) {
  const form = body instanceof FormData;
  const headers = { Accept: "application/json", ...(body && !form ? { "Content-Type": "application/json" } : {}) };
  const sent = body === undefined ? { headers } : { method: "POST", headers, body: form ? body : JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(path, sent);
  } catch {
    throw new Refusal(0, "The server cannot be reached just now; try it again in a moment.");
  }
  const said = answer.status === 204 || answer.status === 304 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new Refusal(answer.status, said?.detail ?? `The server answered ${answer.status}.`);
  return said;
}
