import { panelFault } from "@cofre/sdk/panel";
import { Navigate, type RouteSectionProps, useIsRouting, useLocation } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { createEffect, ErrorBoundary, Match, on, Show, Suspense, Switch } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useListKeys } from "../../platform/hands.ts";
import { useText } from "../../platform/text.tsx";
import { FaultCard } from "../../ui/fault-card.tsx";
import { ProductMark } from "../../ui/product-mark.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import { LiveJobs } from "../jobs/live-jobs.tsx";
import { MeContext } from "../session/me.tsx";
import { meQuery, setupQuery } from "../session/queries.ts";
import { Rail } from "./rail.tsx";
import { TopBar } from "./top-bar.tsx";

/** Everything behind the sign-in. Knows who is there before it draws anything. */
export function Frame(props: RouteSectionProps) {
  const api = useApi();
  const t = useText();
  const here = useLocation();
  const me = useQuery(() => meQuery(api));
  const known = () => (me.isPending ? undefined : (me.data ?? undefined));
  return (
    <Switch fallback={<Waiting />}>
      <Match when={me.isError && known() === undefined}>
        <div class="mx-auto max-w-lg px-4 pt-24">
          <FaultCard
            attempted={t("faultCard.page")}
            fault={panelFault(me.error)}
            onRetry={() => void me.refetch()}
          />
        </div>
      </Match>
      <Match when={!me.isPending && known() === undefined}>
        <FirstDoor from={`${here.pathname}${here.search}`} />
      </Match>
      <Match when={known()}>
        {(somebody) => (
          <MeContext.Provider value={somebody}>
            <LiveJobs>
              <Inside>{props.children}</Inside>
            </LiveJobs>
          </MeContext.Provider>
        )}
      </Match>
    </Switch>
  );
}

function Inside(props: Pick<RouteSectionProps, "children">) {
  const t = useText();
  const here = useLocation();
  const isRouting = useIsRouting();
  useListKeys();
  // A new page is read from its title on; the scroll position belongs to the old one.
  createEffect(
    on(
      () => here.pathname,
      () => window.scrollTo(0, 0),
      { defer: true },
    ),
  );
  return (
    <>
      <a href="#content" class="btn btn-primary fixed top-2 left-2 z-80 -translate-y-16 focus:translate-y-0">
        {t("frame.skip")}
      </a>
      <div class="md:grid md:grid-cols-[auto_minmax(0,1fr)]">
        <Rail />
        <div class="min-w-0">
          <TopBar />
          <Show when={isRouting()}>
            <div class="progress-track fixed inset-x-0 top-0 z-30 h-0.5!">
              <div class="progress-fill is-unknown" />
            </div>
          </Show>
          <main
            id="content"
            tabindex="-1"
            class="mx-auto max-w-[1200px] px-4 pt-6 pb-28 outline-none md:px-8 md:pb-16"
          >
            <ErrorBoundary
              fallback={(error, again) => (
                <FaultCard attempted={t("faultCard.page")} fault={panelFault(error)} onRetry={again} />
              )}
            >
              <Suspense fallback={<ListSkeleton mark />}>{props.children}</Suspense>
            </ErrorBoundary>
          </main>
        </div>
      </div>
    </>
  );
}

/** Nobody is signed in: to the very first page while the installation has no owner, else to the sign-in. */
function FirstDoor(props: { from: string }) {
  const api = useApi();
  const setup = useQuery(() => setupQuery(api));
  return (
    <Show when={!setup.isPending} fallback={<Waiting />}>
      <Navigate
        href={setup.data?.open ? `/setup${location.hash}` : `/sign-in?from=${encodeURIComponent(props.from)}`}
      />
    </Show>
  );
}

function Waiting() {
  const t = useText();
  return (
    <div class="grid min-h-dvh place-items-center" role="status" aria-label={t("faces.loading")}>
      <ProductMark size={32} />
    </div>
  );
}
