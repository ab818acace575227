import { FAULTS, type FaultCode } from "@cofre/core/model";

/** The code of a kept fault; one that this panel does not know is shown as a bug, with its own words in the details. */
export function faultCode(code: string): FaultCode {
  return isKnown(code) ? code : "bug";
}

function isKnown(code: string): code is FaultCode {
  return code in FAULTS;
}
