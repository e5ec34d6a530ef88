/** Owns the hook for a page with React and TanStack Query: how far a picture is, asked with the session it came with. */

import { useQuery } from "@tanstack/react-query";
import { jobStatusHook } from "headway-client/query";

const useJobStatus = jobStatusHook(useQuery);

/** `sessionOf` finds the token that the upload of a job was answered with; null where there is none. */
export function useStatus(jobId, sessionOf) {
  return useJobStatus({ jobId, session: jobId ? sessionOf(jobId) : null });
}
