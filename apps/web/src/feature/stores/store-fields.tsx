import type { PanelFault } from "@cofre/sdk/panel";
import { Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { CheckField, RadioField, SelectField, TextField } from "../../ui/field.tsx";
import { useFieldError } from "../resources/field-error.ts";
import type { Server } from "../servers/queries.ts";
import { useServerName } from "../servers/server-name.ts";
import type { Store } from "./queries.ts";
import { S3Fields } from "./s3-fields.tsx";
import type { StoreDraft } from "./store-draft.ts";

export interface StoreFieldsProps {
  draft: StoreDraft;
  onDraft: (change: Partial<StoreDraft>) => void;
  store: Store | undefined;
  servers: readonly Server[];
  fault: PanelFault | undefined;
}

export function StoreFields(props: StoreFieldsProps) {
  const t = useText();
  const fieldError = useFieldError();
  return (
    <>
      <Show when={props.store === undefined}>
        <RadioField
          legend={t("storeForm.kind")}
          value={props.draft.kind}
          onValue={(kind) => props.onDraft({ kind: kind === "s3" ? "s3" : "directory" })}
          options={[
            {
              value: "directory",
              label: t("storeForm.kinds.directory"),
              help: t("storeForm.kindHelp.directory"),
            },
            { value: "s3", label: t("storeForm.kinds.s3"), help: t("storeForm.kindHelp.s3") },
          ]}
        />
      </Show>
      <TextField
        label={t("storeForm.name")}
        help={t("storeForm.nameHelp")}
        error={fieldError(props.fault, "name")}
        required
        maxlength={120}
        value={props.draft.name}
        onValue={(name) => props.onDraft({ name })}
      />
      <Show when={props.draft.kind === "directory"} fallback={<S3Fields {...props} />}>
        <FolderFields {...props} />
      </Show>
    </>
  );
}

function FolderFields(props: StoreFieldsProps) {
  const t = useText();
  const fieldError = useFieldError();
  const nameOf = useServerName();
  return (
    <>
      <Show when={props.store === undefined}>
        <SelectField
          label={t("storeForm.server")}
          value={props.draft.serverId || (props.servers[0]?.id ?? "")}
          onValue={(serverId) => props.onDraft({ serverId })}
          options={props.servers.map(({ id, name }) => ({ value: id, label: nameOf(name) }))}
        />
        <TextField
          label={t("storeForm.root")}
          help={t("storeForm.rootHelp")}
          error={fieldError(props.fault, "root")}
          placeholder="/opt/backups"
          required
          mono
          value={props.draft.root}
          onValue={(root) => props.onDraft({ root })}
        />
      </Show>
      <CheckField
        label={t("storeForm.isDefault")}
        help={t("storeForm.isDefaultHelp")}
        checked={props.draft.isDefault}
        onChecked={(isDefault) => props.onDraft({ isDefault })}
      />
    </>
  );
}
