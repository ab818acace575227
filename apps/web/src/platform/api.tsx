import { createPanelApi, type PanelApi, panelFault } from "@cofre/sdk/panel";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/solid-query";
import { createContext, type ParentProps, useContext } from "solid-js";

const ApiContext = createContext<PanelApi>();

const RETRIES = 2;
const FRESH_MS = 5_000;

export function ApiProvider(props: ParentProps) {
  const api = createPanelApi({ baseUrl: "" });
  const leave = (error: Error) => {
    // The frame sees that nobody is signed in and goes to the sign-in, which comes back here.
    if (panelFault(error).code === "auth.required") queries.setQueryData(["me"], null);
  };
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: leave }),
    mutationCache: new MutationCache({ onError: leave }),
    defaultOptions: {
      // Rows stay the same rows when a list is read again: an open dialog or the focus in one is not lost.
      queries: { staleTime: FRESH_MS, retry: mayRetry, refetchOnWindowFocus: true, reconcile: "id" },
      mutations: { retry: false },
    },
  });
  return (
    <ApiContext.Provider value={api}>
      <QueryClientProvider client={queries}>{props.children}</QueryClientProvider>
    </ApiContext.Provider>
  );
}

export function useApi(): PanelApi {
  const api = useContext(ApiContext);
  if (api === undefined) throw new Error("the API is used outside ApiProvider");
  return api;
}

/** Only what may go away by itself: no answer at all, or the server broke. A refusal stays a refusal. */
function mayRetry(count: number, error: Error): boolean {
  const { status } = panelFault(error);
  return count < RETRIES && (status === 0 || status >= 500);
}
