import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import type { Job } from "./queries.ts";

/** A job in words: what it is about, and how far it is. */
export function useJobWords() {
  const t = useText();
  const format = useFormat();
  const title = (job: Pick<Job, "kind" | "resourceName">) => {
    const kind = t(`jobs.kind.${job.kind}`);
    return job.resourceName === null ? kind : t("jobs.kindOf", { kind, name: job.resourceName });
  };
  const progress = (job: Pick<Job, "status" | "phase" | "progress" | "cancelRequested">) => {
    if (job.cancelRequested) return t("jobs.cancelling");
    if (job.status === "queued") return t("jobs.status.queued");
    const { bytes, totalBytes, bytesPerSecond, secondsLeft } = job.progress;
    const parts = [t(`jobs.phase.${job.phase}`)];
    if (bytes > 0)
      parts.push(
        totalBytes === null
          ? format.bytes(bytes)
          : t("words.of", format.bytes(bytes), format.bytes(totalBytes)),
      );
    if (bytesPerSecond > 0) parts.push(format.rate(bytesPerSecond));
    if (secondsLeft !== null) parts.push(t("jobs.left", format.lasting(secondsLeft * 1_000)));
    return parts.join(" · ");
  };
  return { title, progress };
}
