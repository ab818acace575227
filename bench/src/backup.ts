import { generateKeyPairSync, sign } from "node:crypto";
import {
  type Engine,
  engineById,
  type Installation,
  type Manifest,
  type Reach,
  type Step,
  type Store,
  takeBackup,
  type Work,
} from "@cofre/core";
import { type BenchServer, newTag } from "./server.ts";

/** What Cofre is asked to back up, reached as the product reaches it. */
export interface Carried {
  readonly engine: Engine;
  readonly reach: Reach<unknown>;
}

interface Taking {
  readonly store: Store;
  readonly unit: string;
  readonly digests?: "auto" | "none";
}

/** A container on the SSH server, its login detected from the container itself; each call gives a tag of its own. */
export async function reachContainer(bench: BenchServer, id: string, name: string): Promise<Carried> {
  const facts = await bench.docker.inspect(name);
  const engine = engineById(id);
  const detected = facts === undefined ? undefined : engine.detect(facts);
  if (facts === undefined || detected === undefined) throw new Error(`${name} was not detected as ${id}`);
  const reach = {
    host: bench.docker.host(name),
    server: bench.server,
    target: engine.configSchema.parse(detected.config),
    container: { client: bench.docker.client, container: name, image: facts.image },
    tag: newTag(),
    signal: new AbortController().signal,
  };
  return { engine, reach };
}

/** One whole backup with its manifest, packed by zstd. */
export async function backUp({ engine, reach }: Carried, taking: Taking): Promise<Manifest> {
  const none = { id: "bench", name: "bench", slug: "bench" };
  const taken = await takeBackup(
    workOf(reach.tag, () => undefined),
    {
      engine,
      reach,
      units: [taking.unit],
      codec: "zstd",
      digests: taking.digests ?? "auto",
      store: taking.store,
      keyStem: `databases/bench/${engine.id}/bench/backup-${reach.tag}`,
      onKey: async () => undefined,
      installation: INSTALLATION,
      identity: {
        backupId: reach.tag,
        runId: reach.tag,
        organizationId: "bench",
        project: none,
        resource: { ...none, engine: engine.id },
        server: { id: "bench", name: "bench" },
        origin: "manual",
        image: null,
        cofreVersion: "bench",
      },
    },
  );
  await taken.settle();
  return taken.manifest;
}

export function workOf(id: string, report: (step: Step) => void): Work {
  const { signal } = new AbortController();
  return { id, owner: INSTALLATION.id, signal, now: () => new Date(), stallMs: 600_000, report };
}

const { privateKey } = generateKeyPairSync("ed25519");
const INSTALLATION: Installation = {
  id: "b".repeat(32),
  sign: (text) => sign(null, Buffer.from(text), privateKey).toString("base64"),
  verify: () => true,
};
