import { pipeline, Readable } from "node:stream";
import { openpgpWith, SESSION_HEAD_BYTES } from "@cofre/core";
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

/**
 * What is inside the cipher of an archive, whose stored bytes are `pieces`. Ends in peace only when the whole was what had been
 * encrypted.
 */
export async function* decryptedOf(
  deps: Pick<Deps, "db" | "sealer">,
  row: BackupRow,
  pieces: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  const head = await headOf(pieces);
  const { recipients = [] } = manifestOf(row).archive;
  const sessionKey = await unlockFor(deps, row.organizationId)(head, recipients);
  const plain = openpgpWith(sessionKey).unpacker();
  // An error on either side reaches the reader below, and destroys the other.
  pipeline(Readable.from(joined(head, pieces), { objectMode: false }), plain, () => undefined);
  // checked: an unpacker gives bytes
  for await (const piece of plain) yield piece as Buffer;
}

/** Enough of the first bytes to find the archive's key; all of a shorter one. */
async function headOf(pieces: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < SESSION_HEAD_BYTES) {
    const { value, done } = await pieces.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

async function* joined(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}
