import type { ResourceRow } from "../../reach/reach.ts";
import type { ResourceView } from "./view.ts";

/** What may leave of a config: its public fields, and of the secret ones only that they are set. */
export function resourceConfigView(
  row: Pick<ResourceRow, "config" | "secretFields" | "port">,
): ResourceView["config"] {
  const secrets = Object.fromEntries(row.secretFields.map((field) => [field, { set: true }]));
  return { ...publicPort(row), ...row.config, ...secrets };
}

/** The port of a config, which a container's labels tell when its environment does not. */
function publicPort({ port }: Pick<ResourceRow, "port">) {
  return port === null ? {} : { port };
}
