import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { RadioField, SelectField, TextField } from "../../ui/field.tsx";

const ROLES = ["viewer", "operator", "admin"] as const;
const DAY_MS = 86_400_000;
const LIVES = { never: null, month: 30, quarter: 90, year: 365 } as const;
const LIFE_NAMES = ["never", "month", "quarter", "year"] as const;

/** The key is shown once, here, and never again. */
export function CreateKeyDialog(props: { onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const [form, setForm] = createStore({ name: "", role: "operator", life: "never" });
  const expiry = () => {
    const days = LIVES[LIFE_NAMES.find((name) => name === form.life) ?? "never"];
    return days === null ? {} : { expiresAt: new Date(Date.now() + days * DAY_MS).toISOString() };
  };
  const create = useMutation(() => ({
    mutationFn: () =>
      api.apiKeys.create.mutate({
        name: form.name,
        role: ROLES.find((role) => role === form.role) ?? "viewer",
        ...expiry(),
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["api-keys"] }),
  }));
  return (
    <Dialog
      title={create.data ? t("apiKeys.onceTitle") : t("apiKeys.create")}
      {...(create.data ? { description: t("apiKeys.onceAbout") } : {})}
      onClose={props.onClose}
    >
      <Show
        when={create.data}
        fallback={
          <form
            onSubmit={(event) => {
              event.preventDefault();
              create.mutate();
            }}
          >
            <DialogBody>
              <TextField
                label={t("apiKeys.name")}
                help={t("apiKeys.nameHelp")}
                required
                maxlength={120}
                value={form.name}
                onValue={(name) => setForm({ name })}
              />
              <RadioField
                legend={t("apiKeys.role")}
                value={form.role}
                onValue={(role) => setForm({ role })}
                options={ROLES.map((role) => ({
                  value: role,
                  label: t(`organization.roles.${role}`),
                  help: t(`organization.roleHelp.${role}`),
                }))}
              />
              <SelectField
                label={t("apiKeys.expires")}
                value={form.life}
                onValue={(life) => setForm({ life })}
                options={LIFE_NAMES.map((name) => ({ value: name, label: t(`apiKeys.expiry.${name}`) }))}
              />
              <CaughtFault attempted={t("apiKeys.create")} error={create.error} />
            </DialogBody>
            <DialogActs>
              <Button onClick={() => props.onClose()}>{t("acts.cancel")}</Button>
              <Button type="submit" look="main" busy={create.isPending}>
                {t("apiKeys.create")}
              </Button>
            </DialogActs>
          </form>
        }
      >
        {(made) => <ShownOnce secret={made().key} onClose={props.onClose} />}
      </Show>
    </Dialog>
  );
}

function ShownOnce(props: { secret: string; onClose: () => void }) {
  const t = useText();
  return (
    <>
      <DialogBody>
        <div class="rounded-lg border border-line bg-sunken p-3">
          <code class="block break-all">{props.secret}</code>
        </div>
        <div class="-mt-2">
          <CopyButton text={props.secret} label={t("apiKeys.copy")} withWord />
        </div>
      </DialogBody>
      <DialogActs>
        <Button look="main" onClick={() => props.onClose()}>
          {t("apiKeys.saved")}
        </Button>
      </DialogActs>
    </>
  );
}
