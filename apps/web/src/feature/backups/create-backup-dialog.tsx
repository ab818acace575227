import type { RouterInputs } from "@cofre/sdk/panel";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Resource } from "../resources/queries.ts";
import { BackupOptions, CODECS, type Options } from "./backup-options.tsx";
import { type Scope, UnitChoice } from "./unit-choice.tsx";

/** One press makes a backup of everything; what differs is below. */
export function CreateBackupDialog(props: { resource: Resource; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  let main: HTMLButtonElement | undefined;
  const [scope, setScope] = createSignal<Scope>("all");
  const [chosen, setChosen] = createStore<Record<string, boolean>>({});
  const [options, setOptions] = createStore<Options>({
    store: "",
    encrypt: "",
    compression: "zstd",
    format: "",
    note: "",
  });
  const units = () => Object.keys(chosen).filter((name) => chosen[name]);
  const create = useMutation(() => ({
    mutationFn: () =>
      api.backups.create.mutate({
        resourceId: props.resource.id,
        ...(scope() === "some" ? { units: units() } : {}),
        ...askedOf(options),
      }),
    onSuccess: async () => {
      toast(t("createBackup.started"));
      props.onClose();
      await queries.invalidateQueries({ queryKey: ["backups", props.resource.id] });
    },
  }));
  return (
    <Dialog
      title={t("createBackup.title", props.resource.name)}
      focusFirst={() => main}
      onClose={props.onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <DialogBody>
          <UnitChoice
            resource={props.resource}
            scope={scope()}
            onScope={setScope}
            chosen={chosen}
            onChosen={(name, isChosen) => setChosen({ [name]: isChosen })}
          />
          <BackupOptions resource={props.resource} options={options} onOptions={setOptions} />
          <CaughtFault attempted={t("createBackup.title", props.resource.name)} error={create.error} />
        </DialogBody>
        <DialogActs>
          <Button onClick={() => props.onClose()}>{t("acts.cancel")}</Button>
          <Button
            type="submit"
            look="main"
            icon="archive"
            disabled={scope() === "some" && units().length === 0}
            busy={create.isPending}
            ref={(element) => {
              main = element;
            }}
          >
            {t("createBackup.act")}
          </Button>
        </DialogActs>
      </form>
    </Dialog>
  );
}

/** What was left as it is stays unsaid, so that the resource's own choices hold. */
function askedOf(options: Options): Omit<RouterInputs["backups"]["create"], "resourceId" | "units"> {
  return {
    compression: CODECS.find((codec) => codec === options.compression) ?? "zstd",
    ...(options.store === "" ? {} : { store: options.store }),
    ...(options.encrypt === "" ? {} : { encrypt: options.encrypt }),
    ...(options.format === "" ? {} : { format: options.format }),
    ...(options.note === "" ? {} : { note: options.note }),
  };
}
