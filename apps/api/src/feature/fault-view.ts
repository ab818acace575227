import { z } from "zod";
import type { KeptFault } from "../db/kept-fault.ts";

/** A fault as it leaves: the same parts in REST, SDK and panel. */
export const FaultView = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
  /** The last words of the program that failed, cleaned of every secret; null where there was none or it said nothing. */
  tail: z.string().nullable(),
  /**
   * Of a restore: true when the target is no longer as it was (it may be empty or half restored), false when it was asked and is as it
   * was, null when nobody could tell. Null for everything else.
   */
  targetChanged: z.boolean().nullable(),
  /** Where the target changed: the complete backup of what was there before. */
  safetyBackupId: z.string().nullable(),
});
export type FaultView = z.infer<typeof FaultView>;

export function toFaultView(fault: KeptFault | null): FaultView | null {
  return fault === null ? null : told(fault);
}

/** One that no program of a server had a word in. */
export function plainFault(fault: Pick<FaultView, "code" | "message" | "hint">): FaultView {
  return told({ ...fault, context: {} });
}

function told({ code, message, hint, context }: Omit<KeptFault, "code"> & { code: string }): FaultView {
  const { targetChanged, safetyBackupId } = context;
  return {
    code,
    message,
    hint,
    tail: tailOf(context),
    targetChanged: typeof targetChanged === "boolean" ? targetChanged : null,
    safetyBackupId: typeof safetyBackupId === "string" ? safetyBackupId : null,
  };
}

const TAIL_CHARACTERS = 4_000;

/** As the engines name it: what a program of a server job said, or the answer of one that asked only. */
function tailOf({ stderr, said }: KeptFault["context"]): string | null {
  const [words] = [stderr, said].filter((text) => typeof text === "string" && text.trim() !== "");
  if (typeof words !== "string") return null;
  const end = words.trimEnd();
  // A line that is cut could hold a part of what was taken out whole.
  return end.length <= TAIL_CHARACTERS ? end : end.slice(-TAIL_CHARACTERS).replace(/^[^\n]*\n?/, "");
}
