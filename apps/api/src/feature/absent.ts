import { Fault } from "@cofre/core/model";

/** Not there, or not the caller's: nobody can tell which. */
export function absent(what: string): Fault {
  return new Fault("not.found", `there is no such ${what}`, {
    hint: `Look up the ${what} in its list: it may have been removed.`,
  });
}
