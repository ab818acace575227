import { useMutation } from "@tanstack/solid-query";
import { type JSX, Show } from "solid-js";
import { useText } from "../platform/text.tsx";
import { Button } from "./button.tsx";
import { Dialog, DialogActs, DialogBody } from "./dialog.tsx";
import { CaughtFault } from "./fault-card.tsx";
import type { IconName } from "./icon.tsx";

interface ConfirmProps {
  title: string;
  /** What will happen, in a sentence with the real names. */
  about: JSX.Element;
  /** The whole act: "Remover web-1", never "OK". */
  act: string;
  icon?: IconName;
  look?: "main" | "danger";
  run: () => Promise<unknown>;
  /** Before it closes: what has to be read again, a word about what was done. */
  onDone?: () => unknown;
  onClose: () => void;
  /** What else has to be known before it is done. */
  children?: JSX.Element;
  /** What the dialog itself asks about a refusal, instead of its card. */
  asksAbout?: (error: unknown) => JSX.Element | undefined;
}

/** One act that is asked about once. The way back has the focus; a failure is told here, and the dialog stays. */
export function ConfirmDialog(props: ConfirmProps) {
  const t = useText();
  let safe: HTMLButtonElement | undefined;
  const run = useMutation(() => ({
    mutationFn: () => props.run(),
    onSuccess: async () => {
      await props.onDone?.();
      props.onClose();
    },
  }));
  return (
    <Dialog title={props.title} focusFirst={() => safe} onClose={props.onClose}>
      <DialogBody>
        <p>{props.about}</p>
        {props.children}
        <Show
          when={run.error !== null && props.asksAbout?.(run.error)}
          fallback={<CaughtFault attempted={props.act} error={run.error} />}
        >
          {(question) => <div role="alert">{question()}</div>}
        </Show>
      </DialogBody>
      <DialogActs>
        <Button
          ref={(element) => {
            safe = element;
          }}
          onClick={() => props.onClose()}
        >
          {t("acts.cancel")}
        </Button>
        <Button
          look={props.look ?? "danger"}
          class="whitespace-normal!"
          {...(props.icon === undefined ? {} : { icon: props.icon })}
          busy={run.isPending}
          onClick={() => run.mutate()}
        >
          {props.act}
        </Button>
      </DialogActs>
    </Dialog>
  );
}
