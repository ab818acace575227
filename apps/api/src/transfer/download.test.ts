import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../db/columns.ts";
import { desc, eq } from "../db/orm.ts";
import { auditEvents } from "../db/schema/audit-events.ts";
import { backups } from "../db/schema/backups.ts";
import { downloadTokens } from "../db/schema/download-tokens.ts";
import { projects } from "../db/schema/projects.ts";
import { resources } from "../db/schema/resources.ts";
import { servers } from "../db/schema/servers.ts";
import { stores } from "../db/schema/stores.ts";
import type { createDownloadLink } from "../feature/backups/download-link.ts";
import { embedded } from "../testing/catalogues.ts";
import { type ControlPlane, startControlPlane } from "../testing/control-plane.ts";

const BYTES = randomBytes(3 * 1024 * 1024 + 17);
const SHA256 = createHash("sha256").update(BYTES).digest("hex");
const NAME = "backup-2026-02-09-18-30-ação.dump.zst";

let plane: ControlPlane;
let folder: string;
let clock = new Date("2026-02-10T12:00:00Z");
let resourceId: string;
let storeId: string;
let projectId: string;
let key: string;
let whole: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cofre-download-"));
  plane = await startControlPlane(await embedded.open(), { now: () => clock });
  await writeRows();
  key = await plane.key("operator");
  whole = await archive(BYTES);
});
afterAll(async () => {
  await plane?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function writeRows(): Promise<void> {
  const { db, installation } = plane.deps;
  const { organizationId } = installation;
  const [project] = await db.select().from(projects);
  if (project === undefined) throw new Error("there is no project");
  projectId = project.id;
  const serverId = newId();
  resourceId = newId();
  storeId = newId();
  await db.insert(servers).values({ id: serverId, organizationId, name: "here", kind: "local" });
  await db
    .insert(stores)
    .values({ id: storeId, organizationId, name: "here", kind: "directory", serverId, root: folder });
  await db.insert(resources).values({
    id: resourceId,
    organizationId,
    projectId,
    serverId,
    engine: "postgres",
    name: "shop",
    slug: "shop",
    detected: true,
  });
}

/** A completed backup whose file holds these bytes, which are not always those that were written. */
async function archive(bytes: Buffer, told: { readonly size?: number } = {}): Promise<string> {
  const id = newId();
  const storeKey = `databases/default/${id}/${NAME}`;
  await mkdir(join(folder, "databases/default", id), { recursive: true });
  await writeFile(join(folder, storeKey), bytes);
  await plane.deps.db.insert(backups).values({
    id,
    organizationId: plane.deps.installation.organizationId,
    projectId,
    resourceId,
    storeId,
    runId: newId(),
    origin: "manual",
    status: "completed",
    type: "database",
    engine: "postgres",
    unit: "shop",
    storeKey,
    filename: NAME,
    sizeBytes: told.size ?? bytes.length,
    sha256: SHA256,
    completedAt: clock,
  });
  return id;
}

const pathOf = (id: string) => `/api/resources/${resourceId}/backups/${id}/download`;

function get(id: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
  const init = { method, headers: { authorization: `Bearer ${key}`, ...headers } };
  return Promise.resolve(plane.app.request(pathOf(id), init));
}

async function bytesOf(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.arrayBuffer());
}

async function newestAudit() {
  const [event] = await plane.deps.db.select().from(auditEvents).orderBy(desc(auditEvents.position)).limit(1);
  return event;
}

describe("a download", () => {
  test("is the archive, with its name, digest and length, and is told to the audit", async () => {
    const answer = await get(whole);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-length": String(BYTES.length),
      "content-type": "application/octet-stream",
      "accept-ranges": "bytes",
      etag: `"${SHA256}"`,
      "x-content-type-options": "nosniff",
    });
    expect(answer.headers.get("content-disposition")).toContain(
      `filename*=UTF-8''${encodeURIComponent(NAME)}`,
    );
    expect((await bytesOf(answer)).equals(BYTES)).toBe(true);
    expect(await newestAudit()).toMatchObject({
      action: "backups.download",
      result: "ok",
      target: { id: whole, name: NAME },
    });
  });

  test("by HEAD has the same headers and no body", async () => {
    const answer = await get(whole, {}, "HEAD");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-length")).toBe(String(BYTES.length));
    expect((await bytesOf(answer)).length).toBe(0);
  });

  test.each([
    ["bytes=0-0", 0, 1],
    ["bytes=1048576-", 1_048_576, BYTES.length],
    ["bytes=-1000", BYTES.length - 1000, BYTES.length],
    [`bytes=5-${BYTES.length + 50}`, 5, BYTES.length],
  ])("of a part (%s) is that part", async (range, start, end) => {
    const answer = await get(whole, { range });
    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-range")).toBe(`bytes ${start}-${end - 1}/${BYTES.length}`);
    expect(answer.headers.get("content-length")).toBe(String(end - start));
    expect((await bytesOf(answer)).equals(BYTES.subarray(start, end))).toBe(true);
  });

  test("of a part behind the end is refused, and says how long the file is", async () => {
    const answer = await get(whole, { range: `bytes=${BYTES.length}-` });
    expect(answer.status).toBe(416);
    expect(answer.headers.get("content-range")).toBe(`bytes */${BYTES.length}`);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ code: "range.unsatisfiable" });
  });

  test("is resumed only when it is still the same file", async () => {
    const same = await get(whole, { range: "bytes=10-19", "if-range": `"${SHA256}"` });
    expect(same.status).toBe(206);
    const other = await get(whole, { range: "bytes=10-19", "if-range": '"another"' });
    expect(other.status).toBe(200);
    await Promise.all([same.body?.cancel(), other.body?.cancel()]);
    expect((await get(whole, { "if-none-match": `"${SHA256}"` })).status).toBe(304);
  });

  test("needs a key whose role may", async () => {
    const nobody = await plane.app.request(pathOf(whole));
    expect(nobody.status).toBe(401);
    const viewer = await plane.key("viewer");
    expect((await get(whole, { authorization: `Bearer ${viewer}` })).status).toBe(403);
    expect(await newestAudit()).toMatchObject({ result: "refused", code: "auth.forbidden" });
  });

  test("of another tenant's backup is not found", async () => {
    const organizationId = await plane.tenant("others");
    const other = await plane.key("owner", { organizationId });
    expect((await get(whole, { authorization: `Bearer ${other}` })).status).toBe(404);
    const { db } = plane.deps;
    const told = await db.select().from(auditEvents).where(eq(auditEvents.organizationId, organizationId));
    expect(told).toMatchObject([{ result: "refused", code: "not.found", target: { id: whole } }]);
  });

  test("of an archive that is gone, or has another length, is refused before the first byte", async () => {
    const gone = await archive(BYTES);
    await rm(join(folder, `databases/default/${gone}/${NAME}`));
    expect(await (await get(gone)).json()).toMatchObject({ code: "archive.missing" });
    const short = await archive(BYTES);
    await truncate(join(folder, `databases/default/${short}/${NAME}`), 1000);
    expect(await (await get(short)).json()).toMatchObject({ code: "archive.damaged" });
  });
});

describe("a link", () => {
  async function link(): Promise<{ id: string; path: string }> {
    const answer = await plane.app.request(`/api/resources/${resourceId}/backups/${whole}/download-link`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
    });
    expect(answer.status).toBe(201);
    const { id, url }: Awaited<ReturnType<typeof createDownloadLink>> = JSON.parse(await answer.text());
    return { id, path: url.slice(url.indexOf("/api/")) };
  }

  test("opens its backup for an hour, again and again, and no other", async () => {
    const { path } = await link();
    for (let n = 0; n < 2; n += 1) {
      const answer = await plane.app.request(path);
      expect(answer.status).toBe(200);
      expect((await bytesOf(answer)).equals(BYTES)).toBe(true);
    }
    const other = await archive(BYTES);
    expect((await plane.app.request(path.replace(whole, other))).status).toBe(404);
    clock = new Date(clock.getTime() + 3_600_001);
    expect((await plane.app.request(path)).status).toBe(404);
    expect(await newestAudit()).toMatchObject({ result: "refused", code: "not.found" });
  });

  test("that was revoked or altered opens nothing", async () => {
    const { path, id } = await link();
    const altered = path.endsWith("A") ? `${path.slice(0, -1)}B` : `${path.slice(0, -1)}A`;
    expect((await plane.app.request(altered)).status).toBe(404);
    await plane.deps.db.update(downloadTokens).set({ revokedAt: clock });
    expect((await plane.app.request(path)).status).toBe(404);
    expect(id).not.toBe("");
  });

  test("is nowhere in the database or the log", async () => {
    const { path } = await link();
    const token = new URL(path, "http://cofre").searchParams.get("token") ?? "";
    await (await plane.app.request(path)).body?.cancel();
    expect(token).not.toBe("");
    expect(JSON.stringify(await plane.deps.db.select().from(downloadTokens))).not.toContain(token);
    expect(JSON.stringify(await plane.deps.db.select().from(auditEvents))).not.toContain(token);
    expect(plane.logged()).not.toContain(token);
  });
});

describe("a download over a socket", () => {
  let close: () => Promise<void>;
  let address: AddressInfo;

  beforeAll(async () => {
    const server = serve({ fetch: plane.app.fetch, port: 0, hostname: "127.0.0.1" });
    await once(server, "listening");
    // checked: it listens on TCP
    address = server.address() as AddressInfo;
    close = async () => {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
    };
  });
  afterAll(async () => close());

  test("whose file is not what was written ends as a broken connection, never in peace", async () => {
    const altered = Buffer.from(BYTES);
    altered[altered.length - 5] = (altered.at(-5) ?? 0) ^ 1;
    const id = await archive(altered);
    const answer = await fetch(`http://127.0.0.1:${address.port}${pathOf(id)}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(answer.status).toBe(200);
    await expect(answer.arrayBuffer()).rejects.toThrow();
    expect(plane.logged()).toContain("a download was cut");
  });

  test("is read from the store only as fast as the client takes it, and no longer than it listens", async () => {
    const big = randomBytes(1024 * 1024);
    const id = newId();
    const storeKey = `databases/default/big/${id}`;
    await mkdir(join(folder, "databases/default/big"), { recursive: true });
    await writeFile(join(folder, storeKey), Buffer.concat(Array.from({ length: 64 }, () => big)));
    await plane.deps.db.insert(backups).values({
      id,
      organizationId: plane.deps.installation.organizationId,
      projectId,
      resourceId,
      storeId,
      runId: newId(),
      origin: "manual",
      status: "completed",
      type: "database",
      engine: "postgres",
      unit: "shop",
      storeKey,
      filename: "big",
      sizeBytes: 64 * big.length,
      sha256: SHA256,
      completedAt: clock,
    });
    const before = process.memoryUsage().arrayBuffers;
    const socket = connect(address.port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(`GET ${pathOf(id)} HTTP/1.1\r\nhost: cofre\r\nauthorization: Bearer ${key}\r\n\r\n`);
    await once(socket, "readable");
    await sleep(500);
    // 64 MiB would be here if nobody held them back.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * 1024 * 1024);
    socket.destroy();
    await sleep(300);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * 1024 * 1024);
  });
});
