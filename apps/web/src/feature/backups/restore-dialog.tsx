import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { CheckField, TextField } from "../../ui/field.tsx";
import { Facts } from "../../ui/panel.tsx";
import { toast } from "../../ui/toast.tsx";
import { When } from "../../ui/when.tsx";
import { type Resource, resourcesQuery } from "../resources/queries.ts";
import type { Backup } from "./queries.ts";
import { RestoreConsequences } from "./restore-consequences.tsx";
import { RestoreDestination } from "./restore-destination.tsx";
import { singleUnit, useCapabilities, useUnitName } from "./unit-name.ts";

interface RestoreProps {
  backup: Backup;
  resource: Resource;
  onClose: () => void;
}

/** The plan's confirmation: real names and numbers, what is lost, what protects you, the name typed, the whole act on the button. */
export function RestoreDialog(props: RestoreProps) {
  const t = useText();
  let safe: HTMLButtonElement | undefined;
  return (
    <Dialog
      title={t("restore.title")}
      description={t("restore.about")}
      width={560}
      focusFirst={() => safe}
      onClose={props.onClose}
    >
      <RestoreForm
        {...props}
        onSafe={(element) => {
          safe = element;
        }}
      />
    </Dialog>
  );
}

function RestoreForm(props: RestoreProps & { onSafe: (element: HTMLButtonElement) => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const unitName = useUnitName();
  const capabilities = useCapabilities();
  const [safetyBackup, setSafetyBackup] = createSignal(true);
  const [typed, setTyped] = createSignal("");
  const [destination, setDestination] = createStore({ resourceId: props.resource.id, unit: "" });
  const resources = useQuery(() => resourcesQuery(api, props.resource.projectId));
  const candidates = () =>
    (resources.isPending ? [] : (resources.data?.items ?? [])).filter(
      ({ type }) => type === props.resource.type,
    );
  const target = () => candidates().find(({ id }) => id === destination.resourceId) ?? props.resource;
  const promises = () => capabilities(props.resource.type);
  const single = () => singleUnit(props.backup, promises());
  const unit = () =>
    single() === undefined ? unitName(props.backup) : destination.unit.trim() || (single() ?? "");
  /** What has to be typed: the name of what will be replaced. */
  const name = () => (promises()?.unit === "database" && single() !== undefined ? unit() : target().name);
  const restore = useMutation(() => ({
    mutationFn: () =>
      api.backups.restore.mutate({
        resourceId: props.backup.resourceId,
        id: props.backup.id,
        safetyBackup: safetyBackup(),
        ...destinationOf({
          resourceId: target().id === props.backup.resourceId ? undefined : target().id,
          unit: unit() === single() ? undefined : destination.unit.trim() || undefined,
          isPath: promises()?.unit === "path",
        }),
      }),
    onSuccess: async () => {
      toast(t("restore.started"));
      props.onClose();
      await queries.invalidateQueries({ queryKey: ["backups", props.resource.id] });
    },
  }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed() === name()) restore.mutate();
      }}
    >
      <DialogBody>
        <BackupFacts backup={props.backup} />
        <RestoreDestination
          candidates={candidates()}
          destination={destination}
          onDestination={setDestination}
          single={single()}
          isPath={promises()?.unit === "path"}
        />
        <RestoreConsequences
          promises={promises()}
          unit={unit()}
          resource={target().name}
          isElsewhere={target().id !== props.resource.id || (single() !== undefined && unit() !== single())}
          isWhole={single() === undefined}
          takenAt={props.backup.createdAt}
        />
        <div class="rounded-lg border border-line bg-sunken px-4 py-3">
          <CheckField
            label={t("restore.safety")}
            help={
              safetyBackup() ? (
                t("restore.safetyHelp")
              ) : (
                <span class="text-warning">{t("restore.safetyOff")}</span>
              )
            }
            checked={safetyBackup()}
            onChecked={setSafetyBackup}
          />
        </div>
        <TextField label={t("restore.type", name())} value={typed()} onValue={setTyped} mono />
        <CaughtFault attempted={t("restore.refused")} error={restore.error} />
      </DialogBody>
      <DialogActs>
        <Button ref={props.onSafe} onClick={() => props.onClose()}>
          {t("acts.cancel")}
        </Button>
        <Button
          type="submit"
          look="danger"
          icon="restore"
          class="whitespace-normal!"
          disabled={typed() !== name()}
          busy={restore.isPending}
        >
          {t("restore.act", { unit: unit(), resource: target().name })}
        </Button>
      </DialogActs>
    </form>
  );
}

function BackupFacts(props: { backup: Backup }) {
  const t = useText();
  const format = useFormat();
  const unitName = useUnitName();
  return (
    <Facts
      facts={[
        { name: t("restore.from"), value: <code class="break-all">{props.backup.filename}</code> },
        { name: t("restore.unit"), value: unitName(props.backup) },
        { name: t("restore.size"), value: format.bytes(props.backup.size ?? 0) },
        { name: t("restore.date"), value: <When at={props.backup.createdAt} /> },
      ]}
    />
  );
}

function destinationOf(asked: { resourceId: string | undefined; unit: string | undefined; isPath: boolean }) {
  const { resourceId, unit, isPath } = asked;
  const destination = {
    ...(resourceId === undefined ? {} : { resourceId }),
    ...(unit === undefined ? {} : isPath ? { path: unit } : { unit }),
  };
  return Object.keys(destination).length === 0 ? {} : { destination };
}
