import type { Format } from "../../platform/format.ts";
import type { Translate } from "../../platform/text.tsx";

export interface Speech {
  readonly t: Translate;
  readonly format: Format;
}

type Suspicion = { readonly code: string } & Readonly<Record<string, string | number>>;

/** Why a complete backup looks wrong all the same: `tem 1,2 MB; os anteriores tinham 40 MB`. */
export function doubtWords(suspicion: Suspicion | null | undefined, { t, format }: Speech): string {
  const value = (name: string) => Number(suspicion?.[name] ?? 0);
  switch (suspicion?.code) {
    case "empty":
      return t("safety.doubt.empty");
    case "emptied":
      return t("safety.doubt.emptied", format.number(value("rowsBefore")));
    case "tables-lost":
      return t("safety.doubt.tablesLost", { now: value("tables"), before: value("tablesBefore") });
    default:
      return t("safety.doubt.shrunken", {
        now: format.bytes(value("bytes")),
        before: format.bytes(value("medianBytes")),
      });
  }
}
