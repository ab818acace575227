import { useQueryClient } from "@tanstack/solid-query";
import { callBytes } from "../../platform/bytes.ts";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { toast } from "../../ui/toast.tsx";
import { objectAddress } from "./object-address.ts";
import type { BrowsedObject, Place } from "./queries.ts";

export function RemoveObjectDialog(props: { place: Place; object: BrowsedObject; onClose: () => void }) {
  const t = useText();
  const format = useFormat();
  const queries = useQueryClient();
  const done = () => {
    toast(t("browse.removed", props.object.name));
    void queries.invalidateQueries({ queryKey: ["browse", props.place.resourceId] });
  };
  return (
    <ConfirmDialog
      title={t("browse.removeTitle", props.object.name)}
      about={t("browse.removeAbout", {
        name: props.object.key,
        bucket: props.place.bucket,
        size: format.bytes(props.object.size),
      })}
      act={t("browse.removeTitle", props.object.name)}
      icon="trash"
      run={() => callBytes(objectAddress(props.place, props.object.key), { method: "DELETE" })}
      onDone={done}
      onClose={props.onClose}
    />
  );
}
