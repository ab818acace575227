import { Tooltip } from "@kobalte/core/tooltip";
import { Show } from "solid-js";
import { useFormat } from "../platform/format.ts";

/**
 * A time as people say it, with the exact one on hover and focus. `as="day"` says "hoje 18:30", `"ago"` says
 * "há 2 horas".
 */
export function When(props: { at: string; as?: "day" | "ago"; class?: string }) {
  const format = useFormat();
  const said = () => (props.as === "ago" ? format.ago(props.at) : format.day(props.at));
  return (
    <Tooltip gutter={4} openDelay={300}>
      <Tooltip.Trigger as="time" tabindex="0" dateTime={props.at} class={`rounded-sm ${props.class ?? ""}`}>
        {said()}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content class="tip">
          {format.exact(props.at)}
          <Show when={props.as !== "ago"}>
            <span class="block opacity-80">{format.ago(props.at)}</span>
          </Show>
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip>
  );
}
