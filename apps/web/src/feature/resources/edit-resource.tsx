import { panelFault } from "@cofre/sdk/panel";
import { useNavigate } from "@solidjs/router";
import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { createStore, produce } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import { projectsQuery } from "../layout/queries.ts";
import { ConfigFields } from "./config-fields.tsx";
import { type ConfigValues, configFrom, valuesOf } from "./config-form.ts";
import type { ConfigField, Resource } from "./queries.ts";

/** Name and config of a resource; the connection is tried before the change is kept. */
export function EditResource(props: { resource: Resource; fields: readonly ConfigField[] }) {
  const api = useApi();
  const t = useText();
  const go = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = createSignal(props.resource.name);
  const [projectId, setProjectId] = createSignal(props.resource.projectId);
  const projects = useQuery(() => projectsQuery(api));
  const known = () => (projects.isPending ? [] : (projects.data?.items ?? []));
  const [values, setValues] = createStore<ConfigValues>(valuesOf(props.fields, props.resource.config));
  const save = useMutation(() => ({
    mutationFn: (test: boolean) =>
      api.resources.change.mutate({
        projectId: props.resource.projectId,
        id: props.resource.id,
        name: name(),
        config: configFrom(props.fields, values, props.resource.config),
        ...(projectId() === props.resource.projectId ? {} : { moveTo: projectId() }),
        test,
      }),
    onSuccess: (resource) => {
      queries.setQueryData(["resource", resource.id], resource);
      if (resource.projectId !== props.resource.projectId)
        go(`/projects/${resource.projectId}/resources/${resource.id}`);
      void queries.invalidateQueries({ queryKey: ["resources"] });
      forgetSecrets();
      toast(t("settings.saved"));
    },
  }));
  const inspect = useMutation(() => ({
    mutationFn: () => api.resources.inspect.mutate({ id: props.resource.id }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["resource", props.resource.id] }),
  }));
  const fault = () => (save.isError ? panelFault(save.error) : undefined);
  const setValue = (field: string, value: string | boolean | undefined) =>
    setValues(
      produce((typed) => {
        if (value === undefined) delete typed[field];
        else typed[field] = value;
      }),
    );
  const forgetSecrets = () => {
    for (const field of props.fields) if (field.secret) setValue(field.name, undefined);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(true);
      }}
    >
      <div class="flex flex-col gap-4 px-5 py-4">
        <div class="grid gap-4 sm:grid-cols-2">
          <TextField label={t("settings.name")} required maxlength={120} value={name()} onValue={setName} />
          <Show when={known().length > 1}>
            <SelectField
              label={t("frame.project")}
              value={projectId()}
              onValue={setProjectId}
              options={known().map((project) => ({ value: project.id, label: project.name }))}
            />
          </Show>
        </div>
        <ConfigFields
          fields={props.fields}
          values={values}
          onValue={setValue}
          fault={fault()}
          before={props.resource.config}
        />
        <CaughtFault
          attempted={t("addResource.refused")}
          error={save.error}
          act={
            <Show when={fault()?.code !== "input.invalid"}>
              <Button onClick={() => save.mutate(false)}>{t("settings.saveAnyway")}</Button>
            </Show>
          }
        />
        <CaughtFault attempted={t("settings.test")} error={inspect.error} />
        <Show when={inspect.isSuccess ? inspect.data : undefined}>
          {(found) => <p role="status">{t("settings.tested", found().version)}</p>}
        </Show>
      </div>
      <footer class="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
        <Button busy={inspect.isPending} onClick={() => inspect.mutate()}>
          {t("settings.test")}
        </Button>
        <Button type="submit" look="main" busy={save.isPending}>
          {t("settings.save")}
        </Button>
      </footer>
    </form>
  );
}
