import type { SyncPlace } from "@cofre/core";
import { Fault, Secret } from "@cofre/core/model";
import { newId } from "../../db/columns.ts";
import { eq } from "../../db/orm.ts";
import type { bucketSyncs, SyncDestination } from "../../db/schema/bucket-syncs.ts";
import { stores } from "../../db/schema/stores.ts";
import type { Deps } from "../../deps.ts";
import { guardedDial } from "../../reach/guarded-dial.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import { openSecretKey } from "../../reach/stores.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { conflict } from "../conflict.ts";
import { findStore } from "../stores/get.ts";
import { originOf } from "../stores/s3-columns.ts";
import type { DestinationInput } from "./view.ts";

export type SyncRow = typeof bucketSyncs.$inferSelect;

interface Known {
  readonly resource: ResourceRow;
  readonly there: SyncRow | undefined;
}

/** The columns of where a sync goes; a secret key that is left out stays what it was. */
export async function destinationColumns(
  ctx: ActorContext,
  { resource, there }: Known,
  input: DestinationInput,
) {
  const id = there?.id ?? newId();
  const prefix = input.prefix ?? "";
  if (input.storeId === undefined)
    return { id, storeId: null, prefix, ...ownColumns(ctx, { id, there }, input) };
  if (input.endpoint !== undefined || input.bucket !== undefined) {
    throw new Fault("input.invalid", "a destination is either a store or an endpoint of its own", {
      hint: "Send `storeId` alone, or `endpoint` with its keys.",
    });
  }
  const store = await findStore(ctx, input.storeId);
  if (store.kind !== "s3") {
    throw new Fault(
      "input.invalid",
      `${store.name} is a folder of a server, and buckets are mirrored into an S3`,
    );
  }
  const folder = input.prefix ?? `mirrors/${resource.slug}`;
  return { id, storeId: store.id, prefix: folder, destination: null, sealedConfig: null };
}

function ownColumns(
  { deps, actor }: ActorContext,
  { id, there }: { readonly id: string; readonly there: SyncRow | undefined },
  input: DestinationInput,
) {
  const { endpoint, accessKey, region, pathStyle, ca, bucket, secretKey } = input;
  if (endpoint === undefined || accessKey === undefined) {
    throw new Fault("input.invalid", "a destination needs an endpoint and an access key, or a store");
  }
  const before = there?.destination ?? undefined;
  const origin = originOf(endpoint);
  const isSame = before?.endpoint === origin && before.accessKey === accessKey;
  const destination: SyncDestination = {
    ...{ endpoint: origin, accessKey, region, pathStyle, ca, bucket: bucket ?? null },
    // Who reaches Cofre's own network reaches what answers there: only the installation's owner may.
    mayBePrivate: isSame && secretKey === undefined ? before.mayBePrivate : actor.isInstanceOwner,
  };
  if (secretKey !== undefined) {
    return { destination, sealedConfig: deps.sealer.seal(placeOf(id), secretKey) };
  }
  if (isSame && there !== undefined) return { destination, sealedConfig: there.sealedConfig };
  throw new Fault("input.invalid", "another endpoint or access key needs its secret key", {
    hint: "Give the secret key together with the endpoint.",
  });
}

/**
 * The way to where a sync goes, opened. Nothing here asks who may: the row was found in its own scope.
 *
 * @throws Fault `state.conflict` when its store was removed
 */
export async function placeOfSync(
  { db, sealer }: Pick<Deps, "db" | "sealer">,
  row: SyncRow,
): Promise<SyncPlace> {
  const { id, destination, sealedConfig, prefix, storeId } = row;
  if (destination !== null && sealedConfig !== null) {
    const { bucket, mayBePrivate, ca, ...plain } = destination;
    const secretKey = new Secret(sealer.open(placeOf(id), sealedConfig));
    return {
      target: { ...plain, secretKey, ...(ca === undefined ? {} : { ca }) },
      ...(bucket === null ? {} : { bucket }),
      prefix,
      ...(mayBePrivate ? {} : { dial: guardedDial }),
    };
  }
  const [store] = await db
    .select()
    .from(stores)
    .where(eq(stores.id, storeId ?? ""));
  if (store === undefined || store.settings === null) {
    throw conflict("the store that this sync goes to was removed", {}, "Choose another destination.");
  }
  const { endpoint, region, accessKey, pathStyle, ca, bucket, mayBePrivate } = store.settings;
  const secretKey = openSecretKey(sealer, store);
  return {
    target: { endpoint, region, accessKey, pathStyle, secretKey, ...(ca === undefined ? {} : { ca }) },
    bucket,
    prefix: [store.settings.prefix, prefix].filter((part) => part !== "").join("/"),
    ...(mayBePrivate ? {} : { dial: guardedDial }),
  };
}

function placeOf(syncId: string) {
  return { table: "bucket_syncs", row: syncId, column: "sealed_config" };
}
