import { useNavigate } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu, MenuChoice, MenuItem, MenuLine } from "../../ui/menu.tsx";
import { useMay } from "../session/me.tsx";
import { useChosenProject } from "./chosen-project.ts";
import { CreateProjectDialog } from "./create-project-dialog.tsx";
import { projectsQuery } from "./queries.ts";

/** Which project is open, and the way to another. */
export function ProjectMenu() {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const go = useNavigate();
  const chosen = useChosenProject();
  const projects = useQuery(() => projectsQuery(api));
  const [isCreating, setIsCreating] = createSignal(false);
  const options = () =>
    projects.isPending
      ? []
      : (projects.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <Menu
        label={`${t("frame.project")}: ${chosen()?.name ?? ""}`}
        class="btn btn-quiet w-full justify-between! px-2.5! text-base-content!"
        trigger={
          <>
            <span class="truncate font-medium">{chosen()?.name ?? t("frame.project")}</span>
            <Icon name="chevronDown" class="text-muted" />
          </>
        }
      >
        <MenuChoice
          label={t("frame.project")}
          value={chosen()?.id ?? ""}
          onChoose={(id) => go(`/projects/${id}`)}
          options={options()}
        />
        <Show when={may("admin")}>
          <MenuLine />
          <Show when={chosen()}>
            {(project) => (
              <MenuItem icon="gear" onSelect={() => go(`/projects/${project().id}/settings`)}>
                {t("frame.projectSettings")}
              </MenuItem>
            )}
          </Show>
          <MenuItem icon="plus" onSelect={() => setIsCreating(true)}>
            {t("frame.newProject")}
          </MenuItem>
        </Show>
      </Menu>
      <Show when={isCreating()}>
        <CreateProjectDialog onClose={() => setIsCreating(false)} />
      </Show>
    </>
  );
}
