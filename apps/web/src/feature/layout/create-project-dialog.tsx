import { useNavigate } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { TextField } from "../../ui/field.tsx";

export function CreateProjectDialog(props: { onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const go = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = createSignal("");
  const create = useMutation(() => ({
    mutationFn: () => api.projects.create.mutate({ name: name() }),
    onSuccess: async (project) => {
      await queries.invalidateQueries({ queryKey: ["projects"] });
      props.onClose();
      go(`/projects/${project.id}`);
    },
  }));
  return (
    <Dialog title={t("frame.newProject")} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <DialogBody>
          <TextField
            label={t("frame.projectName")}
            required
            maxlength={120}
            value={name()}
            onValue={setName}
          />
          <CaughtFault attempted={t("frame.createProject")} error={create.error} />
        </DialogBody>
        <DialogActs>
          <Button onClick={() => props.onClose()}>{t("acts.cancel")}</Button>
          <Button type="submit" look="main" busy={create.isPending}>
            {t("frame.createProject")}
          </Button>
        </DialogActs>
      </form>
    </Dialog>
  );
}
