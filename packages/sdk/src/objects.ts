import { type AskBytes, type Bytes, bodyOf, filenameOf } from "./bytes.ts";
import { placeIn } from "./place-in.ts";

/** One object in a bucket of a resource. */
export interface ObjectRef {
  readonly resourceId: string;
  readonly bucket: string;
  readonly key: string;
}

/** All objects of a bucket whose keys begin with `prefix`. */
export interface ObjectFolder {
  readonly resourceId: string;
  readonly bucket: string;
  readonly prefix?: string | undefined;
}

export interface ReadObject {
  /** Of the whole object, in bytes. */
  readonly size: number;
  /** Of its content; what a browser could run comes as `application/octet-stream`. */
  readonly type: string;
  readonly etag: string;
  /** Errors, never merely ends, when the object is cut on the way. */
  readonly body: Bytes;
}

export interface WriteOptions {
  /** Of its content; `application/octet-stream` unless told otherwise. */
  readonly type?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An object's bytes; what is iterated is sent as it comes. */
export type ObjectContent = string | Uint8Array<ArrayBuffer> | Blob | AsyncIterable<Uint8Array>;

/** Single objects of a resource's buckets. What lies in a bucket is asked by `buckets.browse`. */
export interface Objects {
  /** The object from byte `start` on: a cut reading goes on where it stopped, if the `etag` is still the same. */
  read(
    object: ObjectRef,
    options?: { readonly start?: number | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<ReadObject>;
  /** Puts an object there, or another in its place; it is seen once it is whole. Resolves with its size. */
  write(
    object: ObjectRef,
    content: ObjectContent,
    options?: WriteOptions,
  ): Promise<{ readonly size: number }>;
  /** Removes an object; one that is not there is as good as removed. */
  remove(object: ObjectRef, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /** A folder, or a whole bucket, as one zip. */
  zip(
    folder: ObjectFolder,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<{ readonly filename: string; readonly body: Bytes }>;
}

export function objectsOf(ask: AskBytes): { readonly objects: Objects } {
  const objects: Objects = {
    async read(object, { start = 0, signal } = {}) {
      const headers = start === 0 ? {} : { range: `bytes=${start}-` };
      const answer = await ask(addressOf(object), { headers, signal });
      return {
        size: placeIn(answer, start).total,
        type: answer.headers.get("content-type") ?? "application/octet-stream",
        etag: (answer.headers.get("etag") ?? "").replaceAll('"', ""),
        body: bodyOf(answer),
      };
    },
    async write(object, content, { type = "application/octet-stream", signal } = {}) {
      const headers = { "content-type": type };
      const answer = await ask(addressOf(object), { method: "PUT", headers, signal, ...sent(content) });
      const written: unknown = await answer.json();
      return { size: sizeIn(written) };
    },
    async remove(object, { signal } = {}) {
      await ask(addressOf(object), { method: "DELETE", signal });
    },
    async zip({ resourceId, bucket, prefix = "" }, { signal } = {}) {
      const answer = await ask(`${base(resourceId)}/zip?${new URLSearchParams({ bucket, prefix })}`, {
        signal,
      });
      return { filename: filenameOf(answer, "objects.zip"), body: bodyOf(answer) };
    },
  };
  return { objects };
}

function base(resourceId: string): string {
  return `/api/resources/${encodeURIComponent(resourceId)}/minio`;
}

function addressOf({ resourceId, bucket, key }: ObjectRef): string {
  return `${base(resourceId)}/object?${new URLSearchParams({ bucket, key })}`;
}

function sent(content: ObjectContent) {
  const isHeld = typeof content === "string" || content instanceof Uint8Array || content instanceof Blob;
  if (isHeld) return { body: content };
  return { body: flowOf(content), duplex: "half" } as const;
}

/** Asks for the next piece only when the one before was taken. */
function flowOf(content: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const pieces = content[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await pieces.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

function sizeIn(written: unknown): number {
  const size = typeof written === "object" && written !== null && "size" in written ? written.size : 0;
  return typeof size === "number" ? size : 0;
}
