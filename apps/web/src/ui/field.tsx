import { children, createUniqueId, For, type JSX, Show, splitProps } from "solid-js";

interface FieldLooks {
  label: string;
  help?: JSX.Element;
  error?: string | undefined;
  /** Shown beside the label: `optional`, a unit. */
  aside?: string;
}

interface Wired {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": "true" | undefined;
}

/** Label, control, help and error, wired so that a reader hears all four. */
function Field(props: FieldLooks & { control: (wired: Wired) => JSX.Element }) {
  const id = createUniqueId();
  const more = children(() => props.error ?? props.help);
  const described = () => (more() ? `${id}-more` : undefined);
  return (
    <div class="flex min-w-0 flex-col gap-1">
      <div class="flex items-baseline justify-between gap-2">
        <label for={id} class="text-[13px] font-medium">
          {props.label}
        </label>
        <Show when={props.aside}>
          <span class="text-xs text-muted">{props.aside}</span>
        </Show>
      </div>
      {props.control({
        id,
        get "aria-describedby"() {
          return described();
        },
        get "aria-invalid"() {
          return props.error ? ("true" as const) : undefined;
        },
      })}
      <Show when={more()}>
        <p id={`${id}-more`} class={`text-xs/4 ${props.error ? "text-error" : "text-muted"}`}>
          {more()}
        </p>
      </Show>
    </div>
  );
}

type Attributes<T> = Omit<T, "onInput" | "onChange" | "value" | "id">;
const LOOKS = ["label", "help", "error", "aside", "value", "onValue"] as const;

export function TextField(
  props: FieldLooks & { value: string; onValue: (value: string) => void; mono?: boolean } & Attributes<
      JSX.InputHTMLAttributes<HTMLInputElement>
    >,
) {
  const [own, rest] = splitProps(props, [...LOOKS, "mono", "class"]);
  return (
    <Field
      {...own}
      control={(wired) => (
        <input
          type="text"
          autocomplete="off"
          spellcheck={false}
          {...rest}
          {...wired}
          class={`input ${own.mono ? "font-mono" : ""} ${own.class ?? ""}`}
          value={own.value}
          onInput={(event) => own.onValue(event.currentTarget.value)}
        />
      )}
    />
  );
}

export function TextArea(
  props: FieldLooks & { value: string; onValue: (value: string) => void; mono?: boolean } & Attributes<
      JSX.TextareaHTMLAttributes<HTMLTextAreaElement>
    >,
) {
  const [own, rest] = splitProps(props, [...LOOKS, "mono", "class"]);
  return (
    <Field
      {...own}
      control={(wired) => (
        <textarea
          autocomplete="off"
          spellcheck={false}
          rows={3}
          {...rest}
          {...wired}
          class={`textarea ${own.mono ? "font-mono text-xs!" : ""} ${own.class ?? ""}`}
          value={own.value}
          onInput={(event) => own.onValue(event.currentTarget.value)}
        />
      )}
    />
  );
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** The system's own select: it is right under a finger, under a keyboard and in a screen reader. */
export function SelectField(
  props: FieldLooks & {
    value: string;
    onValue: (value: string) => void;
    options: readonly Choice[];
  } & Attributes<JSX.SelectHTMLAttributes<HTMLSelectElement>>,
) {
  const [own, rest] = splitProps(props, [...LOOKS, "options", "class"]);
  return (
    <Field
      {...own}
      control={(wired) => (
        <select
          {...rest}
          {...wired}
          class={`select ${own.class ?? ""}`}
          onChange={(event) => own.onValue(event.currentTarget.value)}
        >
          <For each={own.options}>
            {(option) => (
              <option value={option.value} selected={option.value === own.value}>
                {option.label}
              </option>
            )}
          </For>
        </select>
      )}
    />
  );
}

/** A claim that is ticked or not, with what it means underneath. */
export function CheckField(props: {
  label: JSX.Element;
  help?: JSX.Element;
  checked: boolean;
  onChecked: (checked: boolean) => void;
  as?: "checkbox" | "switch";
  disabled?: boolean;
}) {
  const id = createUniqueId();
  const help = children(() => props.help);
  return (
    <div class="flex gap-2.5">
      <input
        type="checkbox"
        role={props.as === "switch" ? "switch" : undefined}
        class={
          props.as === "switch" ? "toggle toggle-sm toggle-primary mt-0.5" : "checkbox checkbox-primary mt-px"
        }
        id={id}
        checked={props.checked}
        disabled={props.disabled ?? false}
        aria-describedby={help() ? `${id}-more` : undefined}
        onChange={(event) => props.onChecked(event.currentTarget.checked)}
      />
      <div class="min-w-0">
        <label for={id} class="font-medium">
          {props.label}
        </label>
        <Show when={help()}>
          <p id={`${id}-more`} class="text-[13px]/5 text-muted">
            {help()}
          </p>
        </Show>
      </div>
    </div>
  );
}

/** One of a few, all visible. */
export function RadioField(props: {
  legend: string;
  value: string;
  onValue: (value: string) => void;
  options: readonly (Choice & { help?: string })[];
}) {
  const name = createUniqueId();
  return (
    <fieldset class="flex flex-col gap-2">
      <legend class="mb-1 text-[13px] font-medium">{props.legend}</legend>
      <For each={props.options}>
        {(option) => (
          <label class="flex cursor-pointer gap-2.5">
            <input
              type="radio"
              class="radio radio-primary mt-px"
              name={name}
              value={option.value}
              checked={props.value === option.value}
              onChange={() => props.onValue(option.value)}
            />
            <span>
              {option.label}
              <Show when={option.help}>
                <span class="block text-[13px]/5 text-muted">{option.help}</span>
              </Show>
            </span>
          </label>
        )}
      </For>
    </fieldset>
  );
}
