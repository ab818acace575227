import type { PanelFault } from "@cofre/sdk/panel";
import { For, Match, Switch } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CheckField, SelectField, TextArea, TextField } from "../../ui/field.tsx";
import type { ConfigValues } from "./config-form.ts";
import { useConfigWords } from "./config-words.ts";
import { useFieldError } from "./field-error.ts";
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
  const fieldError = useFieldError();
  const words = useConfigWords();
  const text = () => String(props.values[props.field.name] ?? "");
  const isKept = () =>
    props.field.secret && props.before !== undefined && props.values[props.field.name] === undefined;
  const common = () => ({
    label: words.label(props.field.name),
    error: fieldError(props.fault, props.field.name),
    ...(props.field.required || props.field.fallback !== null || props.field.kind === "choice"
      ? {}
      : { aside: t("words.optional") }),
    value: text(),
    onValue: (value: string) => props.onValue(props.field.name, value),
  });
  const help = () => {
    const { name, kind, fallback } = props.field;
    const usual = fallback === null || kind === "choice" ? undefined : t("config.fallback", String(fallback));
    return [kind === "list" ? t("config.listHelp") : undefined, words.help(name), usual]
      .filter((sentence) => sentence !== undefined)
      .join(" ");
  };
  return (
    <Switch
      fallback={
        <TextField
          {...common()}
          help={help()}
          type={props.field.secret ? "password" : "text"}
          inputmode={props.field.kind === "number" ? "numeric" : "text"}
          required={props.field.required && !props.field.secret}
          {...(props.field.secret ? { autocomplete: "new-password" } : {})}
        />
      }
    >
      <Match when={isKept()}>
        <KeptSecret
          label={words.label(props.field.name)}
          isSet={isSet(props.before?.[props.field.name])}
          onReplace={() => props.onValue(props.field.name, "")}
        />
      </Match>
      <Match when={props.field.kind === "flag"}>
        <CheckField
          label={words.label(props.field.name)}
          checked={props.values[props.field.name] === true}
          onChecked={(value) => props.onValue(props.field.name, value)}
        />
      </Match>
      <Match when={props.field.kind === "list"}>
        <TextArea {...common()} help={help()} mono required={props.field.required} />
      </Match>
      <Match when={props.field.kind === "choice"}>
        <SelectField
          {...common()}
          help={help()}
          options={props.field.choices.map((value) => ({ value, label: words.choice(value) }))}
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

function isSet(value: unknown): boolean {
  return typeof value === "object" && value !== null && "set" in value && value.set === true;
}
