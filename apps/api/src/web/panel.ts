import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { Readable } from "node:stream";
import type { Hono } from "hono";
import type { WebEnv } from "./request.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
  ".map": "application/json",
};

/** Serves the built panel. Every address that is no file is one of its pages, which its own router knows. */
export function servePanel(app: Hono<WebEnv>, folder: string): void {
  app.get("*", async (c) => {
    if (c.req.path.startsWith("/api/") || c.req.path === "/metrics") return await c.notFound();
    const asked = fileFor(folder, c.req.path);
    const file = (await sizeOf(asked)) === undefined ? join(folder, "index.html") : asked;
    const size = await sizeOf(file);
    if (size === undefined) return c.text(NOT_BUILT, 503);
    c.header("content-type", TYPES[extname(file)] ?? "application/octet-stream");
    c.header("content-length", String(size));
    // Names of built files carry their content's digest; the page that names them must be asked for again.
    const isNamedByDigest = c.req.path.startsWith("/assets/") && file === asked;
    c.header("cache-control", isNamedByDigest ? "public, max-age=31536000, immutable" : "no-cache");
    return c.body(webStream(file));
  });
}

const NOT_BUILT = "The panel is not built. Start Cofre with `npx -y pnpm@12 start`, which builds it.\n";

/** Never outside of the folder, whatever the path says. */
function fileFor(folder: string, path: string): string {
  const decoded = decode(path);
  const inside = normalize(`/${decoded}`);
  return inside.includes("\0") ? folder : join(folder, inside);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Not a name that a browser would send: no such file.
    return "/";
  }
}

/** Undefined for what is not a file. */
async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found.size : undefined;
}

function webStream(file: string): ReadableStream<Uint8Array> {
  // checked: Node's own conversion gives the same stream that the platform's types name
  return Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
}
