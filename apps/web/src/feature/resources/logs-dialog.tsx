import { useQuery } from "@tanstack/solid-query";
import { createEffect, createSignal } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog, DialogActs } from "../../ui/dialog.tsx";
import { Faces } from "../../ui/faces.tsx";
import { CheckField } from "../../ui/field.tsx";
import { logsQuery, type Resource } from "./queries.ts";

const NEAR_END_PX = 40;

/** What the container wrote last. It follows the end until the reader scrolls up. */
export function LogsDialog(props: { resource: Resource; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const [follows, setFollows] = createSignal(true);
  const logs = useQuery(() => logsQuery(api, { id: props.resource.id, follows: follows() }));
  const text = () => (logs.isPending ? "" : (logs.data?.text ?? ""));
  return (
    <Dialog
      title={t("resources.logsOf", props.resource.name)}
      description={t("resources.logsTail")}
      width={960}
      onClose={props.onClose}
    >
      <div class="px-5 py-4">
        <Faces
          of={logs}
          attempted={t("resources.logsOf", props.resource.name)}
          skeleton={<div class="h-[50vh]" />}
        >
          {() => <Tail text={text()} empty={t("resources.logsEmpty")} name={t("resources.logs")} />}
        </Faces>
      </div>
      <DialogActs>
        <div class="mr-auto self-center">
          <CheckField label={t("resources.logsFollow")} checked={follows()} onChecked={setFollows} />
        </div>
        <CopyButton text={text} label={t("resources.logsCopy")} withWord />
      </DialogActs>
    </Dialog>
  );
}

function Tail(props: { text: string; empty: string; name: string }) {
  let box: HTMLPreElement | undefined;
  // A reading position is not a value to derive: it is the element's own, moved after the new text is in.
  createEffect(() => {
    if (box === undefined || props.text === "") return;
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX || box.scrollTop === 0;
    queueMicrotask(() => isAtEnd && box?.scrollTo({ top: box.scrollHeight }));
  });
  return (
    <pre
      ref={(element) => {
        box = element;
      }}
      role="log"
      aria-label={props.name}
      tabindex="0"
      class="h-[50vh] overflow-auto rounded-lg border border-line bg-sunken p-3 text-xs/5 whitespace-pre-wrap"
    >
      {props.text === "" ? props.empty : props.text}
    </pre>
  );
}
