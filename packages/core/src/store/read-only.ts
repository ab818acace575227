import { Fault } from "../model/fault.ts";
import type { Store } from "./store.ts";

/** The same store, which refuses whatever would change it. It has no place: server jobs could write there. */
export function readOnly(store: Store): Store {
  const refuse = (attempted: string) =>
    new Fault("state.conflict", `${attempted} was refused: ${store.name} is opened for reading only`);
  return {
    name: store.name,
    get: (key, options) => store.get(key, options),
    stat: (key) => store.stat(key),
    list: (prefix) => store.list(prefix),
    lockedUntil: (key) => store.lockedUntil(key),
    space: () => store.space(),
    async put(key, source) {
      source.destroy();
      throw refuse(`putting ${key}`);
    },
    async remove(key) {
      throw refuse(`removing ${key}`);
    },
  };
}
