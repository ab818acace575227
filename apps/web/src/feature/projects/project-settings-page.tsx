import { A, useParams } from "@solidjs/router";
import { Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { Icon } from "../../ui/icon.tsx";
import { PageHead } from "../../ui/panel.tsx";
import { EncryptionChoicePanel } from "../encryption/encryption-choice.tsx";
import { useChosenProject } from "../layout/chosen-project.ts";
import { useMay } from "../session/me.tsx";
import { StoreChoicePanel } from "../stores/store-choice.tsx";

/** What holds for every resource of a project that says nothing else. */
export function ProjectSettingsPage() {
  const t = useText();
  const may = useMay();
  const params = useParams();
  const project = useChosenProject();
  const of = () => ({ projectId: params.projectId ?? "" });
  return (
    <div class="flex flex-col gap-4">
      <A
        href={`/projects/${params.projectId}`}
        class="-mb-2 inline-flex items-center gap-1 self-start text-[13px]/5 text-muted hover:text-base-content"
      >
        <Icon name="chevronRight" class="size-3.5 rotate-180" />
        {t("frame.resources")}
      </A>
      <PageHead title={t("frame.projectSettings")} about={project()?.name} />
      <Show when={may("admin")}>
        <StoreChoicePanel of={of()} />
        <EncryptionChoicePanel of={of()} />
      </Show>
    </div>
  );
}
