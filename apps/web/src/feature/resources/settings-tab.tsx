import { useQuery } from "@tanstack/solid-query";
import { createSignal, type JSX, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Faces } from "../../ui/faces.tsx";
import { Facts, Panel } from "../../ui/panel.tsx";
import { When } from "../../ui/when.tsx";
import { useCapabilities } from "../backups/unit-name.ts";
import { EncryptionChoicePanel } from "../encryption/encryption-choice.tsx";
import { useMay } from "../session/me.tsx";
import { StoreChoicePanel } from "../stores/store-choice.tsx";
import { SyncPanel } from "../sync/sync-panel.tsx";
import { EditResource } from "./edit-resource.tsx";
import { HooksPanel } from "./hooks-panel.tsx";
import { enginesQuery, type Resource } from "./queries.ts";
import { RemoveResourceDialog } from "./remove-resource-dialog.tsx";
import { useResource } from "./resource-context.tsx";

export function SettingsTab() {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const resource = useResource();
  const capabilities = useCapabilities();
  const engines = useQuery(() => enginesQuery(api));
  const [isRemoving, setIsRemoving] = createSignal(false);
  return (
    <div class="flex flex-col gap-4">
      <Show when={may("admin")}>
        <Panel title={t("settings.title")} about={t("settings.about")}>
          <Faces of={engines} skeleton={<div class="h-48" />}>
            {(known) => (
              <EditResource
                resource={resource()}
                fields={known().items.find((engine) => engine.id === resource().type)?.config ?? []}
              />
            )}
          </Faces>
        </Panel>
      </Show>
      <Show when={may("admin")}>
        <StoreChoicePanel of={{ resourceId: resource().id }} />
        <EncryptionChoicePanel of={{ resourceId: resource().id }} />
        <HooksPanel resource={resource()} />
        <Show when={capabilities(resource().type)?.unit === "bucket"}>
          <SyncPanel />
        </Show>
      </Show>
      <Panel title={t("settings.facts")}>
        <div class="px-5 py-4">
          <ResourceFacts resource={resource()} />
        </div>
      </Panel>
      <Show when={may("admin")}>
        <Panel
          title={t("settings.remove")}
          about={t("settings.removeAbout")}
          tone="danger"
          acts={
            <Button class="text-error!" icon="trash" onClick={() => setIsRemoving(true)}>
              {t("settings.remove")}
            </Button>
          }
        >
          {null}
        </Panel>
      </Show>
      <Show when={isRemoving()}>
        <RemoveResourceDialog resource={resource()} onClose={() => setIsRemoving(false)} />
      </Show>
    </div>
  );
}

function ResourceFacts(props: { resource: Resource }) {
  const t = useText();
  const format = useFormat();
  const mono = (value: string | null): JSX.Element =>
    value === null ? t("words.none") : <code>{value}</code>;
  const units = () =>
    props.resource.units === null
      ? t("words.unknown")
      : props.resource.units
          .map(({ name, sourceBytes }) =>
            sourceBytes === null ? name : `${name} (${format.bytes(sourceBytes)})`,
          )
          .join(", ");
  return (
    <Facts
      facts={[
        {
          name: t("settings.detected"),
          value: props.resource.detected ? t("settings.detectedYes") : t("settings.detectedNo"),
        },
        { name: t("settings.container"), value: mono(props.resource.containerName) },
        { name: t("settings.image"), value: mono(props.resource.image) },
        { name: t("settings.units"), value: units() },
        {
          name: t("settings.seen"),
          value:
            props.resource.lastSeenAt === null ? (
              t("words.never")
            ) : (
              <When at={props.resource.lastSeenAt} as="ago" />
            ),
        },
        {
          name: t("settings.id"),
          value: (
            <span class="inline-flex items-center gap-1">
              <code>{props.resource.id}</code>
              <CopyButton text={props.resource.id} label={t("acts.copy")} small />
            </span>
          ),
        },
      ]}
    />
  );
}
