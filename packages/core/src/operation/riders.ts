import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import type { Manifest } from "../archive/manifest.ts";
import type { Rider } from "../engine/engine.ts";
import { Fault } from "../model/fault.ts";
import type { Store } from "../store/store.ts";

/** Reads the small files beside an archive; throws `archive.damaged` when one is not what was written. */
export async function readRiders(store: Store, manifest: Manifest): Promise<readonly Rider[]> {
  return await Promise.all(manifest.riders.map((rider) => readRider(store, rider)));
}

async function readRider(store: Store, { name, key, sha256 }: Manifest["riders"][number]): Promise<Rider> {
  const content = await text(store.get(key));
  if (createHash("sha256").update(content).digest("hex") === sha256) return { name, text: content };
  throw new Fault("archive.damaged", `${key} in ${store.name} is not what was written`, {
    hint: "The archive itself may still be whole: restore it with the engine's own tools, or choose another backup.",
  });
}
