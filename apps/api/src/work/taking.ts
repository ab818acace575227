import {
  type CodecId,
  keyStem,
  type Store,
  subId,
  suspicionOf,
  type TakenBackup,
  takeBackup,
} from "@cofre/core";
import { Fault, isFault } from "@cofre/core/model";
import { eq } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import { keysFor, recipientsOf } from "../feature/encryption/choose.ts";
import { violatedUnique } from "../feature/unique.ts";
import type { ReachedResource } from "../reach/reach.ts";
import { VERSION } from "../version.ts";
import { keepCleaned } from "./cleaned.ts";
import { codecFor } from "./codec.ts";
import { keepable, weighed } from "./keepable.ts";
import { type BackupRow, backupById, projectById, regularBackups, timeZoneOf } from "./rows.ts";
import type { Running } from "./running.ts";
import { refuseTakenName } from "./taken-name.ts";

/** The unit of a row that was written before anybody knew what is in the resource. */
export const ANY_UNIT = "*";

/** What one archive is taken with. */
export interface Taking {
  readonly reached: ReachedResource;
  readonly store: Store;
  /** Codec's id; absent takes the best that the server has. */
  readonly codec?: string;
  readonly format?: string;
  /** Ids of the keys that it is encrypted for; absent does what is chosen for the resource now. */
  readonly keyIds?: readonly string[];
  /** For engines that combine: what was asked for; empty is everything. */
  readonly units: readonly string[];
  /** What a restore is to replace may lie beyond the resource. */
  readonly anywhere?: boolean;
}

/** Takes one archive into a row that is pending, or running since an earlier attempt, and completes the row. */
export async function takeArchive(running: Running, taking: Taking, row: BackupRow): Promise<void> {
  const { deps } = running;
  const startedAt = row.startedAt ?? deps.now();
  await deps.db.update(backups).set({ status: "running", startedAt }).where(eq(backups.id, row.id));
  const earlier = await regularBackups(deps.db, row);
  const codec = await codecFor(taking.reached, taking.codec);
  const expectedBytes = earlier[0]?.sizeBytes ?? 0;
  const taken = await take(running, taking, { row, startedAt, codec: codec.id, expectedBytes });
  await complete(running, row, { taken, earlier, warnings: codec.warnings });
  await taken
    .settle()
    .catch((error: unknown) => deps.log.warn({ err: error }, "a journal could not be swept"));
}

interface Open {
  readonly row: BackupRow;
  readonly startedAt: Date;
  readonly codec: CodecId;
  readonly expectedBytes: number;
}

async function take(running: Running, taking: Taking, open: Open): Promise<TakenBackup> {
  const { row, codec, expectedBytes } = open;
  const { reached, store, format } = taking;
  const { db } = running.deps;
  const keyIds = taking.keyIds ?? (await keysFor(db, reached.row, undefined));
  const { engine, reach } = reached;
  return await takeBackup(
    { ...running.work, id: subId(running.job.id, row.id) },
    {
      engine,
      reach,
      units: await unitsOf(reached, row, taking),
      anywhere: taking.anywhere === true,
      ...(format === undefined ? {} : { format }),
      codec,
      recipients: await recipientsOf(db, reached.row, keyIds),
      digests: "auto",
      store,
      ...(await naming(running, reached, open)),
      ...(row.storeKey === null ? {} : { key: row.storeKey }),
      onKey: (key) => rememberKey(running, row, { key, root: store.place?.root }),
      expectedBytes,
      installation: running.deps.installation,
    },
  );
}

interface Completed {
  readonly taken: TakenBackup;
  readonly earlier: readonly BackupRow[];
  readonly warnings: readonly string[];
}

async function complete(
  { deps }: Running,
  row: BackupRow,
  { taken, earlier, warnings }: Completed,
): Promise<void> {
  const { manifest, manifestKey } = taken;
  const { bytes, sha256, stages } = manifest.archive;
  await deps.db
    .update(backups)
    .set({
      status: "completed",
      completedAt: deps.now(),
      engineVersion: manifest.engineVersion,
      sizeBytes: bytes,
      sha256,
      stages,
      format: manifest.format.name,
      units: manifest.units.map(({ digests, ...unit }) =>
        digests === undefined ? unit : { ...unit, digests },
      ),
      warnings: [...warnings, ...manifest.warnings],
      manifest,
      manifestKey,
      riderKeys: manifest.riders.map((rider) => rider.key),
      suspicion: suspicionOf(weighed(bytes, manifest.units), earlier.map(keepable)),
      error: null,
    })
    .where(eq(backups.id, row.id));
}

async function unitsOf(
  { engine, reach }: ReachedResource,
  row: BackupRow,
  taking: Taking,
): Promise<readonly string[]> {
  if (!engine.capabilities.combinesUnits) return [row.unit];
  if (taking.units.length > 0) return taking.units;
  return (await engine.inspect(reach)).units.map((unit) => unit.name);
}

async function naming(
  { deps, job }: Running,
  { row: resource, server, engine }: ReachedResource,
  { row, startedAt }: { readonly row: BackupRow; readonly startedAt: Date },
) {
  const project = await projectById(deps.db, resource.projectId);
  const timeZone = await timeZoneOf(deps.db, resource.id);
  return {
    keyStem: keyStem({
      kind: engine.kind,
      engine: engine.id,
      project: project.slug,
      resource: resource.slug,
      units: row.unit === ANY_UNIT ? ["all"] : [row.unit],
      at: startedAt,
      timeZone,
    }),
    identity: {
      backupId: row.id,
      runId: row.runId,
      organizationId: job.organizationId,
      project: { id: project.id, name: project.name, slug: project.slug },
      resource: { id: resource.id, name: resource.name, slug: resource.slug, engine: engine.id },
      server: { id: server.id, name: server.name },
      origin: row.origin,
      image: resource.image,
      cofreVersion: VERSION,
    },
  };
}

async function rememberKey(
  { deps }: Running,
  { id, storeId }: BackupRow,
  { key, root }: { readonly key: string; readonly root: string | undefined },
): Promise<void> {
  await refuseTakenName(deps.db, { storeId, key, owner: id });
  const filename = key.slice(key.lastIndexOf("/") + 1);
  const filepath = root === undefined ? key : `${root}/${key}`;
  await deps.db
    .update(backups)
    .set({ storeKey: key, filename, filepath })
    .where(eq(backups.id, id))
    .catch((cause: unknown) => {
      if (violatedUnique(cause) === undefined) throw cause;
      throw new Fault("store.exists", `another backup is in the catalogue as ${key}`, { cause });
    });
}

/** Ends a row that is still open; a completed one stays what it is. */
export async function failOpenRow({ deps, job }: Running, id: string, error: unknown): Promise<void> {
  const row = await backupById(deps.db, id).catch((fault: unknown) => {
    if (isFault(fault, "not.found")) return undefined;
    throw fault;
  });
  if (row === undefined || (row.status !== "pending" && row.status !== "running")) return;
  const status = isFault(error, "job.cancelled") ? "cancelled" : "failed";
  await deps.db
    .update(backups)
    .set({
      status,
      error: status === "cancelled" ? null : await keepCleaned({ deps, job }, error),
      storeKey: null,
      filename: null,
      filepath: null,
    })
    .where(eq(backups.id, id));
}
