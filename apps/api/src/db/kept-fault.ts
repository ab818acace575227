import { Fault, type FaultCode, toFault } from "@cofre/core/model";

/** A fault as it is kept beside what failed: shown to people, so it never holds a secret or a stack. */
export interface KeptFault {
  readonly code: FaultCode;
  readonly message: string;
  readonly hint: string | null;
  readonly context: Readonly<Record<string, string | number | boolean | null>>;
}

/** The unknown becomes `bug`, whose cause belongs in the log alone. */
export function keepFault(error: unknown): KeptFault {
  const fault = toFault(error);
  return { code: fault.code, message: fault.message, hint: fault.hint ?? null, context: fault.context };
}

/** The same fault again, for whoever goes on with what failed. */
export function openFault({ code, message, hint, context }: KeptFault): Fault {
  return new Fault(code, message, { context, ...(hint === null ? {} : { hint }) });
}
