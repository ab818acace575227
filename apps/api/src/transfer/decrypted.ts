import { pipeline, Readable } from "node:stream";
import { openpgpWith, SESSION_HEAD_BYTES, type Store } from "@cofre/core";
import type { Deps } from "../deps.ts";
import { unlockFor } from "../feature/encryption/unlock.ts";
import { type BackupRow, manifestOf } from "../work/rows.ts";

/** Whether the archive at rest is encrypted. */
export function isEncrypted({ stages }: Pick<BackupRow, "stages">): boolean {
  return stages.at(-1) === "openpgp";
}

/** The name of an archive once its cipher is off: `….dump.zst.gpg` becomes `….dump.zst`. */
export function decryptedName(name: string): string {
  return name.replace(/\.gpg$/, "");
}

interface Stored {
  readonly row: BackupRow;
  readonly store: Store;
  readonly signal: AbortSignal;
}

/**
 * What is inside the cipher of an archive, whose stored bytes are `pieces`. Ends in peace only when the whole was what had been
 * encrypted.
 */
export async function* decryptedOf(
  deps: Pick<Deps, "db" | "sealer">,
  { row, store, signal }: Stored,
  pieces: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  const { key, bytes, recipients = [] } = manifestOf(row).archive;
  const range = { start: 0, end: Math.min(bytes, SESSION_HEAD_BYTES) - 1 };
  const head: Buffer[] = [];
  // checked: stores read bytes
  for await (const piece of store.get(key, { range, signal })) head.push(piece as Buffer);
  const sessionKey = await unlockFor(deps, row.organizationId)(Buffer.concat(head), recipients);
  const plain = openpgpWith(sessionKey).unpacker();
  // An error on either side reaches the reader below, and destroys the other.
  pipeline(Readable.from(pieces, { objectMode: false }), plain, () => undefined);
  // checked: an unpacker gives bytes
  for await (const piece of plain) yield piece as Buffer;
}
