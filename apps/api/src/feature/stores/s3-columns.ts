import { Fault } from "@cofre/core/model";
import type { S3Settings } from "../../db/schema/stores.ts";
import { sealSecretKey } from "../../reach/stores.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { definedOf } from "../defined.ts";
import type { StoreRow } from "./get.ts";
import type { ChangeStore, S3Input } from "./view.ts";

/** What an S3 store's row keeps: the settings in clear, the secret key sealed. */
export function newS3({ deps, actor }: ActorContext, storeId: string, input: S3Input) {
  const { secretKey, endpoint, ...rest } = input;
  const settings: S3Settings = {
    ...rest,
    endpoint: originOf(endpoint),
    // Who reaches Cofre's own network reaches what answers there: only the installation's owner may.
    mayBePrivate: actor.isInstanceOwner,
  };
  return { settings, sealedConfig: sealSecretKey(deps.sealer, storeId, secretKey) };
}

/** What is left out stays; whoever sends the connection elsewhere gives the secret key anew, so that it is not sent there by another. */
export function changedS3(
  { deps, actor }: ActorContext,
  { id, settings, name }: StoreRow,
  input: NonNullable<ChangeStore["s3"]>,
) {
  if (settings === null) throw new Fault("input.invalid", `${name} is no S3`);
  const { secretKey, endpoint, storageClass, lock, ca, ...plain } = input;
  if (endpoint !== undefined && originOf(endpoint) !== settings.endpoint && secretKey === undefined) {
    throw new Fault("input.invalid", "another endpoint needs the secret key again", {
      hint: "Give the secret key together with the endpoint.",
    });
  }
  const changed: S3Settings = {
    ...settings,
    ...definedOf(plain),
    ...(endpoint === undefined ? {} : { endpoint: originOf(endpoint) }),
    storageClass: storageClass === undefined ? settings.storageClass : (storageClass ?? undefined),
    lock: lock === undefined ? settings.lock : (lock ?? undefined),
    ca: ca === undefined ? settings.ca : (ca ?? undefined),
    mayBePrivate: endpoint === undefined ? settings.mayBePrivate : actor.isInstanceOwner,
  };
  return {
    settings: changed,
    ...(secretKey === undefined ? {} : { sealedConfig: sealSecretKey(deps.sealer, id, secretKey) }),
  };
}

/** @throws Fault `input.invalid` */
export function originOf(endpoint: string): string {
  const { origin, pathname, search, username } = new URL(endpoint);
  if (pathname === "/" && search === "" && username === "") return origin;
  throw new Fault("input.invalid", "the endpoint is no address of an S3 server", {
    hint: "Give it as https://host or http://host:port, without a path.",
  });
}
