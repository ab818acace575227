import { createContext, useContext } from "solid-js";
import type { Me, Role } from "./queries.ts";

const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2, owner: 3 };

export const MeContext = createContext<() => Me>();

/** Who is signed in. Everything inside the frame has somebody. */
export function useMe(): () => Me {
  const me = useContext(MeContext);
  if (me === undefined) throw new Error("nobody is signed in here");
  return me;
}

/** What a role does not allow is not offered; the API refuses it all the same. */
export function useMay(): (role: Role) => boolean {
  const me = useMe();
  return (role) => RANK[me().role] >= RANK[role];
}
