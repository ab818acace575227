import { Readable } from "node:stream";
import type { ReadableStream as NodeStream } from "node:stream/web";
import type { BrowsedObject, ObjectBrowser } from "@cofre/core";
import { Fault, isFault } from "@cofre/core/model";
import { makeZip } from "client-zip";
import type { Hono } from "hono";
import type { Deps } from "../deps.ts";
import { contextOf, type WebContext, type WebEnv } from "../web/request.ts";
import { readRange } from "./byte-range.ts";
import { attachment } from "./content-disposition.ts";
import { type Allowed, allowObjects, recordObjects } from "./object-access.ts";

const BASE = "/api/resources/:resourceId/minio";

/** Single objects of a resource's buckets as bytes, and a folder of them as a zip. */
export function openObjects(app: Hono<WebEnv>, deps: Deps): void {
  app.get(`${BASE}/object`, (c) => readObject(deps, c));
  app.put(`${BASE}/object`, (c) => writeObject(deps, c));
  app.delete(`${BASE}/object`, (c) => removeObject(deps, c));
  app.get(`${BASE}/zip`, (c) => zipFolder(deps, c));
}

/** Whether a request carries an object's bytes, which have no limit of their own. */
export function carriesObject(method: string, path: string): boolean {
  return method === "PUT" && /^\/api\/resources\/[^/]+\/minio\/object$/.test(path);
}

async function readObject(deps: Deps, c: WebContext): Promise<Response> {
  const place = placeIn(c);
  const allowed = await allow(deps, c, "buckets.read");
  const browser = await allowed.open();
  try {
    const part = await partAsked(c, browser, place);
    const object = await browser.read(place, part);
    const isPart = part !== undefined && object.bytes < object.totalBytes;
    setSafeHeaders(c, place.key);
    // What an uploader calls its type is never run by a browser on this page's own address.
    c.header(
      "content-type",
      SAFE_TYPE.test(object.contentType) ? object.contentType : "application/octet-stream",
    );
    c.header("accept-ranges", "bytes");
    c.header("content-length", String(object.bytes));
    c.header("last-modified", object.modifiedAt.toUTCString());
    if (object.etag !== "") c.header("etag", `"${object.etag}"`);
    if (isPart)
      c.header("content-range", `bytes ${part.start}-${part.start + object.bytes - 1}/${object.totalBytes}`);
    if (c.req.method === "HEAD") {
      letGo(object.content);
      browser[Symbol.dispose]();
      return c.body(null, isPart ? 206 : 200);
    }
    await recordObjects(allowed, nameOf(place));
    return c.body(flowOf(object.content, browser), isPart ? 206 : 200);
  } catch (error) {
    browser[Symbol.dispose]();
    throw error;
  }
}

const SAFE_TYPE =
  /^(image\/(png|jpeg|gif|webp|avif)|application\/pdf|application\/json|text\/plain|video\/\w+|audio\/\w+)\b/;

/** A range is measured against the object as it is; without the header nothing is asked. */
async function partAsked(c: WebContext, browser: ObjectBrowser, place: ObjectPlace) {
  const header = c.req.header("range");
  if (header === undefined) return undefined;
  const whole = await browser.read(place);
  letGo(whole.content);
  const ifRange = c.req.header("if-range");
  if (ifRange !== undefined && ifRange !== `"${whole.etag}"`) return undefined;
  return readRange(header, whole.totalBytes);
}

async function writeObject(deps: Deps, c: WebContext): Promise<Response> {
  const place = placeIn(c);
  const allowed = await allow(deps, c, "buckets.write");
  const { body } = c.req.raw;
  const bytes = body === null ? Readable.from([]) : readableOf(body);
  using browser = await allowed.open();
  const type = c.req.header("content-type") ?? "application/octet-stream";
  const written = await browser.write(place, { type, bytes });
  await recordObjects(allowed, nameOf(place));
  return c.json({ ...place, size: written.bytes }, 201);
}

async function removeObject(deps: Deps, c: WebContext): Promise<Response> {
  const place = placeIn(c);
  const allowed = await allow(deps, c, "buckets.remove");
  using browser = await allowed.open();
  await browser.remove(place);
  await recordObjects(allowed, nameOf(place));
  return c.body(null, 204);
}

async function zipFolder(deps: Deps, c: WebContext): Promise<Response> {
  const bucket = required(c, "bucket");
  const prefix = c.req.query("prefix") ?? "";
  const allowed = await allow(deps, c, "buckets.zip");
  const browser = await allowed.open();
  try {
    const objects = startedWalk(browser.walk({ bucket, prefix }));
    // An unknown bucket is told before the first byte.
    const first = await objects.next();
    const files = filesIn({ browser, bucket, prefix }, first, objects);
    await recordObjects(allowed, `${bucket}/${prefix}`);
    setSafeHeaders(c, `${prefix.split("/").findLast((part) => part !== "") ?? bucket}.zip`);
    c.header("content-type", "application/zip");
    const zip = makeZip(files);
    return c.body(flowOf(readableOf(zip), browser));
  } catch (error) {
    browser[Symbol.dispose]();
    throw error;
  }
}

interface Folder {
  readonly browser: ObjectBrowser;
  readonly bucket: string;
  readonly prefix: string;
}

async function* startedWalk(pages: AsyncIterable<readonly BrowsedObject[]>): AsyncGenerator<BrowsedObject> {
  for await (const page of pages) yield* page;
}

/** Objects one after the other: the next is opened when the one before was taken. */
async function* filesIn(
  { browser, bucket, prefix }: Folder,
  first: IteratorResult<BrowsedObject>,
  others: AsyncGenerator<BrowsedObject>,
) {
  for (let next = first; next.done !== true; next = await others.next()) {
    const { key, modifiedAt } = next.value;
    const name = nameInZip(key, prefix);
    if (name === "") continue;
    const opened = await browser.read({ bucket, key }).catch((error: unknown) => {
      // It vanished since it was listed.
      if (isFault(error, "not.found")) return undefined;
      throw error;
    });
    if (opened !== undefined) yield { name, lastModified: modifiedAt, input: opened.content };
  }
}

/** Below the folder and never out of it: whoever unpacks must not be led astray. */
function nameInZip(key: string, prefix: string): string {
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  return key
    .slice(folder.length)
    .split("/")
    .filter((part) => part !== "" && part !== "." && part !== "..")
    .map((part) => part.replaceAll("\\", "_"))
    .join("/");
}

interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

function placeIn(c: WebContext): ObjectPlace {
  return { bucket: required(c, "bucket"), key: required(c, "key") };
}

function required(c: WebContext, name: string): string {
  const value = c.req.query(name);
  if (value !== undefined && value !== "") return value;
  throw new Fault("input.invalid", `${name} is missing in the query`);
}

function nameOf({ bucket, key }: ObjectPlace): string {
  return `${bucket}/${key}`;
}

async function allow(deps: Deps, c: WebContext, action: string): Promise<Allowed> {
  const ctx = await contextOf(deps, c);
  await deps.limits.take("address", ctx.caller.address);
  return await allowObjects(ctx, {
    resourceId: c.req.param("resourceId") ?? "",
    action,
    signal: c.req.raw.signal,
  });
}

function setSafeHeaders(c: WebContext, key: string): void {
  c.header("cache-control", "private, no-transform");
  c.header("x-content-type-options", "nosniff");
  c.header("content-security-policy", "default-src 'none'; sandbox");
  c.header("content-disposition", attachment(key.slice(key.lastIndexOf("/") + 1) || "object"));
}

function readableOf(stream: ReadableStream): Readable {
  // checked: it is the very class of Node, which the types of fetch and of node:stream name apart
  return Readable.fromWeb(stream as NodeStream);
}

/** Ends a stream that nobody reads on. Its connection may break over that, which is no news to anybody. */
function letGo(content: Readable): void {
  content.on("error", () => undefined);
  content.destroy();
}

/** Reads on only as fast as the client takes it; whatever ends it, the way to the bucket is closed. */
function flowOf(content: Readable, browser: ObjectBrowser): ReadableStream<Uint8Array> {
  const pieces = content[Symbol.asyncIterator]();
  const close = () => {
    letGo(content);
    browser[Symbol.dispose]();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const next = await pieces.next();
          if (next.done !== true) return controller.enqueue(next.value);
          browser[Symbol.dispose]();
          controller.close();
        } catch (error) {
          close();
          controller.error(error);
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
