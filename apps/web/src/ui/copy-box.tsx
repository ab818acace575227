import { CopyButton } from "./copy-button.tsx";

/** A text to be taken elsewhere, whole and with its button. */
export function CopyBox(props: { label: string; text: string; copy: string }) {
  return (
    <div>
      <p class="mb-1 text-[13px] font-medium">{props.label}</p>
      <div class="flex items-start gap-1 rounded-lg border border-line bg-sunken py-1 pr-1 pl-3">
        <code class="min-w-0 flex-1 py-1.5 text-xs/5 break-all">{props.text}</code>
        <CopyButton text={() => props.text} label={props.copy} />
      </div>
    </div>
  );
}
