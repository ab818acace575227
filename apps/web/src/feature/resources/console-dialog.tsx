import { useQuery } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { CopyBox } from "../../ui/copy-box.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { Faces } from "../../ui/faces.tsx";
import { Icon } from "../../ui/icon.tsx";
import { consoleQuery, type Resource, type WebConsole } from "./queries.ts";

/** The ways to the product's own console. Nothing is opened by itself: where it is reachable depends on where the reader sits. */
export function ConsoleDialog(props: { resource: Resource; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const found = useQuery(() => consoleQuery(api, props.resource.id));
  const url = () => (found.isPending ? undefined : found.data?.url);
  return (
    <Dialog
      title={t("webConsole.of", props.resource.name)}
      description={t("webConsole.about")}
      width={560}
      onClose={props.onClose}
    >
      <DialogBody>
        <Faces of={found} attempted={t("webConsole.of", props.resource.name)} skeleton={<div class="h-16" />}>
          {(ways) => <Ways of={ways()} />}
        </Faces>
      </DialogBody>
      <Show when={url()}>
        {(there) => (
          <DialogActs>
            <a href={there()} target="_blank" rel="noreferrer" class="btn btn-primary">
              <Icon name="upload" class="rotate-90" />
              {t("webConsole.open")}
            </a>
          </DialogActs>
        )}
      </Show>
    </Dialog>
  );
}

function Ways(props: { of: WebConsole }) {
  const t = useText();
  return (
    <Show when={props.of.url ?? props.of.tunnel} fallback={<p>{t("webConsole.none")}</p>}>
      <div class="flex flex-col gap-4">
        <Show when={props.of.url}>
          {(url) => (
            <CopyBox label={t("webConsole.address")} text={url()} copy={t("webConsole.copyAddress")} />
          )}
        </Show>
        <Show when={props.of.tunnel}>
          {(tunnel) => (
            <Through
              label={props.of.url === null ? t("webConsole.tunnel") : t("webConsole.orTunnel")}
              words={tunnel().command}
              url={tunnel().url}
            />
          )}
        </Show>
        <Show when={props.of.forward}>
          {(forward) => (
            <Through label={t("webConsole.ownTunnel")} words={forward().words} url={forward().url} />
          )}
        </Show>
      </div>
    </Show>
  );
}

/** What a terminal is told, and what the browser opens while it runs. */
function Through(props: { label: string; words: string; url: string }) {
  const t = useText();
  return (
    <div class="flex flex-col gap-2">
      <CopyBox label={props.label} text={props.words} copy={t("webConsole.copyCommand")} />
      <p class="text-[13px]/5 text-muted">
        {t("webConsole.thenOpen")}{" "}
        <a href={props.url} target="_blank" rel="noreferrer" class="underline underline-offset-2">
          {props.url}
        </a>
      </p>
    </div>
  );
}
