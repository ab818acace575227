export interface PublishedPort {
  readonly container: number;
  readonly host: number | null;
  /** It is published to that machine itself alone. */
  readonly loopback?: true;
}

/** What a container engine says of one container, secrets included: it never leaves the process that asked. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  /** As configured, registry and tag included. */
  readonly image: string;
  readonly status: "running" | "stopped" | "unknown";
  readonly health: "healthy" | "unhealthy" | "starting" | null;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Entrypoint and command joined. */
  readonly argv: readonly string[];
  /** Name of the main process where it runs ("postgres", "redis-server"), null when unknown. */
  readonly process: string | null;
  readonly ports: readonly PublishedPort[];
  /** Of its first network, as its server reaches it; absent when it does not run or shares another's network. */
  readonly address?: string;
  readonly mounts: readonly { readonly kind: string; readonly source: string; readonly path: string }[];
}
