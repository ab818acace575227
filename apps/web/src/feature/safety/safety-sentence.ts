import { faultCode } from "../../platform/fault-code.ts";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import type { Resource } from "../resources/queries.ts";
import { doubtWords, type Speech } from "./doubt.ts";

type Because = Resource["safety"]["because"];
/** Why it is as safe as it is, in the reader's language, with the real times, sizes and names. */
export function useSafetySentence(): (resource: Resource) => string {
  const speech = { t: useText(), format: useFormat() };
  return ({ safety: { because } }) => SENTENCES[because.code](because, speech).join(" ");
}

const SENTENCES: Readonly<Record<Because["code"], (because: Because, speech: Speech) => readonly string[]>> =
  {
    fresh: (because, { t, format }) => [
      t("safety.fresh", { ago: format.ago(because.at ?? ""), size: format.bytes(because.bytes ?? 0) }),
      ...next(because, { t, format }),
    ],
    tried: (because, { t, format }) => [
      t("safety.tried", { ago: format.ago(because.at ?? ""), proven: format.ago(because.provenAt ?? "") }),
      ...next(because, { t, format }),
    ],
    failing: (because, { t, format }) => [
      newest(because, { t, format }),
      t("safety.failing", {
        ago: format.ago(because.failedAt ?? ""),
        cause: t(`fault.${faultCode(because.fault ?? "bug")}.found`),
      }),
    ],
    suspicious: (because, speech) => [
      speech.t("safety.suspicious", {
        unit: because.unit ?? "",
        ago: speech.format.ago(because.at ?? ""),
        doubt: doubtWords(because.suspicion, speech),
      }),
    ],
    overdue: (because, { t, format }) => [
      newest(because, { t, format }),
      t("safety.overdue", format.ago(because.dueAt ?? "")),
    ],
    "units-without": (because, { t, format }) => [t("safety.unitsWithout", format.list(because.units ?? []))],
    "no-schedule": (because, { t, format }) => [newest(because, { t, format }), t("safety.noSchedule")],
    never: (_, { t }) => [t("safety.never")],
    gone: (because, speech) => [speech.t("safety.gone"), newest(because, speech)],
  };

function newest(because: Because, { t, format }: Speech): string {
  return because.at ? t("safety.newest", format.ago(because.at)) : t("safety.never");
}

function next(because: Because, { t, format }: Speech): readonly string[] {
  return because.nextAt ? [t("safety.next", format.day(because.nextAt))] : [];
}
