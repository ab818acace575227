import type { EngineCapabilities } from "@cofre/core/model";
import { Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import type { Resource } from "../resources/queries.ts";
import { useServerName } from "../servers/server-name.ts";

interface Destination {
  resourceId: string;
  unit: string;
}

/** Where it goes: over what is there, under another name, or into another resource of the same engine. */
export function RestoreDestination(props: {
  candidates: readonly Resource[];
  destination: Destination;
  onDestination: (change: Partial<Destination>) => void;
  /** The one thing that is restored; only that can be given another place. */
  single: string | undefined;
  kind: EngineCapabilities["unit"];
}) {
  const t = useText();
  const serverOf = useServerName();
  const options = () =>
    props.candidates.map(({ id, name, serverName }) => ({
      value: id,
      label: `${name} (${serverOf(serverName)})`,
    }));
  return (
    <div class="grid gap-4 sm:grid-cols-2">
      <SelectField
        label={t("restore.to")}
        value={props.destination.resourceId}
        onValue={(resourceId) => props.onDestination({ resourceId })}
        options={options()}
      />
      <Show when={props.single !== undefined}>
        <TextField
          label={t(`restore.other.${props.kind}`)}
          aside={t("words.optional")}
          help={t("restore.otherUnitHelp")}
          placeholder={props.single ?? ""}
          mono
          value={props.destination.unit}
          onValue={(unit) => props.onDestination({ unit })}
        />
      </Show>
    </div>
  );
}
