import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { RadioField, TextArea, TextField } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import type { EncryptionKey } from "./queries.ts";

const HOWS = ["make", "private", "public"] as const;

interface Form {
  name: string;
  how: (typeof HOWS)[number];
  armored: string;
  passphrase: string;
}

/** Made by Cofre, or given: its private part, or somebody's public part alone. */
export function CreateEncryptionKeyDialog(props: {
  replaces?: EncryptionKey;
  onMade: (key: EncryptionKey) => void;
  onClose: () => void;
}) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const [form, setForm] = createStore<Form>({ name: "", how: "make", armored: "", passphrase: "" });
  const create = useMutation(() => ({
    mutationFn: () =>
      api.encryption.create.mutate({
        name: form.name.trim(),
        ...partsOf(form),
        ...(props.replaces === undefined ? {} : { replaces: props.replaces.id }),
      }),
    onSuccess: async (key) => {
      await queries.invalidateQueries({ queryKey: ["encryption-keys"] });
      if (key.state !== "unconfirmed") toast(t("encryptionForm.added", key.name));
      props.onMade(key);
    },
  }));
  return (
    <Dialog
      title={
        props.replaces === undefined
          ? t("encryptionForm.title")
          : t("encryptionForm.replaceTitle", props.replaces.name)
      }
      {...(props.replaces === undefined ? {} : { description: t("encryptionForm.replaceAbout") })}
      width={560}
      onClose={props.onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <DialogBody>
          <TextField
            label={t("encryptionForm.name")}
            help={t("encryptionForm.nameHelp")}
            required
            maxlength={120}
            value={form.name}
            onValue={(name) => setForm({ name })}
          />
          <RadioField
            legend={t("encryptionForm.how")}
            value={form.how}
            onValue={(chosen) => setForm({ how: HOWS.find((how) => how === chosen) ?? "make", armored: "" })}
            options={HOWS.filter((how) => how !== "public" || props.replaces === undefined).map((how) => ({
              value: how,
              label: t(`encryptionForm.hows.${how}`),
              help: t(`encryptionForm.howHelp.${how}`),
            }))}
          />
          <GivenKey form={form} onForm={setForm} />
          <CaughtFault attempted={t("encryptionForm.refused")} error={create.error} />
        </DialogBody>
        <DialogActs>
          <Button onClick={() => props.onClose()}>{t("acts.cancel")}</Button>
          <Button type="submit" look="main" busy={create.isPending}>
            {form.how === "public" ? t("encryptionForm.act") : t("encryptionForm.next")}
          </Button>
        </DialogActs>
      </form>
    </Dialog>
  );
}

function GivenKey(props: { form: Form; onForm: (change: Partial<Form>) => void }) {
  const t = useText();
  return (
    <Show when={props.form.how !== "make"}>
      <TextArea
        label={props.form.how === "private" ? t("encryptionForm.privateKey") : t("encryptionForm.publicKey")}
        help={t("encryptionForm.keyHelp")}
        mono
        required
        rows={6}
        value={props.form.armored}
        onValue={(armored) => props.onForm({ armored })}
      />
      <Show when={props.form.how === "private"}>
        <TextField
          label={t("encryptionForm.passphrase")}
          help={t("encryptionForm.passphraseHelp")}
          aside={t("words.optional")}
          type="password"
          autocomplete="new-password"
          value={props.form.passphrase}
          onValue={(passphrase) => props.onForm({ passphrase })}
        />
      </Show>
    </Show>
  );
}

function partsOf({ how, armored, passphrase }: Form) {
  if (how === "make") return {};
  const block = `${armored.trim()}\n`;
  if (how === "public") return { publicKey: block };
  return { privateKey: block, ...(passphrase === "" ? {} : { passphrase }) };
}
