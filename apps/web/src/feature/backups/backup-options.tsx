import { useQuery } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { encryptionKeysQuery } from "../encryption/queries.ts";
import { enginesQuery, type Resource } from "../resources/queries.ts";
import { storesQuery } from "../stores/queries.ts";
import { useStorePlace } from "../stores/store-place.ts";

export const CODECS = ["zstd", "gzip", "none"] as const;

export interface Options {
  /** Id of a store; empty leaves it to the resource's own choice. */
  store: string;
  /** Id of a key; empty leaves it to the resource's own choice. */
  encrypt: string;
  compression: string;
  format: string;
  note: string;
}

/** What differs from the usual for this one backup. */
export function BackupOptions(props: {
  resource: Resource;
  options: Options;
  onOptions: (options: Partial<Options>) => void;
}) {
  const api = useApi();
  const t = useText();
  const placeOf = useStorePlace();
  const stores = useQuery(() => storesQuery(api));
  const known = () => (stores.isPending ? [] : (stores.data?.items ?? []));
  const keys = useQuery(() => encryptionKeysQuery(api));
  const usable = () =>
    (keys.isPending ? [] : (keys.data?.items ?? [])).filter(
      ({ state, canDecrypt }) => state === "active" && canDecrypt,
    );
  return (
    <>
      <Show when={known().length > 1}>
        <SelectField
          label={t("createBackup.store")}
          value={props.options.store}
          onValue={(store) => props.onOptions({ store })}
          options={[
            { value: "", label: t("createBackup.storeUsual") },
            ...known().map((store) => ({ value: store.id, label: `${store.name} (${placeOf(store)})` })),
          ]}
        />
      </Show>
      <Show when={usable().length > 0}>
        <SelectField
          label={t("encryptionChoice.one")}
          value={props.options.encrypt}
          onValue={(encrypt) => props.onOptions({ encrypt })}
          options={[
            { value: "", label: t("encryptionChoice.usual") },
            ...usable().map(({ id, name }) => ({ value: id, label: t("encryptionChoice.with", name) })),
          ]}
        />
      </Show>
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
        <FormatFields {...props} />
      </details>
    </>
  );
}

function FormatFields(props: {
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
  );
}
