import { For } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { ButtonLink } from "../../ui/button.tsx";
import { useMay } from "../session/me.tsx";
import { type Failed, remediesOf } from "./remedies.ts";

/** What can be done about a failed job, as links to where it is done. */
export function FaultRemedy(props: { failed: Failed; onGo?: () => void }) {
  const t = useText();
  const may = useMay();
  return (
    <For each={remediesOf(props.failed).filter(({ role }) => may(role))}>
      {({ word, href, icon }) => (
        <ButtonLink href={href} icon={icon} onGo={props.onGo}>
          {t(`remedy.${word}`)}
        </ButtonLink>
      )}
    </For>
  );
}
