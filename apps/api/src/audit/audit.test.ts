import { expect, test } from "vitest";
import { rowsOf } from "../db/database.ts";
import { eq, sql } from "../db/orm.ts";
import { auditEvents } from "../db/schema/audit-events.ts";
import { ask, call } from "../testing/ask.ts";
import { type ControlPlane, describeOnEveryDatabase } from "../testing/control-plane.ts";

async function tenant(plane: ControlPlane) {
  const organizationId = await plane.tenant("audited");
  return { organizationId, key: await plane.key("owner", { organizationId }) };
}

const check = (plane: ControlPlane, key: string) =>
  call(plane, { name: "audit.check", type: "query" }, { key });

describeOnEveryDatabase("the audit", ({ shared }) => {
  test("tells every change, who made it, on what, and with what result", async () => {
    const plane = await shared();
    const { key } = await tenant(plane);
    const made = await ask(plane, "POST /api/projects", { key, body: { name: "loja" } });
    await ask(plane, "POST /api/projects", { key, body: { name: "" } });
    await ask(plane, "GET /api/projects", { key });
    const { json } = await call(plane, { name: "audit.list", type: "query", input: {} }, { key });
    const events = json.result.data.items;
    expect(events).toHaveLength(2);
    expect(events[1]).toMatchObject({
      action: "projects.create",
      result: "ok",
      actor: { kind: "key", name: "owner of a test" },
      target: { kind: "project", id: made.json.id, name: "loja" },
      requestId: made.headers.get("x-request-id"),
    });
    expect(events[0]).toMatchObject({ result: "refused", code: "input.invalid" });
  });

  test("is one chain, however many write at once", async () => {
    const plane = await shared();
    const { key } = await tenant(plane);
    const names = Array.from({ length: 20 }, (_, number) => `p${number}`);
    await Promise.all(names.map((name) => ask(plane, "POST /api/projects", { key, body: { name } })));
    expect((await check(plane, key)).json.result.data).toEqual({ ok: true, events: 20, brokenAt: null });
  });

  test("cannot be changed, shortened or emptied through the database's own door", async () => {
    const plane = await shared();
    const { key, organizationId } = await tenant(plane);
    await ask(plane, "POST /api/projects", { key, body: { name: "n" } });
    const own = eq(auditEvents.organizationId, organizationId);
    const { db } = plane.deps;
    await expect(db.update(auditEvents).set({ action: "nothing" }).where(own)).rejects.toThrow();
    await expect(db.delete(auditEvents).where(own)).rejects.toThrow();
    await expect(db.execute(sql`truncate audit_events`)).rejects.toThrow();
    expect(await db.select().from(auditEvents).where(own)).toHaveLength(1);
  });

  test("shows where somebody changed it behind its back", async () => {
    const plane = await shared();
    const { key, organizationId } = await tenant(plane);
    for (const name of ["a", "b", "c"]) await ask(plane, "POST /api/projects", { key, body: { name } });
    await plane.deps.db.transaction(async (tx) => {
      await tx.execute(sql`alter table audit_events disable trigger all`);
      await tx.execute(
        sql`update audit_events set result = 'refused' where organization_id = ${organizationId} and position = 2`,
      );
      await tx.execute(sql`alter table audit_events enable trigger all`);
    });
    expect((await check(plane, key)).json.result.data).toEqual({ ok: false, events: 1, brokenAt: 2 });
  });
});

describeOnEveryDatabase("secrets", ({ shared }) => {
  test("go in and come out nowhere: not in answers, logs, or any table", async () => {
    const plane = await shared();
    const { key, organizationId } = await tenant(plane);
    const secret = "s3nha 'muito' $(secreta) `ção`";
    const hostKey = { algorithm: "ssh-ed25519", fingerprint: `SHA256:${"A".repeat(43)}` };
    const server = await ask(plane, "POST /api/servers", {
      key,
      body: {
        name: "web-1",
        host: "192.0.2.1",
        user: "root",
        auth: { password: secret },
        hostKey,
        test: false,
      },
      headers: { "idempotency-key": "with a secret" },
    });
    expect(server.json.auth.password).toEqual({ set: true });
    const project = await ask(plane, "POST /api/projects", { key, body: { name: "n" } });
    const config = { host: "db", port: 5432, username: "app", database: "shop", password: secret };
    const base = `/api/projects/${project.json.id}/resources`;
    const body = { name: "db", type: "postgres", serverId: server.json.id, config, test: false };
    const resource = await ask(plane, `POST ${base}`, { key, body });
    expect(resource.json.config).toMatchObject({ username: "app", password: { set: true } });
    const edited = await ask(plane, `PUT ${base}/${resource.json.id}`, {
      key,
      body: { config: { ...resource.json.config, username: "other" }, test: false },
    });
    expect(edited.json.config).toMatchObject({ username: "other", password: { set: true } });
    const bad = await ask(plane, `POST ${base}`, {
      key,
      body: { ...body, config: { ...config, port: secret } },
    });
    const seen = [server, resource, edited, bad].map((answer) => answer.text).join();
    expect(seen).not.toContain(secret);
    expect(plane.logged()).not.toContain(secret);
    expect(await everythingIn(plane)).not.toContain(secret);
    const [row] = rowsOf(
      await plane.deps.db.execute(
        sql`select secret_fields from resources where organization_id = ${organizationId}`,
      ),
    );
    expect(row?.secret_fields).toEqual(["password"]);
  });
});

async function everythingIn(plane: ControlPlane): Promise<string> {
  const tables = rowsOf(
    await plane.deps.db.execute(
      sql`select table_name from information_schema.tables where table_schema = 'public'`,
    ),
  );
  const texts = await Promise.all(
    tables.map(async ({ table_name: table }) =>
      JSON.stringify(
        rowsOf(await plane.deps.db.execute(sql`select * from ${sql.identifier(String(table))}`)),
      ),
    ),
  );
  expect(texts.length).toBeGreaterThan(15);
  return texts.join("\n").replaceAll("\\\\", "\\").replaceAll('\\"', '"');
}
