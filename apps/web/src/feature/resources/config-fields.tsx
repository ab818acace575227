import type { PanelFault } from "@cofre/sdk/panel";
import { For, Match, Switch } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CheckField, SelectField, TextArea, TextField } from "../../ui/field.tsx";
import { type ConfigValues, fieldError } from "./config-form.ts";
import type { ConfigField, Resource } from "./queries.ts";

interface ConfigFieldsProps {
  fields: readonly ConfigField[];
  values: ConfigValues;
  /** Undefined takes the field out again: a secret stays as it is. */
  onValue: (name: string, value: string | boolean | undefined) => void;
  fault?: PanelFault | undefined;
  /** What is there now, when something is being edited. */
  before?: Resource["config"];
}

/** The form of an engine, drawn from what the engine says of its own config. */
export function ConfigFields(props: ConfigFieldsProps) {
  return (
    <div class="grid gap-4 sm:grid-cols-2">
      <For each={props.fields}>
        {(field) => (
          <div class={field.kind === "list" ? "sm:col-span-2" : ""}>
            <OneField {...props} field={field} />
          </div>
        )}
      </For>
    </div>
  );
}

function OneField(props: ConfigFieldsProps & { field: ConfigField }) {
  const t = useText();
  const label = useFieldLabel();
  const text = () => String(props.values[props.field.name] ?? "");
  const isKept = () =>
    props.field.secret && props.before !== undefined && props.values[props.field.name] === undefined;
  const common = () => ({
    label: label(props.field.name),
    error: fieldError(props.fault, props.field.name),
    ...(props.field.required || props.field.fallback !== null ? {} : { aside: t("words.optional") }),
    value: text(),
    onValue: (value: string) => props.onValue(props.field.name, value),
  });
  const fallback = () =>
    props.field.fallback === null ? undefined : t("config.fallback", String(props.field.fallback));
  return (
    <Switch
      fallback={
        <TextField
          {...common()}
          help={fallback()}
          type={props.field.secret ? "password" : "text"}
          inputmode={props.field.kind === "number" ? "numeric" : "text"}
          required={props.field.required && !props.field.secret}
          {...(props.field.secret ? { autocomplete: "new-password" } : {})}
        />
      }
    >
      <Match when={isKept()}>
        <KeptSecret
          label={label(props.field.name)}
          isSet={isSet(props.before?.[props.field.name])}
          onReplace={() => props.onValue(props.field.name, "")}
        />
      </Match>
      <Match when={props.field.kind === "flag"}>
        <CheckField
          label={label(props.field.name)}
          checked={props.values[props.field.name] === true}
          onChecked={(value) => props.onValue(props.field.name, value)}
        />
      </Match>
      <Match when={props.field.kind === "list"}>
        <TextArea {...common()} help={t("config.listHelp")} mono required={props.field.required} />
      </Match>
      <Match when={props.field.kind === "choice"}>
        <SelectField
          {...common()}
          options={props.field.choices.map((choice) => ({ value: choice, label: choice }))}
        />
      </Match>
    </Switch>
  );
}

/** A secret goes in and never comes out: it says only that it is set, and can be replaced. */
function KeptSecret(props: { label: string; isSet: boolean; onReplace: () => void }) {
  const t = useText();
  return (
    <div class="flex flex-col gap-1">
      <span class="text-[13px] font-medium">{props.label}</span>
      <div class="flex h-9 items-center justify-between gap-2 rounded-lg border border-line pr-1 pl-3 text-muted">
        {props.isSet ? t("config.secretSet") : t("config.secretUnset")}
        <Button
          look="quiet"
          class="h-7!"
          onClick={() => props.onReplace()}
          aria-label={`${t("config.replace")}: ${props.label}`}
        >
          {t("config.replace")}
        </Button>
      </div>
    </div>
  );
}

const KNOWN = [
  "endpoint",
  "host",
  "port",
  "username",
  "password",
  "database",
  "paths",
  "exclude",
  "excludes",
  "accessKey",
  "secretKey",
  "buckets",
  "tls",
  "region",
  "pathStyle",
  "ca",
] as const;

/** Words for the fields most engines share; another field shows its own name. */
function useFieldLabel(): (name: string) => string {
  const t = useText();
  return (name) => {
    const known = KNOWN.find((other) => other === name);
    return known === undefined ? name : t(`config.${known}`);
  };
}

function isSet(value: unknown): boolean {
  return typeof value === "object" && value !== null && "set" in value && value.set === true;
}
