import { Match, Show, Switch } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { ButtonLink } from "../../ui/button.tsx";
import type { Job } from "./queries.ts";

/** What can be done about a failed job, as a link to where it is done. */
export function JobRemedy(props: { job: Job }) {
  const t = useText();
  const page = () => `/projects/${props.job.projectId}/resources/${props.job.resourceId}`;
  const isAbout = (...beginnings: readonly string[]) =>
    beginnings.some((beginning) => props.job.error?.code.startsWith(beginning));
  return (
    <Switch>
      <Match when={isAbout("server.")}>
        <ButtonLink href="/servers" icon="server">
          {t("jobs.seeServers")}
        </ButtonLink>
      </Match>
      <Match when={props.job.resourceId !== null}>
        <Show when={isAbout("target.", "hook.")}>
          <ButtonLink href={`${page()}/settings`} icon="gear">
            {isAbout("target.auth") ? t("jobs.fixCredentials") : t("jobs.seeSettings")}
          </ButtonLink>
        </Show>
        <Show when={props.job.kind === "backup"}>
          <ButtonLink href={`${page()}?act=backup`} icon="refresh">
            {t("jobs.again")}
          </ButtonLink>
        </Show>
      </Match>
    </Switch>
  );
}
