import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { manifestKey, riderKey } from "../archive/layout.ts";
import { MANIFEST_VERSION, Manifest } from "../archive/manifest.ts";
import { sealManifest } from "../archive/seal.ts";
import type { DumpPlan, Rider } from "../engine/engine.ts";
import type { UnitFacts } from "../model/engine.ts";
import { isFault } from "../model/fault.ts";
import type { Store } from "../store/store.ts";
import type { TakeBackup } from "./requests.ts";

/** An archive that has its name, and what its manifest is to say. */
export interface Taken {
  readonly facts: readonly UnitFacts[];
  readonly warnings: readonly string[];
  readonly plan: DumpPlan;
  readonly stages: readonly string[];
  readonly archive: { readonly key: string; readonly bytes: number; readonly sha256: string };
  readonly startedAt: Date;
  readonly completedAt: Date;
}

/** Puts riders and the signed manifest beside the archive: from here on the backup is complete. */
export async function publishManifest(
  request: TakeBackup,
  taken: Taken,
): Promise<{ readonly manifest: Manifest; readonly manifestKey: string }> {
  const { store, installation } = request;
  const putting = taken.plan.riders.map((rider) => putRider(store, taken.archive.key, rider));
  // When one is refused, none may still come in behind the clean-up.
  await Promise.allSettled(putting);
  const riders = await Promise.all(putting);
  const manifest = Manifest.parse({ ...describe(request, taken), riders });
  const key = manifestKey(taken.archive.key);
  await replace(store, key, sealManifest(manifest, installation));
  return { manifest, manifestKey: key };
}

function describe(request: TakeBackup, taken: Taken): Omit<Manifest, "riders"> {
  return {
    cofre: "backup",
    version: MANIFEST_VERSION,
    installationId: request.installation.id,
    ...request.identity,
    engineVersion: taken.plan.serverVersion,
    format: taken.plan.format,
    tools: { ...taken.plan.tools },
    units: taken.facts.map(({ name, counts, digests }) => ({
      name,
      counts: { ...counts },
      ...(digests === undefined ? {} : { digests: { ...digests } }),
    })),
    warnings: [...taken.warnings],
    archive: { ...taken.archive, stages: [...taken.stages], ...recipientsOf(request) },
    startedAt: taken.startedAt.toISOString(),
    completedAt: taken.completedAt.toISOString(),
  };
}

function recipientsOf({ recipients = [] }: TakeBackup): { recipients?: string[] } {
  return recipients.length === 0 ? {} : { recipients: recipients.map((key) => key.fingerprint) };
}

async function putRider(store: Store, archiveKey: string, rider: Rider): Promise<Manifest["riders"][number]> {
  const key = riderKey(archiveKey, rider.name);
  await replace(store, key, rider.text);
  return { name: rider.name, key, sha256: createHash("sha256").update(rider.text).digest("hex") };
}

/** Small files of an attempt that was cut short are written again; the archive itself never is. */
async function replace(store: Store, key: string, text: string): Promise<void> {
  const put = () => store.put(key, Readable.from([Buffer.from(text)]));
  try {
    await put();
  } catch (error) {
    if (!isFault(error, "store.exists")) throw error;
    await store.remove(key);
    await put();
  }
}
