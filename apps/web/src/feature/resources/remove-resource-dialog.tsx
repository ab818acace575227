import { useNavigate } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { RadioField, TextField } from "../../ui/field.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Resource } from "./queries.ts";

/** Keeping the backups is the safe choice and the one that is chosen; deleting them asks for the name. */
export function RemoveResourceDialog(props: { resource: Resource; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const go = useNavigate();
  const queries = useQueryClient();
  const [backups, setBackups] = createSignal<"keep" | "delete">("keep");
  const [typed, setTyped] = createSignal("");
  let safe: HTMLButtonElement | undefined;
  const isConfirmed = () => backups() === "keep" || typed() === props.resource.name;
  const remove = useMutation(() => ({
    mutationFn: () =>
      api.resources.remove.mutate({
        projectId: props.resource.projectId,
        id: props.resource.id,
        backups: backups(),
      }),
    onSuccess: async () => {
      toast(t("settings.removed", props.resource.name));
      props.onClose();
      go(`/projects/${props.resource.projectId}`);
      await queries.invalidateQueries({ queryKey: ["resources"] });
    },
  }));
  return (
    <Dialog
      title={t("settings.removeTitle", props.resource.name)}
      description={t("settings.removeAbout")}
      focusFirst={() => safe}
      onClose={props.onClose}
    >
      <DialogBody>
        <RadioField
          legend={t("settings.removeBackups")}
          value={backups()}
          onValue={(choice) => setBackups(choice === "delete" ? "delete" : "keep")}
          options={[
            { value: "keep", label: t("settings.removeKeep"), help: t("settings.removeKeepHelp") },
            { value: "delete", label: t("settings.removeDelete"), help: t("settings.removeDeleteHelp") },
          ]}
        />
        <Show when={backups() === "delete"}>
          <TextField
            label={t("settings.removeType", props.resource.name)}
            value={typed()}
            onValue={setTyped}
          />
        </Show>
        <CaughtFault attempted={t("settings.removeTitle", props.resource.name)} error={remove.error} />
      </DialogBody>
      <DialogActs>
        <Button
          ref={(element) => {
            safe = element;
          }}
          onClick={() => props.onClose()}
        >
          {t("acts.cancel")}
        </Button>
        <Button
          look="danger"
          disabled={!isConfirmed()}
          busy={remove.isPending}
          onClick={() => remove.mutate()}
        >
          {backups() === "keep"
            ? t("settings.removeAct", props.resource.name)
            : t("settings.removeActAll", props.resource.name)}
        </Button>
      </DialogActs>
    </Dialog>
  );
}
