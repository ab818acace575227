import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { absentReason, type StartedS3, startMinio } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { newId } from "../db/columns.ts";
import { auditEvents } from "../db/schema/audit-events.ts";
import { projects } from "../db/schema/projects.ts";
import { servers } from "../db/schema/servers.ts";
import { stores } from "../db/schema/stores.ts";
import { ask } from "../testing/ask.ts";
import { embedded } from "../testing/catalogues.ts";
import { type ControlPlane, startControlPlane } from "../testing/control-plane.ts";

const reason = absentReason({ engine: "minio", version: "RELEASE.2025-09-07T16-13-09Z" });
const BYTES = randomBytes(300_000);

describe.skipIf(reason !== null)(reason ?? "the objects of a MinIO that nobody exposed", () => {
  let plane: ControlPlane;
  let minio: StartedS3;
  let key: string;
  let base: string;

  beforeAll(async () => {
    minio = await startMinio();
    plane = await startControlPlane(await embedded.open());
    key = await plane.key("admin");
    base = await addResource();
    await minio.exec(["sh", "-c", "mkdir -p /data/shop /data/empty"]);
  }, 120_000);
  afterAll(async () => {
    await plane?.[Symbol.asyncDispose]();
    await minio?.[Symbol.asyncDispose]();
  });

  async function addResource(): Promise<string> {
    const { db, installation } = plane.deps;
    const [project] = await db.select().from(projects);
    const serverId = newId();
    const { organizationId } = installation;
    await db.insert(servers).values({ id: serverId, organizationId, name: "here", kind: "local" });
    const store = { kind: "directory", serverId, root: "/nowhere" } as const;
    await db.insert(stores).values({ id: newId(), organizationId, name: "here", ...store });
    const owner = await plane.key("owner");
    const place = { type: "minio", serverId, containerId: minio.name };
    const body = { name: "files", externalId: "files", ...place, config: {} };
    const answer = await ask(plane, `POST /api/projects/${project?.id}/resources`, { key: owner, body });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.json.config.secretKey).toEqual({ set: true });
    expect(answer.text).not.toContain(minio.secretKey);
    expect(answer.json.type).toBe("s3");
    const again = await ask(plane, "PUT /api/resources/by-external-id/files", {
      key: owner,
      body: { ...body, projectId: project?.id },
    });
    expect(again, again.text).toMatchObject({ status: 200, json: { id: answer.json.id } });
    for (const [type, ids] of Object.entries({ minio: [answer.json.id], s3: [answer.json.id], files: [] })) {
      const listed = await ask(plane, `GET /api/projects/${project?.id}/resources?type=${type}`, { key });
      expect(listed.json.items.map(({ id }: { id: string }) => id)).toEqual(ids);
    }
    return `/api/resources/${answer.json.id}/minio`;
  }

  const at = (path: string, init: RequestInit = {}) =>
    plane.app.request(`${base}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${key}`, ...init.headers },
    });
  const put = (name: string, body: string | Uint8Array<ArrayBuffer>, type = "text/html") =>
    at(`/object?bucket=shop&key=${encodeURIComponent(name)}`, {
      method: "PUT",
      body,
      headers: { "content-type": type },
    });

  test("are written, listed, searched, paged and counted", async () => {
    for (const name of ["docs/a.html", "docs/b.pdf", "docs/deep/ç & c.txt", "top.png", "zz/../up.txt"]) {
      const answer = await put(name, name);
      // MinIO itself refuses a key that climbs.
      expect(answer.status, await answer.text()).toBe(name.includes("..") ? 409 : 201);
    }
    const { json: top } = await ask(plane, `GET ${base}/browse?bucket=shop`, { key });
    expect(top.folders).toEqual([{ name: "docs/", prefix: "docs/" }]);
    expect(top.objects).toMatchObject([{ name: "top.png", type: "image/png", size: 7 }]);
    const { json: first } = await ask(plane, `GET ${base}/browse?bucket=shop&prefix=docs/&limit=1`, { key });
    const cursor = encodeURIComponent(first.nextCursor);
    const { json: next } = await ask(
      plane,
      `GET ${base}/browse?bucket=shop&prefix=docs/&limit=9&cursor=${cursor}`,
      { key },
    );
    expect([...first.objects, ...next.objects].map(({ name }: { name: string }) => name)).toEqual([
      "a.html",
      "b.pdf",
    ]);
    const { json: found } = await ask(plane, `GET ${base}/browse?bucket=shop&search=%C3%87%20%26`, { key });
    expect(found.objects.map((object: { key: string }) => object.key)).toEqual(["docs/deep/ç & c.txt"]);
    const { json: buckets } = await ask(plane, `GET ${base}/buckets`, { key });
    expect(buckets.items).toMatchObject([
      { name: "empty", objects: 0, size: 0 },
      { name: "shop", objects: 4 },
    ]);
    const { json: one } = await ask(plane, `GET ${base}/buckets?limit=1`, { key });
    const { json: other } = await ask(plane, `GET ${base}/buckets?limit=1&cursor=${one.nextCursor}`, { key });
    expect([buckets.nextCursor, one.items[0].name, other.items[0].name, other.nextCursor]).toEqual([
      null,
      "empty",
      "shop",
      null,
    ]);
  });

  test("come whole and in parts, and never as a page that runs", async () => {
    expect((await put("big.html", BYTES)).status).toBe(201);
    const whole = await at("/object?bucket=shop&key=big.html");
    expect(Buffer.from(await whole.arrayBuffer()).equals(BYTES)).toBe(true);
    expect(whole.headers.get("content-type")).toBe("application/octet-stream");
    expect(whole.headers.get("content-disposition")).toMatch(/^attachment/);
    expect(whole.headers.get("x-content-type-options")).toBe("nosniff");
    const part = await at("/object?bucket=shop&key=big.html", { headers: { range: "bytes=-100" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe("bytes 299900-299999/300000");
    expect(Buffer.from(await part.arrayBuffer()).equals(BYTES.subarray(-100))).toBe(true);
    const behind = await at("/object?bucket=shop&key=big.html", { headers: { range: "bytes=300000-" } });
    expect(behind.status).toBe(416);
    expect((await at("/object?bucket=shop&key=nothing")).status).toBe(404);
    expect((await at("/object?bucket=none&key=nothing")).status).toBe(404);
    expect((await at("/zip?bucket=none")).status).toBe(404);
  });

  test.each([
    ["page.html", "text/html", "application/octet-stream"],
    ["drawing.svg", "image/svg+xml", "application/octet-stream"],
    ["paper.pdf", "application/pdf", "application/pdf"],
  ])("shown as a preview, %s runs nothing on the panel's address", async (name, said, type) => {
    expect((await put(`preview/${name}`, "<svg onload=alert(1)>", said)).status).toBe(201);
    const { headers, body } = await at(`/object?bucket=shop&key=preview/${name}`);
    await body?.cancel();
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": type,
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
      "content-disposition": expect.stringContaining(`attachment; filename="${name}"`),
      "cross-origin-resource-policy": "same-origin",
    });
  });

  test("that are asked for in part, by head alone, or let go of unread, break nobody", async () => {
    const path = "/object?bucket=shop&key=long.bin";
    expect((await put("long.bin", Buffer.alloc(32 << 20, 7))).status).toBe(201);
    const broken: unknown[] = [];
    const onBroken = (error: unknown) => void broken.push(error);
    process.on("uncaughtException", onBroken);
    onTestFinished(() => void process.off("uncaughtException", onBroken));
    const part = await at(path, { headers: { range: "bytes=0-9" } });
    expect((await part.arrayBuffer()).byteLength).toBe(10);
    expect((await at(path, { method: "HEAD" })).status).toBe(200);
    await (await at(path)).body?.cancel();
    // The connections break some time after they were let go of.
    await sleep(1000);
    expect(broken).toEqual([]);
  }, 60_000);

  test("larger than any JSON go up in parts, and down again as a zip", async () => {
    const large = randomBytes(18 << 20);
    expect((await put("zip/in/large", large, "application/x-large")).status).toBe(201);
    expect((await put("zip/ç.txt", "text")).status).toBe(201);
    const zip = Buffer.from(await (await at("/zip?bucket=shop&prefix=zip/")).arrayBuffer());
    expect(zip.subarray(0, 4).toString("latin1")).toBe("PK\u0003\u0004");
    expect(zip.includes("in/large")).toBe(true);
    expect(zip.includes("zip/in/large")).toBe(false);
    expect(zip.includes(large.subarray(-4096))).toBe(true);
  }, 60_000);

  test("are removed by whoever may, which the audit tells", async () => {
    const viewer = await plane.key("viewer");
    const line = `/object?bucket=shop&key=top.png`;
    const refused = await at(line, { method: "DELETE", headers: { authorization: `Bearer ${viewer}` } });
    expect(refused.status).toBe(403);
    expect((await at(line, { method: "DELETE" })).status).toBe(204);
    expect((await at(line)).status).toBe(404);
    const rows = await plane.deps.db.select().from(auditEvents);
    const told = rows.filter(({ action }) => action === "buckets.remove").map(({ result }) => result);
    expect(told.sort()).toEqual(["ok", "refused"]);
  });

  test("are backed up by one job, named or all", async () => {
    const { status, json } = await ask(plane, `POST ${base}/backup`, { key, body: { buckets: ["shop"] } });
    expect(status).toBe(202);
    expect(json.backups).toHaveLength(1);
    expect(json.backups[0]).toMatchObject({ unit: "shop", type: "files" });
    const all = await ask(plane, `POST ${base}/backup`, { key, body: { buckets: "all" } });
    expect(all.status).toBe(202);
  });
});
