import type { Fault } from "@cofre/core/model";
import { conflict } from "../conflict.ts";

/** For whatever is asked of a backup whose removal has begun. */
export function goingAway(): Fault {
  return conflict("this backup is being deleted", { status: "deleting" }, "Choose another backup.");
}
