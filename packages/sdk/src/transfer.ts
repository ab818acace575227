import { errorOfAnswer, ownError, toApiError } from "./api-error.ts";

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
  readonly body: ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>;
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

export function downloadsOf(url: string, headers: Readonly<Record<string, string>>): Downloads {
  const ask = async (address: string, { range = {}, signal }: Asked) => {
    const asked = { headers: { ...headers, ...range }, signal: signal ?? null };
    const answer = await fetch(address, asked).catch((error: unknown) => {
      throw signal?.aborted === true ? signal.reason : toApiError(error, url);
    });
    if (!answer.ok || answer.body === null) throw await errorOfAnswer(answer, url);
    return { answer, body: answer.body };
  };
  return {
    async download(backup, { start = 0, signal } = {}) {
      const range = start === 0 ? {} : { range: `bytes=${start}-` };
      const { answer, body } = await ask(addressOf(url, backup), { range, signal });
      return { ...factsOf(answer, start), body };
    },
    async downloadDecrypted(backup, { signal } = {}) {
      const { answer, body } = await ask(`${addressOf(url, backup)}?decrypt=true`, { signal });
      return { filename: filenameOf(answer.headers.get("content-disposition") ?? ""), body };
    },
  };
}

interface Asked {
  readonly range?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

function addressOf(url: string, { resourceId, id }: BackupRef): string {
  return `${url}/api/resources/${encodeURIComponent(resourceId)}/backups/${encodeURIComponent(id)}/download`;
}

/** Bytes from another place than asked for, appended to a file, would make an archive that looks whole. */
function factsOf(answer: Response, start: number): Omit<Download, "body"> {
  const part = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.headers.get("content-range") ?? "");
  const from = part === null ? 0 : Number(part[1]);
  if (from !== start) {
    throw ownError({
      code: "range.unsatisfiable",
      message: `bytes from ${start} on were asked for, and the answer begins at ${from}`,
      hint: "Download it again from its beginning.",
    });
  }
  return {
    filename: filenameOf(answer.headers.get("content-disposition") ?? ""),
    size: Number(part?.[2] ?? answer.headers.get("content-length")),
    sha256: (answer.headers.get("etag") ?? "").replace(/^W\//, "").replaceAll('"', ""),
  };
}

/** RFC 6266: `filename*` holds the name as it is, `filename` a plain stand-in. */
function filenameOf(disposition: string): string {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  if (extended !== undefined) return decodeURIComponent(extended);
  return /filename="([^"]+)"/.exec(disposition)?.[1] ?? "backup";
}
