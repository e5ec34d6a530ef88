/** Owns what the address says: `#/jobs/<id>` is one job, anything else the list with its filter. */

export function read(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const id = /^jobs\/(.+)$/.exec(path)?.[1];
  if (id) return { job: decoded(id) };
  const asked = new URLSearchParams(query);
  return { job: null, status: asked.get("status") ?? "all", search: asked.get("search") ?? "" };
}

export const toJob = (id) => `#/jobs/${encodeURIComponent(id)}`;

export function toList({ status, search }) {
  const query = new URLSearchParams();
  if (status !== "all") query.set("status", status);
  if (search) query.set("search", search);
  return query.size ? `#/?${query}` : "#/";
}

function decoded(id) {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
