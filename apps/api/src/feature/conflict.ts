import { Fault } from "@cofre/core/model";

/** Not possible in the state that it is in, which the message names. */
export function conflict(
  message: string,
  context: Readonly<Record<string, string | number | null>> = {},
  hint?: string,
) {
  return new Fault("state.conflict", message, { context, ...(hint === undefined ? {} : { hint }) });
}
