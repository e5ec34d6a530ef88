/** Owns the proof that options and results have the types that TanStack Query asks for and gives. Only compiled. */

import { QueryClient, QueryObserver } from "@tanstack/query-core";
import { useQuery } from "@tanstack/react-query";

import { type JobStatusView, jobQueryOptions, jobStatus, jobStatusHook } from "../dist/index.js";

const observer = new QueryObserver(new QueryClient(), jobQueryOptions({ jobId: "1", session: null }));
export const seen: JobStatusView = jobStatus(observer.getCurrentResult());
export const shown: JobStatusView = jobStatus(useQuery(jobQueryOptions({ jobId: "1", session: "s" })));
export const useJobStatus = jobStatusHook(useQuery);
