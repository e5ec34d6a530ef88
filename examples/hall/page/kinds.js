// Owns what is known of each kind of job: its application, the page that shows more of it, and what came out.

import { at } from "./house/address.js";
import { counted } from "./house/words.js";

const said = (result, words) => (result ? words(result) : "");

const KINDS = {
  document: {
    page: (job) => `documents/documents/${encodeURIComponent(ownId(job))}`,
    picture: (job) => `documents/documents/${encodeURIComponent(ownId(job))}/thumbnail.png`,
    outcome: ({ pages, characters }) => `${counted(pages, "page")} · ${characters ? counted(characters, "character") : "pictures only, no text"}`,
  },
  intake: {
    page: (job) => `intake/files/${encodeURIComponent(ownId(job))}`,
    outcome: ({ sent_to }) => (sent_to.length ? `filed, and sent to ${sent_to.join(", ")}` : "filed"),
  },
  proposal_generation: { page: () => "proposals/" },
  tree_build: { page: () => "proposals/" },
  image: {
    picture: (job) => `images/api/results/${encodeURIComponent(job.result.id)}/preview.jpg`,
    outcome: ({ width, height, generator }) => `${width} × ${height} pixels, by ${generator}`,
  },
};

/** Where more of a job is shown: in its application, else on the page of all jobs. */
export function pageOf(job) {
  return at(KINDS[job.kind]?.page?.(job) ?? `headway/#/jobs/${encodeURIComponent(job.id)}`);
}

/** The address of what a job made, or null where that is nothing to look at. */
export function pictureOf(job) {
  const address = job.status === "succeeded" && job.result ? KINDS[job.kind]?.picture?.(job) : null;
  return address ? at(address) : null;
}

/** What came of a job, in a sentence. */
export function outcome(job) {
  if (job.status === "failed") return job.error ?? "Nobody said why.";
  if (job.status === "cancelled") return "It was stopped before its end.";
  return said(job.result, KINDS[job.kind]?.outcome ?? (() => job.message ?? ""));
}

function ownId(job) {
  return (job.subject ?? "").split(":").slice(1).join(":");
}
