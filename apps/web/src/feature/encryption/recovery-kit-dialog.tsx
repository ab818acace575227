import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, type JSX, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { TextField } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import type { EncryptionKey, RecoveryKit } from "./queries.ts";

const CODE_LETTERS = 4;

/** The file, the passphrase apart from it, and a code out of the file: only who really kept it goes on. */
export function RecoveryKitDialog(props: { encryptionKey: EncryptionKey; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const [code, setCode] = createSignal("");
  const kit = useMutation(() => ({
    mutationFn: () => api.encryption.recoveryKit.mutate({ id: props.encryptionKey.id }),
    onSuccess: saveFile,
  }));
  const confirm = useMutation(() => ({
    mutationFn: () => api.encryption.confirmKit.mutate({ id: props.encryptionKey.id, code: code() }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["encryption-keys"] });
      toast(t("recoveryKit.confirmed", props.encryptionKey.name));
      props.onClose();
    },
  }));
  return (
    <Dialog
      title={t("recoveryKit.title", props.encryptionKey.name)}
      description={t("recoveryKit.about")}
      width={560}
      onClose={props.onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (kit.data === undefined) kit.mutate();
          else confirm.mutate();
        }}
      >
        <DialogBody>
          <CaughtFault attempted={t("recoveryKit.attempted")} error={kit.error} />
          <Show when={kit.data}>{(made) => <KitSteps kit={made()} code={code()} onCode={setCode} />}</Show>
          <CaughtFault attempted={t("recoveryKit.refused")} error={confirm.error} />
        </DialogBody>
        <DialogActs>
          <Show
            when={kit.data}
            fallback={
              <>
                <Button onClick={() => props.onClose()}>{t("acts.cancel")}</Button>
                <Button type="submit" look="main" icon="download" busy={kit.isPending}>
                  {t("recoveryKit.make")}
                </Button>
              </>
            }
          >
            {(made) => (
              <>
                <Button icon="download" onClick={() => saveFile(made())}>
                  {t("recoveryKit.again")}
                </Button>
                <Button
                  type="submit"
                  look="main"
                  disabled={code().trim().length < CODE_LETTERS}
                  busy={confirm.isPending}
                >
                  {t("recoveryKit.confirm")}
                </Button>
              </>
            )}
          </Show>
        </DialogActs>
      </form>
    </Dialog>
  );
}

function KitSteps(props: { kit: RecoveryKit; code: string; onCode: (code: string) => void }) {
  const t = useText();
  return (
    <ol class="flex flex-col gap-4">
      <Step number={1} title={t("recoveryKit.step1")} help={t("recoveryKit.step1Help", props.kit.filename)} />
      <Step number={2} title={t("recoveryKit.step2")} help={t("recoveryKit.step2Help")}>
        <div class="flex items-center gap-1 rounded-lg border border-line bg-sunken py-1 pr-1 pl-3">
          <code class="min-w-0 flex-1 py-1.5 text-sm/5 break-all select-all">{props.kit.passphrase}</code>
          <CopyButton text={() => props.kit.passphrase} label={t("recoveryKit.copyPhrase")} />
        </div>
      </Step>
      <Step number={3} title={t("recoveryKit.step3")} help={t("recoveryKit.step3Help")}>
        <TextField
          label={t("recoveryKit.code")}
          class="max-w-48 uppercase"
          mono
          maxlength={40}
          value={props.code}
          onValue={props.onCode}
        />
      </Step>
    </ol>
  );
}

function Step(props: { number: number; title: string; help: string; children?: JSX.Element }) {
  return (
    <li class="flex gap-3">
      <span
        class="grid size-6 shrink-0 place-items-center rounded-full border border-line bg-sunken text-xs tabular-nums"
        aria-hidden="true"
      >
        {props.number}
      </span>
      <div class="flex min-w-0 flex-1 flex-col gap-1.5">
        <div>
          <p class="font-medium">{props.title}</p>
          <p class="text-[13px]/5 text-muted">{props.help}</p>
        </div>
        {props.children}
      </div>
    </li>
  );
}

/** Out of the answer itself: the kit is not kept anywhere that it could be fetched from again. */
function saveFile({ filename, text }: RecoveryKit): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
