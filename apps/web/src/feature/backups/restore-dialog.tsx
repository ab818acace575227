import type { EngineCapabilities } from "@cofre/core/model";
import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { CheckField, RadioField, TextField } from "../../ui/field.tsx";
import { Facts } from "../../ui/panel.tsx";
import { toast } from "../../ui/toast.tsx";
import { When } from "../../ui/when.tsx";
import { type Resource, resourcesQuery } from "../resources/queries.ts";
import type { Backup } from "./queries.ts";
import { RestoreConsequences } from "./restore-consequences.tsx";
import { RestoreDestination } from "./restore-destination.tsx";
import { type RestoreDraft, useRestoreDraft } from "./restore-draft.ts";
import { RestoreOptions } from "./restore-options.tsx";
import { UnitChecks } from "./unit-choice.tsx";
import { useUnitName } from "./unit-name.ts";

interface RestoreProps {
  backup: Backup;
  resource: Resource;
  onClose: () => void;
}

/** What is confirmed before a restore: real names and numbers, what is lost, what protects you, the name typed, the whole act on the button. */
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
  const draft = useRestoreDraft({ backup: () => props.backup, resource: () => props.resource });
  const [typed, setTyped] = createSignal("");
  const resources = useQuery(() => resourcesQuery(api, props.resource.projectId));
  const candidates = () =>
    (resources.isPending ? [] : (resources.data?.items ?? [])).filter(
      ({ type }) => type === props.resource.type,
    );
  const target = () => candidates().find(({ id }) => id === draft.destination.resourceId) ?? props.resource;
  /** What has to be typed: the name of what will be replaced. */
  const name = () =>
    isNamed(draft.promises()?.unit) && draft.single() !== undefined ? draft.unit() : target().name;
  const isReady = () => typed() === name() && !draft.isNothing();
  const restore = useMutation(() => ({
    mutationFn: () =>
      api.backups.restore.mutate({
        resourceId: props.backup.resourceId,
        id: props.backup.id,
        ...draft.wanted(target().id === props.backup.resourceId ? undefined : target().id),
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
        if (isReady()) restore.mutate();
      }}
    >
      <DialogBody>
        <BackupFacts backup={props.backup} />
        <RestoreUnits draft={draft} />
        <RestoreDestination
          candidates={candidates()}
          destination={draft.destination}
          onDestination={draft.setDestination}
          single={draft.single()}
          kind={draft.promises()?.unit ?? "database"}
        />
        <RestoreMode choices={draft.choices} />
        <RestoreConsequences
          isMerged={draft.choices.hasModes() && draft.choices.mode() === "merge"}
          promises={draft.promises()}
          unit={draft.unit()}
          resource={target().name}
          isElsewhere={target().id !== props.resource.id || draft.isRenamed()}
          isWhole={draft.isWhole()}
          takenAt={props.backup.createdAt}
          isSafe={draft.safetyBackup()}
        />
        <RestoreOptions choices={draft.choices} />
        <SafetyBackupField isOn={draft.safetyBackup()} onChange={draft.setSafetyBackup} />
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
          disabled={!isReady()}
          busy={restore.isPending}
        >
          {t("restore.act", { unit: draft.unit(), resource: target().name })}
        </Button>
      </DialogActs>
    </form>
  );
}

/** Of buckets alone: whether what came since goes. */
function RestoreMode(props: { choices: RestoreDraft["choices"] }) {
  const t = useText();
  return (
    <Show when={props.choices.hasModes()}>
      <RadioField
        legend={t("restore.mode")}
        value={props.choices.mode()}
        onValue={(mode) => props.choices.setMode(mode === "merge" ? "merge" : "mirror")}
        options={(["mirror", "merge"] as const).map((mode) => ({
          value: mode,
          label: t(`restore.modes.${mode}`),
          help: t(`restore.modeHelp.${mode}`),
        }))}
      />
    </Show>
  );
}

/** All that an archive of several holds, or some of it. */
function RestoreUnits(props: { draft: RestoreDraft }) {
  const t = useText();
  return (
    <Show when={props.draft.inside().length > 1}>
      <RadioField
        legend={t("restore.which")}
        value={props.draft.scope()}
        onValue={(scope) => props.draft.setScope(scope === "some" ? "some" : "all")}
        options={[
          { value: "all", label: t("restore.whichAll") },
          { value: "some", label: t("restore.whichSome") },
        ]}
      />
      <Show when={props.draft.scope() === "some"}>
        <UnitChecks
          label={t("restore.which")}
          units={props.draft.inside().map((name) => ({ name }))}
          chosen={props.draft.chosen}
          onChosen={props.draft.setChosen}
        />
      </Show>
    </Show>
  );
}

function SafetyBackupField(props: { isOn: boolean; onChange: (isOn: boolean) => void }) {
  const t = useText();
  return (
    <div class="rounded-lg border border-line bg-sunken px-4 py-3">
      <CheckField
        label={t("restore.safety")}
        help={
          props.isOn ? t("restore.safetyHelp") : <span class="text-warning">{t("restore.safetyOff")}</span>
        }
        checked={props.isOn}
        onChecked={props.onChange}
      />
    </div>
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

/** Databases and buckets have names that people type; a path is long, and a server is its resource. */
function isNamed(unit: EngineCapabilities["unit"] | undefined): boolean {
  return unit === "database" || unit === "bucket";
}
