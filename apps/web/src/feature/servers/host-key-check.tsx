import { Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { HostKey } from "./queries.ts";

/** The key as a person can compare it, and the command that shows the same on the server. */
export function HostKeyCheck(props: { hostKey: HostKey; before: HostKey | null; host: string }) {
  const t = useText();
  const isChanged = () => props.before !== null && props.before.fingerprint !== props.hostKey.fingerprint;
  const kind = () =>
    props.hostKey.algorithm.replace(/^ssh-|^rsa-sha2-.*$/, "").replace(/^ecdsa-.*/, "ecdsa") || "rsa";
  const command = () => `ssh-keygen -lf /etc/ssh/ssh_host_${kind()}_key.pub`;
  return (
    <div class="flex flex-col gap-3">
      <Show when={isChanged()}>
        <p class="flex gap-2 font-medium text-error" role="alert">
          <Icon name="alert" class="mt-0.5" />
          {t("addServer.newKey")}
        </p>
      </Show>
      <div>
        <h3 class="font-medium">{t("addServer.keyTitle")}</h3>
        <p class="text-muted">{t("addServer.keyAbout", props.host)}</p>
      </div>
      <dl class="rounded-lg border border-line bg-sunken px-4 py-3">
        <dt class="text-[13px]/5 text-muted">{t("addServer.fingerprint")}</dt>
        <dd class="font-mono text-[13px]/5 font-medium break-all">{props.hostKey.fingerprint}</dd>
        <dt class="mt-2 text-[13px]/5 text-muted">{t("addServer.algorithm")}</dt>
        <dd class="font-mono text-[13px]/5">{props.hostKey.algorithm}</dd>
      </dl>
      <div>
        <p class="text-muted">{t("addServer.keyCompare")}</p>
        <div class="mt-1 flex items-center gap-1 rounded-lg border border-line py-0.5 pr-1 pl-3">
          <code class="min-w-0 flex-1 text-xs/5 break-all">{command()}</code>
          <CopyButton text={command} label={t("acts.copy")} />
        </div>
      </div>
    </div>
  );
}
