import type { Readable } from "node:stream";
import type { Store } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import type { Hono } from "hono";
import type { Deps } from "../deps.ts";
import type { Context } from "../trpc/context.ts";
import { contextOf, type WebContext, type WebEnv } from "../web/request.ts";
import { answeringCopy } from "../work/copy-places.ts";
import type { BackupRow } from "../work/rows.ts";
import { type BytePart, readRange } from "./byte-range.ts";
import { attachment } from "./content-disposition.ts";
import { decryptedName, decryptedOf, isEncrypted } from "./decrypted.ts";
import { type Downloader, findDownloader, recordDownload } from "./downloader.ts";
import { wholeOf } from "./whole.ts";

/** A completed backup, as far as a download needs it. */
interface Archive {
  readonly row: BackupRow;
  readonly bytes: number;
  readonly sha256: string;
  readonly key: string;
}

/** The archive's bytes: `GET /api/resources/:resourceId/backups/:id/download`, with a key, a session, or `?token=` of a link. */
export function openDownload(app: Hono<WebEnv>, deps: Deps): void {
  app.get("/api/resources/:resourceId/backups/:id/download", (c) => download(deps, c));
}

async function download(deps: Deps, c: WebContext): Promise<Response> {
  const ctx = await contextOf(deps, c);
  await deps.limits.take("address", ctx.caller.address);
  const downloader = await findDownloader(ctx, {
    resourceId: c.req.param("resourceId") ?? "",
    backupId: c.req.param("id") ?? "",
    token: c.req.query("token"),
  });
  const archive = archiveOf(downloader.row);
  const isPlainAsked = ["true", "1"].includes(c.req.query("decrypt") ?? "") && isEncrypted(archive.row);
  if (isPlainAsked) return await sendDecrypted(c, ctx, { downloader, archive });
  const etag = `"${archive.sha256}"`;
  setHeaders(c, archive, etag);
  if (isKnown(c.req.header("if-none-match"), etag)) return c.body(null, 304);
  const part = partAsked(c, archive, etag);
  const length = part === undefined ? archive.bytes : part.end - part.start + 1;
  if (c.req.method === "HEAD") return answer(c, { part, length, archive }, null);
  const source = await openStored(deps, archive, part);
  await recordDownload(ctx, downloader);
  const pieces = part === undefined ? wholeOf(source.bytes, archive.sha256) : piecesOf(source.bytes);
  return answer(c, { part, length, archive }, bodyOf(deps, downloader, { pieces, gone: source.gone }));
}

interface Asked {
  readonly downloader: Downloader;
  readonly archive: Archive;
}

/** `?decrypt=true`: without the cipher. Its size and digest are not known before its end, so there are neither ranges nor an ETag. */
async function sendDecrypted(c: WebContext, ctx: Context, { downloader, archive }: Asked): Promise<Response> {
  const { deps } = ctx;
  const { row, key, sha256 } = archive;
  c.header("cache-control", "private, no-store, no-transform");
  c.header("content-type", "application/octet-stream");
  c.header("x-content-type-options", "nosniff");
  const name = row.filename ?? key.slice(key.lastIndexOf("/") + 1);
  c.header("content-disposition", attachment(decryptedName(name)));
  if (c.req.method === "HEAD") return c.body(null, 200);
  const { bytes, gone } = await openStored(deps, archive, undefined);
  const stored = wholeOf(bytes, sha256);
  const pieces = decryptedOf(deps, row, stored);
  await recordDownload(ctx, downloader);
  return c.body(bodyOf(deps, downloader, { pieces, gone }), 200);
}

function archiveOf(row: BackupRow): Archive {
  const { sizeBytes: bytes, sha256, storeKey: key } = row;
  if (row.status === "completed" && bytes !== null && sha256 !== null && key !== null) {
    return { row, bytes, sha256, key };
  }
  throw new Fault("state.conflict", `this backup is ${row.status}, and only a completed one has an archive`, {
    hint: "Choose a completed backup.",
    context: { status: row.status },
  });
}

function setHeaders(c: WebContext, { row, sha256, key }: Archive, etag: string): void {
  c.header("etag", etag);
  c.header("accept-ranges", "bytes");
  // A proxy that packed it again would break ranges and digest.
  c.header("cache-control", "private, no-transform");
  c.header("content-type", "application/octet-stream");
  c.header("x-content-type-options", "nosniff");
  c.header("repr-digest", `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`);
  c.header("content-disposition", attachment(row.filename ?? key.slice(key.lastIndexOf("/") + 1)));
}

function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const known = (ifNoneMatch ?? "").split(",").map((word) => word.trim().replace(/^W\//, ""));
  return known.includes(etag) || known.includes("*");
}

/** A part is only sent of the very file that the reader began with. */
function partAsked(c: WebContext, { bytes }: Archive, etag: string): BytePart | undefined {
  const ifRange = c.req.header("if-range");
  if (ifRange !== undefined && ifRange !== etag) return undefined;
  try {
    return readRange(c.req.header("range"), bytes);
  } catch (error) {
    c.header("content-range", `bytes */${bytes}`);
    for (const name of ["etag", "content-disposition", "repr-digest"]) c.header(name, undefined);
    throw error;
  }
}

interface Opened {
  readonly bytes: Readable;
  readonly gone: AbortController;
  readonly store: Store;
}

interface Kept {
  readonly store: Store;
  readonly key: string;
}

/** Where the whole archive is: in its first store, else in a copy that answers. */
async function placeOf(deps: Deps, archive: Archive): Promise<Kept> {
  // What was seen damaged there would only break off again.
  const seen = archive.row.validation?.fault ?? null;
  const instead = seen === null ? undefined : await copyOf(deps, archive);
  if (instead !== undefined) return instead;
  try {
    return await firstPlaceOf(deps, archive);
  } catch (error) {
    const copy = await copyOf(deps, archive);
    if (copy === undefined) throw error;
    return copy;
  }
}

async function copyOf(deps: Deps, { row }: Archive): Promise<Kept | undefined> {
  const copy = await answeringCopy(deps, row);
  return copy === undefined ? undefined : { store: copy.store, key: copy.manifest.archive.key };
}

async function firstPlaceOf(deps: Deps, archive: Archive): Promise<Kept> {
  const store = await deps.reach.store(archive.row.storeId);
  const there = await store.stat(archive.key);
  if (there === undefined) {
    throw new Fault("archive.missing", `${archive.key} is no longer in ${store.name}`, {
      hint: "Somebody removed the file outside Cofre: choose another backup.",
    });
  }
  if (there.bytes !== archive.bytes) {
    throw new Fault(
      "archive.damaged",
      `${archive.key} has ${there.bytes} bytes, and ${archive.bytes} were written`,
      {
        hint: "Do not use this backup; validate the others and choose one that is intact.",
        context: { bytes: there.bytes, written: archive.bytes },
      },
    );
  }
  return { store, key: archive.key };
}

async function openStored(deps: Deps, archive: Archive, part: BytePart | undefined): Promise<Opened> {
  const { store, key } = await placeOf(deps, archive);
  const gone = new AbortController();
  const bytes = store.get(key, {
    signal: gone.signal,
    ...(part === undefined ? {} : { range: part }),
  });
  return { bytes, gone, store };
}

async function* piecesOf(source: Readable): AsyncGenerator<Buffer> {
  // checked: stores read bytes
  for await (const piece of source) yield piece as Buffer;
}

interface Flow {
  readonly pieces: AsyncGenerator<Buffer>;
  readonly gone: AbortController;
}

/** Reads on only as fast as the client takes it. A failure tears the connection down: the client MUST NOT take what it has for the whole. */
function bodyOf(deps: Deps, { row }: Downloader, { pieces, gone }: Flow): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await pieces.next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        } catch (error) {
          if (!gone.signal.aborted) deps.log.warn({ err: error, backupId: row.id }, "a download was cut");
          gone.abort();
          controller.error(error);
        }
      },
      cancel: () => gone.abort(),
    },
    { highWaterMark: 0 },
  );
}

interface Sent {
  readonly part: BytePart | undefined;
  readonly length: number;
  readonly archive: Archive;
}

function answer(
  c: WebContext,
  { part, length, archive }: Sent,
  body: ReadableStream<Uint8Array> | null,
): Response {
  c.header("content-length", String(length));
  if (part !== undefined) c.header("content-range", `bytes ${part.start}-${part.end}/${archive.bytes}`);
  const status = part === undefined ? 200 : 206;
  return body === null ? c.body(null, status) : c.body(body, status);
}
