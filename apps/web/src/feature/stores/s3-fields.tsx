import { Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { CheckField, SelectField, TextArea, TextField } from "../../ui/field.tsx";
import { useFieldError } from "../resources/field-error.ts";
import { LOCKS } from "./store-draft.ts";
import type { StoreFieldsProps } from "./store-fields.tsx";

/** How a bucket is reached; what few need is folded. */
export function S3Fields(props: StoreFieldsProps) {
  const t = useText();
  const fieldError = useFieldError();
  const errorOf = (name: string) => fieldError(props.fault, `s3.${name}`);
  return (
    <>
      <div class="grid gap-4 sm:grid-cols-[1fr_144px]">
        <TextField
          label={t("storeForm.endpoint")}
          error={errorOf("endpoint")}
          help={t("storeForm.endpointHelp")}
          type="url"
          placeholder="https://s3.us-east-1.amazonaws.com"
          required
          mono
          value={props.draft.endpoint}
          onValue={(endpoint) => props.onDraft({ endpoint })}
        />
        <TextField
          label={t("storeForm.region")}
          error={errorOf("region")}
          mono
          value={props.draft.region}
          onValue={(region) => props.onDraft({ region })}
        />
      </div>
      <Show when={props.store === undefined}>
        <div class="grid gap-4 sm:grid-cols-2">
          <TextField
            label={t("storeForm.bucket")}
            error={errorOf("bucket")}
            required
            mono
            value={props.draft.bucket}
            onValue={(bucket) => props.onDraft({ bucket })}
          />
          <TextField
            label={t("storeForm.prefix")}
            error={errorOf("prefix")}
            aside={t("words.optional")}
            mono
            value={props.draft.prefix}
            onValue={(prefix) => props.onDraft({ prefix })}
          />
        </div>
      </Show>
      <KeyFields {...props} />
      <details open={props.fault?.code === "input.invalid"}>
        <summary class="cursor-pointer text-[13px]/5 text-muted select-none">{t("storeForm.more")}</summary>
        <MoreFields {...props} />
      </details>
    </>
  );
}

function KeyFields(props: StoreFieldsProps) {
  const t = useText();
  const fieldError = useFieldError();
  const isNew = () => props.store === undefined;
  return (
    <div class="grid gap-4 sm:grid-cols-2">
      <TextField
        label={t("config.accessKey")}
        error={fieldError(props.fault, "s3.accessKey")}
        required
        mono
        value={props.draft.accessKey}
        onValue={(accessKey) => props.onDraft({ accessKey })}
      />
      <TextField
        label={t("config.secretKey")}
        error={fieldError(props.fault, "s3.secretKey")}
        {...(isNew() ? {} : { help: t("storeForm.secretKept") })}
        type="password"
        autocomplete="new-password"
        required={isNew()}
        value={props.draft.secretKey}
        onValue={(secretKey) => props.onDraft({ secretKey })}
      />
    </div>
  );
}

function MoreFields(props: StoreFieldsProps) {
  const t = useText();
  const fieldError = useFieldError();
  const errorOf = (name: string) => fieldError(props.fault, `s3.${name}`);
  return (
    <div class="mt-3 flex flex-col gap-4">
      <CheckField
        label={t("storeForm.pathStyle")}
        help={t("storeForm.pathStyleHelp")}
        checked={props.draft.pathStyle}
        onChecked={(pathStyle) => props.onDraft({ pathStyle })}
      />
      <TextField
        label={t("storeForm.storageClass")}
        error={errorOf("storageClass")}
        aside={t("words.optional")}
        placeholder="STANDARD_IA"
        mono
        value={props.draft.storageClass}
        onValue={(storageClass) => props.onDraft({ storageClass })}
      />
      <LockFields {...props} />
      <TextArea
        label={t("storeForm.ca")}
        help={t("storeForm.caHelp")}
        error={errorOf("ca")}
        aside={t("words.optional")}
        placeholder="-----BEGIN CERTIFICATE-----"
        mono
        value={props.draft.ca}
        onValue={(ca) => props.onDraft({ ca })}
      />
    </div>
  );
}

/** Object Lock: what nobody can delete, not even whoever stole the key. */
function LockFields(props: StoreFieldsProps) {
  const t = useText();
  return (
    <div class="grid gap-4 sm:grid-cols-[1fr_112px]">
      <SelectField
        label={t("storeForm.lock")}
        help={t(`storeForm.lockHelp.${props.draft.lockMode}`)}
        value={props.draft.lockMode}
        onValue={(chosen) => props.onDraft({ lockMode: LOCKS.find((mode) => mode === chosen) ?? "none" })}
        options={LOCKS.map((mode) => ({ value: mode, label: t(`storeForm.locks.${mode}`) }))}
      />
      <Show when={props.draft.lockMode !== "none"}>
        <TextField
          label={t("storeForm.lockDays")}
          type="number"
          min={1}
          max={36_500}
          required
          value={props.draft.lockDays}
          onValue={(lockDays) => props.onDraft({ lockDays })}
        />
      </Show>
    </div>
  );
}
