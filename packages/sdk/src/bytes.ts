import { errorOfAnswer, toApiError } from "./api-error.ts";

export interface AskedBytes extends Omit<RequestInit, "headers" | "signal"> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Bytes that are sent as they come, and not held in memory first. */
  readonly duplex?: "half";
}

/** Asks a route that answers with bytes. Rejects with an ApiError, or with the reason of the signal that aborted it. */
export type AskBytes = (path: string, asked?: AskedBytes) => Promise<Response>;

export function bytesOf(url: string, headers: Readonly<Record<string, string>>): AskBytes {
  return async (path, { headers: more = {}, signal, ...asked } = {}) => {
    const init = { ...asked, headers: { ...headers, ...more }, signal: signal ?? null };
    const answer = await fetch(`${url}${path}`, init).catch((error: unknown) => {
      throw signal?.aborted === true ? signal.reason : toApiError(error, url);
    });
    if (!answer.ok) throw await errorOfAnswer(answer, url);
    return answer;
  };
}

/** Errors, never merely ends, when it is cut on the way. */
export type Bytes = ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>;

export function bodyOf({ body }: Response): Bytes {
  return body ?? new Blob([]).stream();
}

/** RFC 6266: `filename*` holds the name as it is, `filename` a plain stand-in. */
export function filenameOf({ headers }: Response, otherwise: string): string {
  const disposition = headers.get("content-disposition") ?? "";
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  if (extended !== undefined) return decodeURIComponent(extended);
  return /filename="([^"]+)"/.exec(disposition)?.[1] ?? otherwise;
}
