import { panelFault } from "@cofre/sdk/panel";
import { type JSX, Match, Show, Switch } from "solid-js";
import { useText } from "../platform/text.tsx";
import { FaultCard } from "./fault-card.tsx";
import { ListSkeleton } from "./skeleton.tsx";

/** What a list is drawn from; a query of solid-query is one. */
interface Asked<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  readonly isError: boolean;
  refetch(): unknown;
}

interface FacesProps<Data> {
  of: Asked<Data>;
  attempted?: string;
  skeleton?: JSX.Element;
  isEmpty?: (data: Data) => boolean;
  empty?: JSX.Element;
  children: (data: () => Data) => JSX.Element;
}

/**
 * The four faces of a list: skeleton of its shape, failed with the card, empty with one next step, full. What was
 * there once stays while a later look fails, and says that it is from before.
 */
export function Faces<Data>(props: FacesProps<Data>) {
  const t = useText();
  const retry = () => void props.of.refetch();
  // Reading `data` of a pending query would suspend the whole page.
  const known = () => (props.of.isPending ? undefined : (props.of.data ?? undefined));
  return (
    <Switch fallback={props.skeleton ?? <ListSkeleton />}>
      <Match when={props.of.isError && known() === undefined}>
        <FaultCard
          attempted={props.attempted ?? t("faultCard.list")}
          fault={panelFault(props.of.error)}
          onRetry={retry}
        />
      </Match>
      <Match when={known()}>
        {(data) => (
          <>
            <Show when={props.of.isError}>
              <p class="mb-2 text-[13px]/5 text-warning" role="status">
                {t("faces.stale")}
              </p>
            </Show>
            <Show when={!props.isEmpty?.(data())} fallback={props.empty}>
              {props.children(data)}
            </Show>
          </>
        )}
      </Match>
    </Switch>
  );
}
