import { panelFault } from "@cofre/sdk/panel";
import { useNavigate } from "@solidjs/router";
import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { createStore, reconcile } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { Faces } from "../../ui/faces.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import { serversQuery } from "../servers/queries.ts";
import { useServerName } from "../servers/server-name.ts";
import { ConfigFields } from "./config-fields.tsx";
import { type ConfigValues, configFrom, valuesOf } from "./config-form.ts";
import { type EngineFacts, enginesQuery } from "./queries.ts";

interface AddResourceProps {
  projectId: string;
  onClose: () => void;
}

/** By hand, for what was not detected. The connection is tried before anything is kept. */
export function AddResourceDialog(props: AddResourceProps) {
  const api = useApi();
  const t = useText();
  const engines = useQuery(() => enginesQuery(api));
  return (
    <Dialog
      title={t("addResource.title")}
      description={t("addResource.about")}
      width={640}
      onClose={props.onClose}
    >
      <Faces of={engines} skeleton={<div class="h-80" />}>
        {(known) => <AddResourceForm {...props} engines={known().items} />}
      </Faces>
    </Dialog>
  );
}

function AddResourceForm(props: AddResourceProps & { engines: readonly EngineFacts[] }) {
  const api = useApi();
  const t = useText();
  const go = useNavigate();
  const queries = useQueryClient();
  const servers = useQuery(() => serversQuery(api));
  const [form, setForm] = createStore({
    type: props.engines[0]?.id ?? "",
    serverId: "",
    name: "",
    containerId: "",
  });
  const engine = () => props.engines.find((known) => known.id === form.type);
  /** A container tells by itself what it was started with: login and port may be left empty. */
  const fields = () =>
    (engine()?.config ?? []).map((field) =>
      form.containerId === "" ? field : { ...field, required: false },
    );
  const [values, setValues] = createStore<ConfigValues>(valuesOf(fields()));
  const known = () => (servers.isPending ? [] : (servers.data?.items ?? []));
  const serverId = () => form.serverId || (known()[0]?.id ?? "");
  const [isUntested, setIsUntested] = createSignal(false);
  const add = useMutation(() => ({
    mutationFn: (test: boolean) =>
      api.resources.add.mutate({
        projectId: props.projectId,
        name: form.name,
        type: form.type,
        serverId: serverId(),
        ...(form.containerId === "" ? {} : { containerId: form.containerId }),
        config: configFrom(fields(), values),
        test,
      }),
    onMutate: (test) => setIsUntested(!test),
    onSuccess: async (resource) => {
      toast(t("addResource.added", resource.name));
      await queries.invalidateQueries({ queryKey: ["resources"] });
      props.onClose();
      go(`/projects/${resource.projectId}/resources/${resource.id}`);
    },
  }));
  const fault = () => (add.isError ? panelFault(add.error) : undefined);
  const choose = (type: string) => {
    setForm({ type });
    setValues(reconcile(valuesOf(fields())));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(true);
      }}
    >
      <DialogBody>
        <WhatAndWhere
          engines={props.engines}
          servers={known()}
          form={{ ...form, serverId: serverId() }}
          onForm={setForm}
          onType={choose}
        />
        <ConfigFields
          fields={fields()}
          values={values}
          fault={fault()}
          onValue={(name, value) => setValues({ [name]: value ?? "" })}
        />
        <CaughtFault
          attempted={t("addResource.refused")}
          error={add.error}
          act={
            <Show when={!isUntested() && fault()?.code !== "input.invalid"}>
              <Button busy={add.isPending} onClick={() => add.mutate(false)}>
                {t("addResource.anyway")}
              </Button>
            </Show>
          }
        />
      </DialogBody>
      <DialogActs>
        <Button onClick={() => props.onClose()}>{t("acts.cancel")}</Button>
        <Button type="submit" look="main" busy={add.isPending}>
          {t("addResource.test")}
        </Button>
      </DialogActs>
    </form>
  );
}

interface Form {
  type: string;
  serverId: string;
  name: string;
  containerId: string;
}

function WhatAndWhere(props: {
  engines: readonly EngineFacts[];
  servers: readonly { id: string; name: string }[];
  form: Form;
  onForm: (change: Partial<Form>) => void;
  onType: (type: string) => void;
}) {
  const t = useText();
  const serverOf = useServerName();
  const unit = () => props.engines.find(({ id }) => id === props.form.type)?.capabilities.unit;
  return (
    <div class="grid gap-4 sm:grid-cols-2">
      <SelectField
        label={t("addResource.engine")}
        value={props.form.type}
        onValue={props.onType}
        options={props.engines.map(({ id, label }) => ({
          value: id,
          label: id === "files" ? t("engines.files") : label,
        }))}
      />
      <TextField
        label={t("addResource.name")}
        required
        maxlength={120}
        value={props.form.name}
        onValue={(name) => props.onForm({ name })}
      />
      <SelectField
        label={t("addResource.server")}
        help={t("addResource.serverHelp")}
        value={props.form.serverId}
        onValue={(serverId) => props.onForm({ serverId })}
        options={props.servers.map(({ id, name }) => ({ value: id, label: serverOf(name) }))}
      />
      <Show when={unit() !== "path"}>
        <TextField
          label={t("addResource.container")}
          help={t("addResource.containerHelp")}
          aside={t("words.optional")}
          value={props.form.containerId}
          onValue={(containerId) => props.onForm({ containerId })}
        />
      </Show>
    </div>
  );
}
