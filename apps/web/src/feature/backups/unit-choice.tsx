import { useMutation } from "@tanstack/solid-query";
import { For, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { CheckField, RadioField } from "../../ui/field.tsx";
import type { Resource } from "../resources/queries.ts";
import { useCapabilities } from "./unit-name.ts";

export type Scope = "all" | "some";

/** Everything, or some databases, buckets or folders by name. What is there is asked for when it was never looked at. */
export function UnitChoice(props: {
  resource: Resource;
  scope: Scope;
  onScope: (scope: Scope) => void;
  chosen: Readonly<Record<string, boolean>>;
  onChosen: (name: string, isChosen: boolean) => void;
}) {
  const api = useApi();
  const t = useText();
  const capabilities = useCapabilities();
  const look = useMutation(() => ({
    mutationFn: () => api.resources.inspect.mutate({ id: props.resource.id }),
  }));
  const unit = () => capabilities(props.resource.type)?.unit ?? "database";
  const known = () => look.data?.units ?? props.resource.units ?? [];
  const mayLook = () => known().length === 0 && unit() !== "server";
  return (
    <Show
      when={known().length > 1}
      fallback={
        <>
          <p class="text-muted">{t("createBackup.copiesAll")}</p>
          <Show when={mayLook()}>
            <Button class="self-start" icon="search" busy={look.isPending} onClick={() => look.mutate()}>
              {t("createBackup.look")}
            </Button>
            <CaughtFault attempted={t("createBackup.look")} error={look.error} />
          </Show>
        </>
      }
    >
      <RadioField
        legend={t(`createBackup.which.${unit()}`)}
        value={props.scope}
        onValue={(scope) => props.onScope(scope === "some" ? "some" : "all")}
        options={[
          { value: "all", label: t("createBackup.all"), help: t("createBackup.allHelp") },
          { value: "some", label: t("createBackup.some") },
        ]}
      />
      <Show when={props.scope === "some"}>
        <UnitChecks
          label={t(`createBackup.which.${unit()}`)}
          units={known()}
          chosen={props.chosen}
          onChosen={props.onChosen}
        />
      </Show>
    </Show>
  );
}

/** Names to tick, with their sizes where they are known. */
export function UnitChecks(props: {
  label: string;
  units: readonly { name: string; sourceBytes?: number | null }[];
  chosen: Readonly<Record<string, boolean>>;
  onChosen: (name: string, isChosen: boolean) => void;
}) {
  const format = useFormat();
  const sizeOf = (bytes: number | null | undefined) =>
    bytes === null || bytes === undefined ? "" : format.bytes(bytes);
  return (
    <fieldset class="flex max-h-56 flex-col gap-2 overflow-y-auto rounded-lg border border-line p-3">
      <legend class="sr-only">{props.label}</legend>
      <For each={props.units}>
        {(one) => (
          <CheckField
            label={
              <>
                {one.name}
                <span class="ml-2 font-normal text-muted">{sizeOf(one.sourceBytes)}</span>
              </>
            }
            checked={props.chosen[one.name] === true}
            onChecked={(isChosen) => props.onChosen(one.name, isChosen)}
          />
        )}
      </For>
    </fieldset>
  );
}
