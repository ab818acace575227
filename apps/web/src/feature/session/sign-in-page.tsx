import { panelFault } from "@cofre/sdk/panel";
import { Navigate, useNavigate, useSearchParams } from "@solidjs/router";
import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { TextField } from "../../ui/field.tsx";
import { FrontDoor } from "./front-door.tsx";
import { setupQuery } from "./queries.ts";
import { safeReturn } from "./safe-return.ts";

export function SignInPage() {
  const api = useApi();
  const t = useText();
  const go = useNavigate();
  const queries = useQueryClient();
  const [search] = useSearchParams();
  const [email, setEmail] = createSignal("");
  const [password, setPassword] = createSignal("");
  const setup = useQuery(() => setupQuery(api));
  const signIn = useMutation(() => ({
    mutationFn: () => api.session.signIn.mutate({ email: email(), password: password() }),
    onSuccess: (me) => {
      queries.clear();
      queries.setQueryData(["me"], me);
      go(safeReturn(search.from), { replace: true });
    },
  }));
  const isRefused = () =>
    signIn.isError && ["auth.required", "input.invalid"].includes(panelFault(signIn.error).code);
  return (
    <Show when={setup.isPending || !setup.data?.open} fallback={<Navigate href="/setup" />}>
      <FrontDoor title={t("session.signInTitle")} {...(search.ended ? { about: t("session.ended") } : {})}>
        <form
          class="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate();
          }}
        >
          <TextField
            label={t("session.email")}
            type="email"
            name="email"
            autocomplete="username"
            required
            autofocus
            value={email()}
            onValue={setEmail}
          />
          <TextField
            label={t("session.password")}
            type="password"
            name="password"
            autocomplete="current-password"
            required
            value={password()}
            onValue={setPassword}
            error={isRefused() ? t("session.refused") : undefined}
          />
          <Show when={!isRefused()}>
            <CaughtFault attempted={t("session.signIn")} error={signIn.error} />
          </Show>
          <Button type="submit" look="main" busy={signIn.isPending}>
            {t("session.signIn")}
          </Button>
        </form>
      </FrontDoor>
    </Show>
  );
}
