import { useQuery } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Faces } from "../../ui/faces.tsx";
import { CreateKeyDialog } from "./create-key-dialog.tsx";
import { type ApiKey, apiKeysQuery } from "./queries.ts";
import { RevokeKeyDialog } from "./revoke-key-dialog.tsx";

export function ApiKeysTab() {
  const api = useApi();
  const t = useText();
  const [isCreating, setIsCreating] = createSignal(false);
  const keys = useQuery(() => apiKeysQuery(api));
  const create = () => (
    <Button look="main" icon="plus" onClick={() => setIsCreating(true)}>
      {t("apiKeys.create")}
    </Button>
  );
  return (
    <>
      <div class="flex flex-wrap items-center justify-between gap-3">
        <p class="text-muted">{t("apiKeys.about")}</p>
        {create()}
      </div>
      <Faces
        of={keys}
        isEmpty={(page) => page.items.length === 0}
        empty={
          <EmptyState icon="key" title={t("apiKeys.empty")} act={create()}>
            {t("apiKeys.emptyHelp")}
          </EmptyState>
        }
      >
        {(page) => (
          <ul class="panel" aria-label={t("apiKeys.title")}>
            <For each={page().items}>{(key) => <KeyRow apiKey={key} />}</For>
          </ul>
        )}
      </Faces>
      <Show when={isCreating()}>
        <CreateKeyDialog onClose={() => setIsCreating(false)} />
      </Show>
    </>
  );
}

function KeyRow(props: { apiKey: ApiKey }) {
  const t = useText();
  const format = useFormat();
  const [isRevoking, setIsRevoking] = createSignal(false);
  const isDead = () =>
    props.apiKey.revokedAt !== null ||
    (props.apiKey.expiresAt !== null && Date.parse(props.apiKey.expiresAt) < Date.now());
  const life = () => {
    if (props.apiKey.revokedAt !== null) return t("apiKeys.revoked");
    if (props.apiKey.expiresAt === null) return undefined;
    return isDead() ? t("apiKeys.expired") : t("apiKeys.expiresAt", format.day(props.apiKey.expiresAt));
  };
  const facts = () =>
    [
      t(`organization.roles.${props.apiKey.role}`),
      props.apiKey.lastUsedAt === null
        ? t("apiKeys.neverUsed")
        : `${t("apiKeys.used")} ${format.ago(props.apiKey.lastUsedAt)}`,
      life(),
    ]
      .filter(Boolean)
      .join(" · ");
  return (
    <li
      data-row
      tabindex="-1"
      class="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 first:border-t-0 hover:bg-(--hover) focus-visible:-outline-offset-2"
    >
      <div class="min-w-0 flex-1">
        <p class={`font-medium ${isDead() ? "text-muted line-through" : ""}`}>{props.apiKey.name}</p>
        <p class="text-[13px]/5 text-muted">
          <code>{props.apiKey.start}…</code> · {facts()}
        </p>
      </div>
      <Show when={!isDead()}>
        <Button aria-label={t("apiKeys.revokeOf", props.apiKey.name)} onClick={() => setIsRevoking(true)}>
          {t("apiKeys.revoke")}
        </Button>
      </Show>
      <Show when={isRevoking()}>
        <RevokeKeyDialog apiKey={props.apiKey} onClose={() => setIsRevoking(false)} />
      </Show>
    </li>
  );
}
