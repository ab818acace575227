import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { and, eq } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import { jobs } from "../db/schema/jobs.ts";
import { resources } from "../db/schema/resources.ts";
import { servers } from "../db/schema/servers.ts";
import { ask } from "../testing/ask.ts";
import { type ControlPlane, describeOnEveryDatabase } from "../testing/control-plane.ts";
import { writeBelongings } from "../testing/paper.ts";

/** A tenant of a test's own, with one of everything. */
async function withBelongings(plane: ControlPlane) {
  const organizationId = await plane.tenant("of a test");
  const key = await plane.key("owner", { organizationId });
  return { organizationId, key, ...(await writeBelongings(plane.deps, organizationId)) };
}

function backupsOf(resourceId: string) {
  return and(eq(jobs.kind, "backup"), eq(jobs.resourceId, resourceId));
}

function safetyOf(resourceId: string) {
  return and(eq(backups.origin, "safety"), eq(backups.resourceId, resourceId));
}

async function ownerOfNothing(plane: ControlPlane): Promise<string> {
  return await plane.key("owner", { organizationId: await plane.tenant("of a test") });
}

describeOnEveryDatabase("REST", ({ shared }) => {
  test("tells what is wrong as problem+json, each field by its path", async () => {
    const plane = await shared();
    const key = await ownerOfNothing(plane);
    const { status, headers, json } = await ask(plane, "POST /api/projects", {
      key,
      body: { name: "", selector: { servers: "all" } },
    });
    expect(status).toBe(422);
    expect(headers.get("content-type")).toContain("application/problem+json");
    expect(json).toMatchObject({
      code: "input.invalid",
      status: 422,
      requestId: headers.get("x-request-id"),
    });
    expect(json.errors.map((error: { path: string }) => error.path).toSorted()).toEqual([
      "name",
      "selector.servers",
    ]);
  });

  test.each([
    ["a body that is no JSON", { body: undefined, raw: "{", type: "application/json" }],
    ["a body of another type", { body: undefined, raw: "name=n", type: "application/x-www-form-urlencoded" }],
    ["a body that is a list", { body: undefined, raw: "[]", type: "application/json" }],
  ])("%s is bad input", async (_case, { raw, type }) => {
    const plane = await shared();
    const key = await ownerOfNothing(plane);
    const answer = await plane.app.request("/api/projects", {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": type },
      body: raw,
    });
    expect(answer.status).toBe(422);
  });

  test("a body beyond the limit is too large, whatever its length says", async () => {
    const plane = await shared();
    const key = await ownerOfNothing(plane);
    const { status, json } = await ask(plane, "POST /api/projects", {
      key,
      body: { name: "n".repeat(1_200_000) },
    });
    expect(status).toBe(413);
    expect(json.code).toBe("input.too-large");
  });

  test("nobody's answer says how to log in; an unknown path is not found", async () => {
    const plane = await shared();
    const refused = await ask(plane, "GET /api/projects");
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toContain("Bearer");
    expect((await ask(plane, "GET /api/nothing")).status).toBe(404);
    expect((await ask(plane, "PATCH /api/projects")).status).toBe(404);
  });

  test("every route of the document is served", async () => {
    const plane = await shared();
    const served = new Set(plane.app.routes.map(({ method, path }) => `${method} ${path}`));
    const { json } = await ask(plane, "GET /api/openapi.json");
    for (const [path, operations] of Object.entries<object>(json.paths)) {
      const place = `/api${path.replace(/\{(\w+)\}/g, ":$1")}`;
      for (const method of Object.keys(operations))
        expect(served).toContain(`${method.toUpperCase()} ${place}`);
    }
  });

  test("something new answers 201 with where it is, and 204 has no body", async () => {
    const plane = await shared();
    const key = await ownerOfNothing(plane);
    const made = await ask(plane, "POST /api/projects", { key, body: { name: "Loja São João" } });
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`/api/projects/${made.json.id}`);
    expect(made.json).toMatchObject({ slug: "loja-sao-joao", backupCount: 0, successRate: null });
    const found = await ask(plane, `GET ${made.headers.get("location")}`, { key });
    expect(found.json).toEqual(made.json);
    const gone = await ask(plane, `DELETE /api/projects/${made.json.id}`, { key });
    expect([gone.status, gone.text]).toEqual([204, ""]);
  });

  test("lists come in pages that miss nothing and repeat nothing", async () => {
    const plane = await shared();
    const key = await ownerOfNothing(plane);
    for (let number = 0; number < 5; number += 1) {
      await ask(plane, "POST /api/projects", { key, body: { name: `p${number}` } });
    }
    const names: string[] = [];
    let cursor = "";
    do {
      const { json } = await ask(plane, `GET /api/projects?limit=2${cursor}`, { key });
      names.push(...json.items.map((item: { name: string }) => item.name));
      cursor = json.nextCursor === null ? "" : `&cursor=${json.nextCursor}`;
    } while (cursor !== "");
    expect(names).toEqual(["p0", "p1", "p2", "p3", "p4"]);
    expect((await ask(plane, "GET /api/projects?limit=201", { key })).status).toBe(422);
    expect((await ask(plane, "GET /api/projects?limit=x", { key })).status).toBe(422);
  });

  test("PUT by external id creates, then changes the same, and decodes what stands in the path", async () => {
    const plane = await shared();
    const key = await ownerOfNothing(plane);
    const line = `PUT /api/projects/by-external-id/${encodeURIComponent("app/42 ç")}`;
    const first = await ask(plane, line, { key, body: { name: "one" } });
    const second = await ask(plane, line, { key, body: { name: "two" } });
    expect(first.json.externalId).toBe("app/42 ç");
    expect(second.json).toMatchObject({ id: first.json.id, name: "two" });
    const taken = await ask(plane, "POST /api/projects", {
      key,
      body: { name: "x", externalId: "app/42 ç" },
    });
    expect([taken.status, taken.json.code]).toEqual([409, "state.conflict"]);
  });

  test("PUT of a server by external id keeps what it does not name, and never makes it of another kind", async () => {
    const plane = await shared();
    const { key } = await withBelongings(plane);
    const put = (body: object) =>
      ask(plane, "PUT /api/servers/by-external-id/web-1", {
        key,
        body: { name: "web", test: false, ...body },
      });
    const hostKey = { algorithm: "ssh-ed25519", fingerprint: `SHA256:${"A".repeat(43)}` };
    const access = { host: "192.0.2.7", user: "root", auth: { password: "of web-1" }, hostKey };
    const first = await put({ ...access, port: 2222 });
    expect(first.json, first.text).toMatchObject({ kind: "ssh", port: 2222, externalId: "web-1" });
    const sealed = async () =>
      (await plane.deps.db.select().from(servers).where(eq(servers.id, first.json.id)))[0]?.sealedAuth;
    const before = await sealed();
    const renamed = await put({ name: "renamed" });
    expect(renamed.json).toMatchObject({ id: first.json.id, name: "renamed", port: 2222 });
    expect(renamed.json.auth).toMatchObject({ password: { set: true }, privateKey: { set: false } });
    expect(await sealed()).toEqual(before);
    const other = await put({ kind: "local" });
    expect([other.status, other.json.code]).toEqual([409, "state.conflict"]);
    const emptied = await put({ auth: {} });
    expect(emptied.json.auth.password).toEqual({ set: false });
  });

  test("PUT of a resource by external id keeps what it does not name, and never makes it of another type", async () => {
    const plane = await shared();
    const { key, projectId, serverId } = await withBelongings(plane);
    const put = (body: object) =>
      ask(plane, "PUT /api/resources/by-external-id/db-1", {
        key,
        body: { projectId, serverId, type: "redis", name: "cache", test: false, ...body },
      });
    const first = await put({ config: { host: "192.0.2.8", port: 6380, password: "of db-1" } });
    expect(first.json, first.text).toMatchObject({ type: "redis", externalId: "db-1" });
    const renamed = await put({ name: "renamed" });
    expect(renamed.json).toMatchObject({ id: first.json.id, name: "renamed", config: first.json.config });
    expect(renamed.json.config).toMatchObject({ port: 6380, password: { set: true } });
    const moved = await put({ config: { host: "192.0.2.9" } });
    expect(moved.json.config).toMatchObject({ host: "192.0.2.9", port: 6380, password: { set: true } });
    const other = await put({ type: "postgres" });
    expect([other.status, other.json.code]).toEqual([409, "state.conflict"]);
  });

  test("a body cannot talk a path into another object", async () => {
    const plane = await shared();
    const { key, projectId } = await withBelongings(plane);
    const other = (await ask(plane, "POST /api/projects", { key, body: { name: "other" } })).json.id;
    await ask(plane, `PUT /api/projects/${other}`, { key, body: { id: projectId, name: "renamed" } });
    expect((await ask(plane, `GET /api/projects/${projectId}`, { key })).json.name).toBe("loja");
    expect((await ask(plane, `GET /api/projects/${other}`, { key })).json.name).toBe("renamed");
  });
});

describeOnEveryDatabase("long work by REST", ({ shared }) => {
  test("answers 202 at once with backups, job, and where the job is", async () => {
    const plane = await shared();
    const { key, resourceId, storeId } = await withBelongings(plane);
    const answer = await ask(plane, `POST /api/resources/${resourceId}/backups`, { key });
    expect(answer.status, answer.text).toBe(202);
    expect(answer.headers.get("location")).toBe(`/api/jobs/${answer.json.job.id}`);
    expect(answer.json.job).toMatchObject({ kind: "backup", status: "queued", resourceName: "shop-db" });
    expect(answer.json.backups).toHaveLength(1);
    expect(answer.json.backups[0]).toMatchObject({
      status: "pending",
      unit: "shop",
      storeId,
      runId: answer.json.runId,
    });
  });

  test("Prefer: wait answers when the job is over, with everything as it stands then", async () => {
    const plane = await shared();
    const { key, resourceId } = await withBelongings(plane);
    const line = `POST /api/resources/${resourceId}/backups`;
    const asked = ask(plane, line, { key, headers: { prefer: "wait=20" } });
    const row = await until(
      async () => (await plane.deps.db.select().from(jobs).where(backupsOf(resourceId)))[0],
    );
    await plane.deps.db.update(backups).set({ status: "failed" }).where(eq(backups.jobId, row.id));
    await plane.deps.db
      .update(jobs)
      .set({ status: "failed", finishedAt: new Date() })
      .where(eq(jobs.id, row.id));
    const { json, headers } = await asked;
    expect(json.job.status).toBe("failed");
    expect(json.backups[0].status).toBe("failed");
    expect(headers.get("preference-applied")).toBe("wait=20");
  });

  test("Prefer: wait gives up in time", async () => {
    const plane = await shared();
    const { key, resourceId } = await withBelongings(plane);
    const began = performance.now();
    const { json } = await ask(plane, `POST /api/resources/${resourceId}/backups`, {
      key,
      headers: { prefer: "wait=1" },
    });
    expect(json.job.status).toBe("queued");
    expect(performance.now() - began).toBeGreaterThan(900);
  });

  test("the same Idempotency-Key answers the first result again, and never another request's", async () => {
    const plane = await shared();
    const { key, resourceId, organizationId } = await withBelongings(plane);
    const line = `POST /api/resources/${resourceId}/backups`;
    const once = (body: unknown) => ask(plane, line, { key, body, headers: { "idempotency-key": "k1" } });
    const [first, again] = [await once({}), await once({})];
    expect(again.text).toBe(first.text);
    expect(again.headers.get("location")).toBe(first.headers.get("location"));
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(await plane.deps.db.select().from(jobs).where(backupsOf(resourceId))).toHaveLength(1);
    expect((await once({ note: "other" })).status).toBe(422);
    const another = await plane.key("owner", { organizationId });
    const own = await ask(plane, line, { key: another, body: {}, headers: { "idempotency-key": "k1" } });
    expect(own.json.job.id).not.toBe(first.json.job.id);
  });

  test("many at once with one Idempotency-Key do it once", async () => {
    const plane = await shared();
    const { key, resourceId } = await withBelongings(plane);
    const line = `POST /api/resources/${resourceId}/backups`;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        ask(plane, line, { key, body: {}, headers: { "idempotency-key": "k2" } }),
      ),
    );
    expect(new Set(answers.map((answer) => answer.status)).difference(new Set([202, 409]))).toEqual(
      new Set(),
    );
    expect(await plane.deps.db.select().from(jobs).where(backupsOf(resourceId))).toHaveLength(1);
  });

  test("a failed request does not use its Idempotency-Key up", async () => {
    const plane = await shared();
    const { key, resourceId } = await withBelongings(plane);
    const line = `POST /api/resources/${resourceId}/backups`;
    await plane.deps.db.update(resources).set({ status: "missing" }).where(eq(resources.id, resourceId));
    const asked = { key, body: {}, headers: { "idempotency-key": "k3" } };
    expect((await ask(plane, line, asked)).status).toBe(409);
    await plane.deps.db.update(resources).set({ status: "running" }).where(eq(resources.id, resourceId));
    expect((await ask(plane, line, asked)).status).toBe(202);
  });

  test("a restore that collides is refused with the other job's id; a second backup queues", async () => {
    const plane = await shared();
    const { key, resourceId, backupId } = await withBelongings(plane);
    const backup = () => ask(plane, `POST /api/resources/${resourceId}/backups`, { key });
    const first = await backup();
    expect((await backup()).status).toBe(202);
    const restore = await ask(plane, `POST /api/resources/${resourceId}/backups/${backupId}/restore`, {
      key,
    });
    expect(restore.status).toBe(423);
    expect(restore.json).toMatchObject({ code: "resource.busy", context: { jobId: first.json.job.id } });
    expect(restore.headers.get("retry-after")).not.toBeNull();
  });

  test("a restore writes its job and the row of what protects the data, or neither", async () => {
    const plane = await shared();
    const { key, resourceId, backupId } = await withBelongings(plane);
    const line = `POST /api/resources/${resourceId}/backups/${backupId}/restore`;
    const bad = await ask(plane, line, { key, body: { units: ["nothing"] } });
    expect([bad.status, bad.json.hint]).toEqual([422, "It holds shop."]);
    const done = await ask(plane, line, { key, body: { destination: { unit: "shop_test" } } });
    expect(done.status, done.text).toBe(202);
    const [safety] = await plane.deps.db
      .select()
      .from(backups)
      .where(eq(backups.id, done.json.safetyBackupId));
    expect(safety).toMatchObject({
      origin: "safety",
      status: "pending",
      unit: "shop_test",
      jobId: done.json.job.id,
    });
    const [job] = await plane.deps.db.select().from(jobs).where(eq(jobs.id, done.json.job.id));
    expect(job?.request).toMatchObject({
      units: [{ from: "shop", into: "shop_test" }],
      safetyBackupId: safety?.id,
    });
    const again = await ask(plane, line, { key, body: { safetyBackup: false } });
    expect(again.status).toBe(423);
    expect(await plane.deps.db.select().from(backups).where(safetyOf(resourceId))).toHaveLength(1);
  });

  test("a pinned backup, and one that a job reads, cannot be deleted", async () => {
    const plane = await shared();
    const { key, resourceId, backupId } = await withBelongings(plane);
    const line = `DELETE /api/resources/${resourceId}/backups/${backupId}`;
    await plane.deps.db.update(backups).set({ pinned: true }).where(eq(backups.id, backupId));
    expect((await ask(plane, line, { key })).json).toMatchObject({ status: 409, code: "state.conflict" });
    await plane.deps.db.update(backups).set({ pinned: false }).where(eq(backups.id, backupId));
    await ask(plane, `POST /api/resources/${resourceId}/backups/${backupId}/validate`, { key });
    expect((await ask(plane, line, { key })).status).toBe(423);
  });

  test("a job's events are sent as they happen, and end with the job", async () => {
    const plane = await shared();
    const { key, resourceId } = await withBelongings(plane);
    const { json } = await ask(plane, `POST /api/resources/${resourceId}/backups`, { key });
    const answer = await plane.app.request(`/api/jobs/${json.job.id}/events`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    const set = (values: Partial<typeof jobs.$inferInsert>) =>
      plane.deps.db.update(jobs).set(values).where(eq(jobs.id, json.job.id));
    const reading = answer.text();
    await sleep(600);
    await set({ status: "running", phase: "dumping" });
    await sleep(900);
    await set({ status: "succeeded", phase: "done", finishedAt: new Date() });
    const states = [...(await reading).matchAll(/^data: (.*)$/gm)].map(
      ([, data]) => JSON.parse(data ?? "{}").status,
    );
    expect(states).toEqual(["queued", "running", "succeeded"]);
  });
});

async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error("it never came");
}
