import type { ContainerFacts } from "./container-facts.ts";
import type { Calling, Host } from "./host.ts";

export interface ContainerEvent {
  readonly action: "start" | "stop" | "remove" | "health";
  readonly containerId: string;
}

/** The container engine of one server, as its SSH user can reach it: directly, by `sudo -n`, or Podman's CLI. */
export interface Docker {
  readonly client: readonly [string, ...string[]];
  /** All containers, stopped ones too, with environment and labels. One or two commands whatever their number. */
  list(options?: Calling): Promise<readonly ContainerFacts[]>;
  inspect(nameOrId: string, options?: Calling): Promise<ContainerFacts | undefined>;
  /** Until the signal aborts; throws when the connection is lost. */
  events(signal: AbortSignal): AsyncIterable<ContainerEvent>;
  /** The last lines, stdout and stderr, at most 1 MiB. */
  logs(nameOrId: string, lines: number, options?: Calling): Promise<string>;
  restart(nameOrId: string, options?: Calling): Promise<void>;
  /** A host inside that container. */
  host(nameOrId: string, user?: string): Host;
}
