import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { TextField } from "../../ui/field.tsx";
import { Facts, Panel } from "../../ui/panel.tsx";
import { toast } from "../../ui/toast.tsx";
import { useMay, useMe } from "../session/me.tsx";

const MIN_PASSWORD = 10;

export function AccountTab() {
  const t = useText();
  const me = useMe();
  const may = useMay();
  return (
    <div class="flex max-w-2xl flex-col gap-4">
      <Panel title={t("organization.profile")}>
        <div class="px-5 py-4">
          <Facts
            facts={[
              { name: t("organization.email"), value: me().email ?? t("words.none") },
              {
                name: t("organization.role"),
                value: `${t(`organization.roles.${me().role}`)}. ${t(`organization.roleHelp.${me().role}`)}`,
              },
              { name: t("organization.version"), value: <code>{me().version}</code> },
            ]}
          />
        </div>
        <NameForm
          label={t("organization.yourName")}
          name={me().name}
          save={(api, name) => api.session.change.mutate({ name })}
        />
        <Show when={may("owner")}>
          <NameForm
            label={t("organization.name")}
            name={me().organization.name}
            save={(api, name) => api.session.changeOrganization.mutate({ name })}
          />
        </Show>
      </Panel>
      <PasswordPanel />
    </div>
  );
}

function NameForm(props: {
  label: string;
  name: string;
  save: (api: ReturnType<typeof useApi>, name: string) => Promise<unknown>;
}) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const [name, setName] = createSignal(props.name);
  const save = useMutation(() => ({
    mutationFn: () => props.save(api, name()),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["me"] });
      toast(t("organization.saved"));
    },
  }));
  return (
    <form
      class="flex flex-col gap-3 border-t border-line px-5 py-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <div class="flex items-end gap-2">
        <div class="min-w-0 flex-1">
          <TextField label={props.label} required maxlength={120} value={name()} onValue={setName} />
        </div>
        <Button
          type="submit"
          class="h-9! max-sm:h-11!"
          disabled={name() === props.name}
          busy={save.isPending}
        >
          {t("acts.save")}
        </Button>
      </div>
      <CaughtFault attempted={props.label} error={save.error} />
    </form>
  );
}

function PasswordPanel() {
  const api = useApi();
  const t = useText();
  const [form, setForm] = createStore({ currentPassword: "", newPassword: "" });
  const change = useMutation(() => ({
    mutationFn: () => api.session.changePassword.mutate({ ...form }),
    onSuccess: () => {
      setForm({ currentPassword: "", newPassword: "" });
      toast(t("organization.passwordChanged"));
    },
  }));
  return (
    <Panel title={t("organization.passwordTitle")} about={t("organization.passwordAbout")}>
      <form
        class="flex flex-col gap-4 px-5 py-4"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <TextField
          label={t("organization.currentPassword")}
          type="password"
          autocomplete="current-password"
          required
          value={form.currentPassword}
          onValue={(currentPassword) => setForm({ currentPassword })}
        />
        <TextField
          label={t("organization.newPassword")}
          help={t("setup.passwordHelp")}
          type="password"
          autocomplete="new-password"
          minlength={MIN_PASSWORD}
          required
          value={form.newPassword}
          onValue={(newPassword) => setForm({ newPassword })}
        />
        <CaughtFault attempted={t("organization.changePassword")} error={change.error} />
        <Button type="submit" class="self-start" busy={change.isPending}>
          {t("organization.changePassword")}
        </Button>
      </form>
    </Panel>
  );
}
