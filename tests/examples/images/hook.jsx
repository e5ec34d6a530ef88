/** Owns a page in small that shows all that the hook says, with the real React and TanStack Query. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { createRoot } from "react-dom/client";

import { useStatus } from "../../../examples/images/page/use-status.js";

function Shown() {
  const [asked, ask] = useState({ jobId: null, session: null });
  window.ask = ask;
  const view = useStatus(asked.jobId, () => asked.session);
  return <output>{JSON.stringify({ ...view, error: view.error?.message ?? null })}</output>;
}

createRoot(document.body).render(
  <QueryClientProvider client={new QueryClient()}>
    <Shown />
  </QueryClientProvider>,
);
