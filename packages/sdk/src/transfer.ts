import { type AskBytes, type Bytes, bodyOf, filenameOf } from "./bytes.ts";
import { placeIn } from "./place-in.ts";

/** Which backup; every Backup object fits. */
export interface BackupRef {
  readonly id: string;
  readonly resourceId: string;
}

export interface Download {
  readonly filename: string;
  /** Of the whole archive, in bytes. */
  readonly size: number;
  /** Lower-case hex of the whole archive. */
  readonly sha256: string;
  /** Errors, never merely ends, when the archive is cut on the way. */
  readonly body: Bytes;
}

/** What is inside the cipher of an archive: its size and digest are known only at its end. */
export type DecryptedDownload = Pick<Download, "filename" | "body">;

export interface Downloads {
  /** The archive as it rests, from byte `start` on: a cut download goes on where it stopped. */
  download(
    backup: BackupRef,
    options?: { readonly start?: number | undefined; readonly signal?: AbortSignal },
  ): Promise<Download>;
  /** The archive without its encryption, from its beginning; one that is not encrypted comes as it rests. */
  downloadDecrypted(
    backup: BackupRef,
    options?: { readonly signal?: AbortSignal },
  ): Promise<DecryptedDownload>;
}

export function downloadsOf(ask: AskBytes): Downloads {
  return {
    async download(backup, { start = 0, signal } = {}) {
      const headers = start === 0 ? {} : { range: `bytes=${start}-` };
      const answer = await ask(addressOf(backup), { headers, signal });
      return {
        filename: filenameOf(answer, "backup"),
        size: placeIn(answer, start).total,
        sha256: (answer.headers.get("etag") ?? "").replace(/^W\//, "").replaceAll('"', ""),
        body: bodyOf(answer),
      };
    },
    async downloadDecrypted(backup, { signal } = {}) {
      const answer = await ask(`${addressOf(backup)}?decrypt=true`, { signal });
      return { filename: filenameOf(answer, "backup"), body: bodyOf(answer) };
    },
  };
}

function addressOf({ resourceId, id }: BackupRef): string {
  return `/api/resources/${encodeURIComponent(resourceId)}/backups/${encodeURIComponent(id)}/download`;
}
