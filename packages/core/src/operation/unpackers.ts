import { buffer } from "node:stream/consumers";
import type { Manifest } from "../archive/manifest.ts";
import type { Server } from "../host/host.ts";
import { Fault } from "../model/fault.ts";
import { hasUsableGpg, OPENPGP, openpgpWith } from "../pipeline/openpgp.ts";
import { SESSION_HEAD_BYTES } from "../pipeline/openpgp-keys.ts";
import { stageById } from "../pipeline/registry.ts";
import type { Unpacker } from "../pipeline/stage.ts";
import type { Store } from "../store/store.ts";
import type { Unlock } from "./requests.ts";

interface Packed {
  readonly store: Store;
  readonly manifest: Manifest;
  readonly unlock?: Unlock | undefined;
}

/** What takes an archive apart, from the file inwards: the last stage that was put on comes off first. */
export async function unpackersOf(packed: Packed, signal: AbortSignal): Promise<readonly Unpacker[]> {
  const unpackers: Unpacker[] = [];
  for (const id of packed.manifest.archive.stages.toReversed()) {
    unpackers.push(id === OPENPGP ? await openpgpOf(packed, signal) : known(id));
  }
  return unpackers;
}

/** The unpackers by who runs them. */
export interface DividedUnpackers {
  /** Cofre itself, before the bytes reach the server, because the server lacks the program. */
  readonly here: readonly Unpacker[];
  readonly there: readonly Unpacker[];
}

/** Who takes what off, when the dump is wanted on a server. */
export async function dividedFor(
  packed: Packed,
  server: Server,
  signal: AbortSignal,
): Promise<DividedUnpackers> {
  const unpackers = await unpackersOf(packed, signal);
  const isCipher = (stage: Unpacker) => stage.id === OPENPGP;
  if (!unpackers.some(isCipher) || (await hasUsableGpg(server, signal)))
    return { here: [], there: unpackers };
  return {
    here: unpackers.filter(isCipher),
    there: unpackers.filter((stage) => !isCipher(stage)),
  };
}

async function openpgpOf({ store, manifest, unlock }: Packed, signal: AbortSignal): Promise<Unpacker> {
  const { key, bytes, recipients = [] } = manifest.archive;
  if (unlock === undefined) {
    throw new Fault("state.conflict", `${key} is encrypted, and nobody here has its key`, {
      hint: "Open it with the private key in your recovery kit and gpg.",
      context: { recipients: recipients.join(" ") },
    });
  }
  const range = { start: 0, end: Math.min(bytes, SESSION_HEAD_BYTES) - 1 };
  return openpgpWith(await unlock(await buffer(store.get(key, { range, signal })), recipients));
}

function known(id: string): Unpacker {
  const stage = stageById(id);
  if (stage !== undefined) return stage;
  throw new Fault("archive.foreign", `the archive was packed with ${id}, which this Cofre does not know`, {
    hint: "Update Cofre, or unpack the archive with the program of that name.",
  });
}
