import { Show } from "solid-js";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";

const TIGHT = 0.9;

/** How full the disk is; the words say it too. */
export function DiskMeter(props: { free: number | null; total: number | null }) {
  const t = useText();
  const format = useFormat();
  const known = () =>
    props.free === null || props.total === null || props.total === 0
      ? undefined
      : { free: props.free, total: props.total };
  return (
    <Show when={known()} fallback={<p class="text-[13px]/5 text-muted">{t("servers.diskUnknown")}</p>}>
      {(disk) => {
        const used = () => 1 - disk().free / disk().total;
        return (
          <div>
            <p class="mb-1 text-[13px]/5 text-muted tabular-nums">
              {t("servers.disk", { free: format.bytes(disk().free), total: format.bytes(disk().total) })}
            </p>
            <div class="progress-track" aria-hidden="true">
              <div
                class={`h-full rounded-sm ${used() > TIGHT ? "bg-warning" : "bg-primary"}`}
                style={{ width: `${Math.round(used() * 100)}%` }}
              />
            </div>
          </div>
        );
      }}
    </Show>
  );
}
