import { errorOfAnswer, toApiError } from "./api-error.ts";

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
  readonly body: ReadableStream<Uint8Array>;
}

export interface Downloads {
  /** The archive as it rests, from byte `start` on: a cut download goes on where it stopped. */
  download(
    backup: BackupRef,
    options?: { readonly start?: number; readonly signal?: AbortSignal },
  ): Promise<Download>;
}

export function downloadsOf(url: string, headers: Readonly<Record<string, string>>): Downloads {
  return {
    async download(backup, { start = 0, signal } = {}) {
      const path = `${url}/api/resources/${encodeURIComponent(backup.resourceId)}/backups/${encodeURIComponent(backup.id)}/download`;
      const range = start === 0 ? {} : { range: `bytes=${start}-` };
      const answer = await fetch(path, { headers: { ...headers, ...range }, signal: signal ?? null }).catch(
        (error: unknown) => {
          throw toApiError(error, url);
        },
      );
      if (!answer.ok || answer.body === null) throw await errorOfAnswer(answer);
      const whole =
        answer.headers.get("content-range")?.split("/")[1] ?? answer.headers.get("content-length");
      return {
        filename: filenameOf(answer.headers.get("content-disposition") ?? ""),
        size: Number(whole),
        sha256: (answer.headers.get("etag") ?? "").replaceAll('"', ""),
        body: answer.body,
      };
    },
  };
}

/** RFC 6266: `filename*` holds the name as it is, `filename` a plain stand-in. */
function filenameOf(disposition: string): string {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  if (extended !== undefined) return decodeURIComponent(extended);
  return /filename="([^"]+)"/.exec(disposition)?.[1] ?? "backup";
}
