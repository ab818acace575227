import { panelFault } from "@cofre/sdk/panel";
import { Navigate, useNavigate } from "@solidjs/router";
import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useLanguage, useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { TextField } from "../../ui/field.tsx";
import { FrontDoor } from "./front-door.tsx";
import { setupQuery } from "./queries.ts";

const MIN_PASSWORD = 10;

/** The very first page of an installation: the code from the console makes its owner. */
export function SetupPage() {
  const api = useApi();
  const t = useText();
  const { language } = useLanguage();
  const go = useNavigate();
  const queries = useQueryClient();
  const setup = useQuery(() => setupQuery(api));
  const [form, setForm] = createStore({
    code: codeFromAddress(),
    name: "",
    email: "",
    password: "",
    organizationName: "",
  });
  const complete = useMutation(() => ({
    mutationFn: () =>
      api.setup.complete.mutate({
        ...form,
        organizationName: form.organizationName.trim() || "Cofre",
        locale: language(),
      }),
    onSuccess: (me) => {
      queries.clear();
      queries.setQueryData(["me"], me);
      go("/", { replace: true });
    },
  }));
  const isWrongCode = () =>
    complete.isError && ["auth.required", "auth.forbidden"].includes(panelFault(complete.error).code);
  return (
    <Show
      when={setup.isPending || setup.data?.open !== false || complete.isSuccess}
      fallback={<Navigate href="/sign-in" />}
    >
      <FrontDoor title={t("setup.title")} about={t("setup.about")}>
        <form
          class="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            complete.mutate();
          }}
        >
          <TextField
            label={t("setup.code")}
            help={t("setup.codeHelp")}
            error={isWrongCode() ? t("setup.wrongCode") : undefined}
            mono
            required
            autofocus
            value={form.code}
            onValue={(code) => setForm({ code })}
          />
          <TextField
            label={t("setup.name")}
            autocomplete="name"
            required
            value={form.name}
            onValue={(name) => setForm({ name })}
          />
          <TextField
            label={t("setup.email")}
            type="email"
            autocomplete="username"
            required
            value={form.email}
            onValue={(email) => setForm({ email })}
          />
          <TextField
            label={t("setup.password")}
            help={t("setup.passwordHelp")}
            type="password"
            autocomplete="new-password"
            minlength={MIN_PASSWORD}
            required
            value={form.password}
            onValue={(password) => setForm({ password })}
          />
          <TextField
            label={t("setup.organization")}
            aside={t("words.optional")}
            help={t("setup.organizationHelp")}
            value={form.organizationName}
            onValue={(organizationName) => setForm({ organizationName })}
          />
          <Show when={!isWrongCode()}>
            <CaughtFault attempted={t("setup.complete")} error={complete.error} />
          </Show>
          <Button type="submit" look="main" busy={complete.isPending}>
            {t("setup.complete")}
          </Button>
        </form>
      </FrontDoor>
    </Show>
  );
}

/** The console may print the code inside the address, after `#`, where no server log sees it. */
function codeFromAddress(): string {
  return new URLSearchParams(location.hash.slice(1)).get("code") ?? "";
}
