/** Owns the page of an upload in small, with the real React and TanStack Query, to be bundled and run in a browser. */

import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { createRoot } from "react-dom/client";

import { fromJob, jobStatusHook } from "../dist/index.js";

const useJobStatus = jobStatusHook(useQuery);
const route = { url: (id) => `/v1/jobs/${id}`, read: fromJob };

function Upload() {
  const [asked, ask] = useState({ jobId: null, session: null });
  window.ask = ask;
  const view = useJobStatus({ ...asked, ...route });
  return <output>{JSON.stringify({ ...view, error: view.error?.message ?? null })}</output>;
}

const root = createRoot(document.body);
root.render(
  <QueryClientProvider client={new QueryClient()}>
    <Upload />
  </QueryClientProvider>,
);
