import { Show } from "solid-js";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import type { Server } from "./queries.ts";
import { useServerName } from "./server-name.ts";

export function ServerWords(props: { server: Server }) {
  const t = useText();
  const format = useFormat();
  const nameOf = useServerName();
  const address = () => {
    const { kind, user, host, port } = props.server;
    return kind === "local" ? t("servers.local") : `${user}@${host}${port === 22 ? "" : `:${port}`}`;
  };
  const facts = () =>
    [
      props.server.os,
      props.server.docker ?? (props.server.lastSeenAt === null ? null : t("servers.noDocker")),
      t("servers.resources", props.server.resourceCount),
      props.server.lastScannedAt === null
        ? t("servers.neverScanned")
        : t("servers.scanned", format.ago(props.server.lastScannedAt)),
    ]
      .filter((fact) => fact !== null)
      .join(" · ");
  return (
    <div class="min-w-0">
      <p class="flex flex-wrap items-center gap-x-3">
        <span class="font-semibold">{nameOf(props.server.name)}</span>
        <span class="inline-flex items-center gap-1.5 text-[13px]/5 text-muted">
          <span
            class={`size-2 rounded-full ${props.server.status === "online" ? "bg-current" : "border border-current"}`}
            aria-hidden="true"
          />
          {t(`servers.status.${props.server.status}`)}
        </span>
      </p>
      <Show when={address() !== nameOf(props.server.name)}>
        <p class="text-[13px]/5 text-muted">
          <Show when={props.server.kind === "ssh"} fallback={address()}>
            <code>{address()}</code>
          </Show>
        </p>
      </Show>
      <p class="text-[13px]/5 text-muted">{facts()}</p>
    </div>
  );
}
