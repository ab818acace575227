import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { CheckField, RadioField, SelectField, TextField } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import { enginesQuery, type Resource } from "../resources/queries.ts";

const CODECS = ["zstd", "gzip", "none"] as const;

/** One press makes a backup of everything; what differs is below. */
export function CreateBackupDialog(props: { resource: Resource; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  let main: HTMLButtonElement | undefined;
  const [scope, setScope] = createSignal<"all" | "some">("all");
  const [chosen, setChosen] = createStore<Record<string, boolean>>({});
  const [options, setOptions] = createStore({ compression: "zstd", format: "", note: "" });
  const units = () => Object.keys(chosen).filter((name) => chosen[name]);
  const create = useMutation(() => ({
    mutationFn: () =>
      api.backups.create.mutate({
        resourceId: props.resource.id,
        ...(scope() === "some" ? { units: units() } : {}),
        compression: CODECS.find((codec) => codec === options.compression) ?? "zstd",
        ...(options.format === "" ? {} : { format: options.format }),
        ...(options.note === "" ? {} : { note: options.note }),
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

function UnitChoice(props: {
  resource: Resource;
  scope: "all" | "some";
  onScope: (scope: "all" | "some") => void;
  chosen: Readonly<Record<string, boolean>>;
  onChosen: (name: string, isChosen: boolean) => void;
}) {
  const api = useApi();
  const t = useText();
  const format = useFormat();
  const engines = useQuery(() => enginesQuery(api));
  const unit = () =>
    (engines.isPending ? undefined : engines.data?.items.find(({ id }) => id === props.resource.type))
      ?.capabilities.unit ?? "database";
  const known = () => props.resource.units ?? [];
  return (
    <Show when={known().length > 1} fallback={<p class="text-muted">{t("createBackup.copiesAll")}</p>}>
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
        <div class="flex max-h-56 flex-col gap-2 overflow-y-auto rounded-lg border border-line p-3">
          <For each={known()}>
            {(one) => (
              <CheckField
                label={
                  <>
                    {one.name}
                    <span class="ml-2 font-normal text-muted">
                      {one.sourceBytes === null ? "" : format.bytes(one.sourceBytes)}
                    </span>
                  </>
                }
                checked={props.chosen[one.name] === true}
                onChecked={(isChosen) => props.onChosen(one.name, isChosen)}
              />
            )}
          </For>
        </div>
      </Show>
    </Show>
  );
}

interface Options {
  compression: string;
  format: string;
  note: string;
}

function BackupOptions(props: {
  resource: Resource;
  options: Options;
  onOptions: (options: Partial<Options>) => void;
}) {
  const api = useApi();
  const t = useText();
  const engines = useQuery(() => enginesQuery(api));
  const formats = () =>
    (engines.isPending ? undefined : engines.data?.items.find(({ id }) => id === props.resource.type))
      ?.formats ?? [];
  return (
    <>
      <TextField
        label={t("createBackup.note")}
        aside={t("words.optional")}
        help={t("createBackup.noteHelp")}
        maxlength={1_000}
        value={props.options.note}
        onValue={(note) => props.onOptions({ note })}
      />
      <details>
        <summary class="cursor-pointer text-[13px]/5 text-muted select-none">
          {t("createBackup.options")}
        </summary>
        <div class="mt-3 grid gap-4 sm:grid-cols-2">
          <SelectField
            label={t("createBackup.compression")}
            value={props.options.compression}
            onValue={(compression) => props.onOptions({ compression })}
            options={CODECS.map((codec) => ({ value: codec, label: t(`createBackup.codecs.${codec}`) }))}
          />
          <Show when={formats().length > 1}>
            <SelectField
              label={t("createBackup.format")}
              value={props.options.format || (formats()[0] ?? "")}
              onValue={(format) => props.onOptions({ format })}
              options={formats().map((format) => ({ value: format, label: format }))}
            />
          </Show>
        </div>
      </details>
    </>
  );
}
