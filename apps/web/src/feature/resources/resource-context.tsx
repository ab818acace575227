import { createContext, useContext } from "solid-js";
import type { Resource } from "./queries.ts";

export const ResourceContext = createContext<() => Resource>();

/** The resource whose page is open. */
export function useResource(): () => Resource {
  const resource = useContext(ResourceContext);
  if (resource === undefined) throw new Error("no resource is open here");
  return resource;
}
