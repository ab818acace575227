import type { JobStatus } from "@cofre/core/model";
import { Icon, type IconName } from "../../ui/icon.tsx";

const MARKS: Readonly<Record<JobStatus, { icon: IconName; tone: string }>> = {
  queued: { icon: "more", tone: "text-muted" },
  running: { icon: "refresh", tone: "text-primary" },
  succeeded: { icon: "check", tone: "text-muted" },
  failed: { icon: "alert", tone: "text-error" },
  cancelled: { icon: "close", tone: "text-muted" },
  interrupted: { icon: "alert", tone: "text-warning" },
};

/** Shape beside the word, never colour alone. */
export function JobMark(props: { status: JobStatus }) {
  return (
    <Icon
      name={MARKS[props.status].icon}
      class={`${MARKS[props.status].tone} ${props.status === "running" ? "spin" : ""}`}
    />
  );
}
