import { useNavigate } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { TextArea, TextField } from "../../ui/field.tsx";

/** `name=value`, one a line. Without any the project takes in only what is added by hand. */
function selectorFrom(lines: string) {
  const pairs = lines
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => [
      line.split("=", 1)[0] ?? line,
      line.includes("=") ? line.slice(line.indexOf("=") + 1) : "",
    ]);
  return pairs.length === 0 ? null : { servers: [], labels: Object.fromEntries(pairs) };
}

export function CreateProjectDialog(props: { onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const go = useNavigate();
  const queries = useQueryClient();
  const [name, setName] = createSignal("");
  const [labels, setLabels] = createSignal("");
  const create = useMutation(() => ({
    mutationFn: () => api.projects.create.mutate({ name: name(), selector: selectorFrom(labels()) }),
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
          <TextArea
            label={t("frame.projectLabels")}
            help={t("frame.projectLabelsHelp")}
            aside={t("words.optional")}
            placeholder="com.docker.compose.project=loja"
            mono
            value={labels()}
            onValue={setLabels}
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
