import type { AnyProcedure, AnyRouter } from "@trpc/server";
import { beforeAll, expect, test } from "vitest";
import { auditEvents } from "./db/schema/audit-events.ts";
import type { Role } from "./db/schema/memberships.ts";
import { restRoutes } from "./rest/routes.ts";
import { ask, call } from "./testing/ask.ts";
import { type ControlPlane, describeOnEveryDatabase } from "./testing/control-plane.ts";
import { type Belongings, writeBelongings } from "./testing/paper.ts";
import { MATRIX } from "./testing/tenancy-matrix.ts";
import { appRouter } from "./trpc/root.ts";

/** Routes that are not a procedure's second door, each with what a stranger gets of `theirs`. */
const OTHER_ROUTES: Readonly<Record<string, (theirs: Belongings) => { line: string; status: number }>> = {
  "GET /api/health": () => ({ line: "GET /api/health", status: 200 }),
  "GET /api/ready": () => ({ line: "GET /api/ready", status: 200 }),
  "GET /api/openapi.json": () => ({ line: "GET /api/openapi.json", status: 200 }),
  "GET /metrics": () => ({ line: "GET /metrics", status: 200 }),
  "ALL /api/trpc/*": () => ({ line: "GET /api/trpc/projects.nothing", status: 404 }),
  "GET /api/jobs/:id/events": ({ jobId }) => ({ line: `GET /api/jobs/${jobId}/events`, status: 404 }),
  "GET /api/resources/:resourceId/minio/object": ({ resourceId }) => ({
    line: `GET /api/resources/${resourceId}/minio/object?bucket=b&key=k`,
    status: 404,
  }),
  "PUT /api/resources/:resourceId/minio/object": ({ resourceId }) => ({
    line: `PUT /api/resources/${resourceId}/minio/object?bucket=b&key=k`,
    status: 404,
  }),
  "DELETE /api/resources/:resourceId/minio/object": ({ resourceId }) => ({
    line: `DELETE /api/resources/${resourceId}/minio/object?bucket=b&key=k`,
    status: 404,
  }),
  "GET /api/resources/:resourceId/minio/zip": ({ resourceId }) => ({
    line: `GET /api/resources/${resourceId}/minio/zip?bucket=b`,
    status: 404,
  }),
  "GET /api/resources/:resourceId/backups/:id/download": ({ resourceId, backupId }) => ({
    line: `GET /api/resources/${resourceId}/backups/${backupId}/download`,
    status: 404,
  }),
};

function procedures() {
  const record: AnyRouter["_def"]["procedures"] = appRouter._def.procedures;
  return Object.entries<AnyProcedure>(record).map(([name, { _def }]) => ({
    name,
    type: _def.type === "query" ? ("query" as const) : ("mutation" as const),
    isStream: _def.type === "subscription",
  }));
}

test("every procedure has its row, and no row is without its procedure", () => {
  expect(Object.keys(MATRIX).toSorted()).toEqual(
    procedures()
      .map(({ name }) => name)
      .toSorted(),
  );
});

describeOnEveryDatabase("a second tenant", ({ shared }) => {
  let plane: ControlPlane;
  let theirs: Belongings;
  let stranger: string;

  beforeAll(async () => {
    plane = await shared();
    theirs = await writeBelongings(plane.deps, plane.deps.installation.organizationId);
    stranger = await plane.key("owner", { organizationId: await plane.tenant("strangers") });
  });

  const showsNothing = (text: string) => {
    for (const id of Object.values(theirs)) expect(text).not.toContain(id);
  };

  test.each(procedures().filter(({ isStream }) => !isStream))(
    "gets nothing from $name",
    async ({ name, type }) => {
      const row = MATRIX[name];
      const input = row?.input?.(theirs);
      const answer = await call(plane, { name, type, input }, { key: stranger });
      if (row?.expected === "absent") {
        expect(answer.json.error.data.fault.code, answer.text).toBe("not.found");
        expect(answer.status).toBe(404);
      }
      if (row?.expected === "own") expect(answer.status, answer.text).toBe(200);
      if (row?.expected === "own" || row?.expected === "nobody") showsNothing(answer.text);
    },
  );

  test.each(restRoutes())("gets nothing from $method /api$path", async (route) => {
    const row = MATRIX[route.name];
    const input = Object.entries(row?.input?.(theirs) ?? {});
    const path = input.reduce((so, [field, value]) => so.replace(`{${field}}`, String(value)), route.path);
    const rest = input.filter(([field]) => !route.path.includes(`{${field}}`));
    const isBody = route.method === "POST" || route.method === "PUT";
    const query = isBody
      ? ""
      : `?${new URLSearchParams(Object.fromEntries(rest.map(([field, value]) => [field, String(value)])))}`;
    const body = isBody ? { body: Object.fromEntries(rest) } : {};
    const answer = await ask(plane, `${route.method} /api${path}${query}`, { key: stranger, ...body });
    if (row?.expected === "absent") {
      expect(answer.status, answer.text).toBe(404);
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
      expect(answer.json.code).toBe("not.found");
    } else {
      expect(answer.status, answer.text).toBeLessThan(300);
      showsNothing(answer.text);
    }
  });

  test("finds every route of the app in one of both lists", () => {
    const doors = restRoutes().map(
      ({ method, path }) => `${method} /api${path.replace(/\{(\w+)\}/g, ":$1")}`,
    );
    const known = new Set([...doors, ...Object.keys(OTHER_ROUTES)]);
    const routes = plane.app.routes.filter(({ path }) => !["/*", "/api/*"].includes(path));
    expect(
      routes.map(({ method, path }) => `${method} ${path}`).filter((route) => !known.has(route)),
    ).toEqual([]);
  });

  test.each(Object.keys(OTHER_ROUTES))("gets nothing from %s", async (name) => {
    const other = OTHER_ROUTES[name]?.(theirs);
    const answer = await ask(plane, other?.line ?? "", { key: stranger });
    expect(answer.status, answer.text).toBe(other?.status);
    if (other?.status !== 404) showsNothing(answer.text);
  });

  test("cannot follow another's jobs", async () => {
    const input = encodeURIComponent(JSON.stringify({ jobId: theirs.jobId }));
    const answer = await plane.app.request(`/api/trpc/jobs.events?input=${input}`, {
      headers: { authorization: `Bearer ${stranger}`, accept: "text/event-stream" },
    });
    expect(await answer.text()).toContain('"not.found"');
  });

  test("is told to its own audit, and not to ours", async () => {
    const rows = await plane.deps.db.select().from(auditEvents);
    const refused = rows.filter((row) => row.result === "refused" && row.code === "not.found");
    expect(refused.length).toBeGreaterThan(30);
    expect(refused.filter((row) => row.organizationId === plane.deps.installation.organizationId)).toEqual(
      [],
    );
  });
});

const RANKS: readonly Role[] = ["viewer", "operator", "admin", "owner"];

describeOnEveryDatabase("a role that is not enough", ({ shared }) => {
  let plane: ControlPlane;
  let own: Belongings;
  const keys = new Map<Role, string>();

  beforeAll(async () => {
    plane = await shared();
    own = await writeBelongings(plane.deps, plane.deps.installation.organizationId);
    for (const role of RANKS) keys.set(role, await plane.key(role));
  });

  const cases = procedures().flatMap(({ name, type, isStream }) =>
    RANKS.slice(0, RANKS.indexOf(MATRIX[name]?.role ?? "viewer")).map((role) => ({
      name,
      type,
      role,
      isStream,
    })),
  );

  test.each(cases.filter(({ isStream }) => !isStream))(
    "$role may not $name, and the audit says so",
    async ({ name, type, role }) => {
      const input = MATRIX[name]?.input?.(own);
      const answer = await call(plane, { name, type, input }, { key: keys.get(role) ?? "" });
      expect(answer.json.error.data.fault.code, answer.text).toBe("auth.forbidden");
      expect(answer.status).toBe(403);
      const rows = await plane.deps.db.select().from(auditEvents);
      const told = rows.filter((row) => row.action === name && row.code === "auth.forbidden");
      expect(told.map((row) => row.actor.name)).toContain(`${role} of a test`);
    },
  );

  test.each(procedures().filter(({ name }) => MATRIX[name]?.role !== undefined))(
    "nobody at all may $name",
    async ({ name, type, isStream }) => {
      const input = MATRIX[name]?.input?.(own);
      const answer = await call(plane, { name, type: isStream ? "query" : type, input });
      expect(answer.text).toContain('"auth.required"');
    },
  );
});

describeOnEveryDatabase("a key of one project", ({ start }) => {
  test("sees that project alone, and not its neighbour in the same organization, nor what belongs to all", async () => {
    await using plane = await start();
    const { organizationId } = plane.deps.installation;
    const own = await writeBelongings(plane.deps, organizationId);
    const key = await plane.key("owner", { projectId: own.projectId });
    await plane.deps.db.execute("update projects set external_id = null");
    await plane.deps.db.execute("update servers set external_id = null");
    await plane.deps.db.execute("update resources set external_id = null");
    const neighbour = await writeBelongings(plane.deps, organizationId);
    const { json } = await ask(plane, "GET /api/projects", { key });
    expect(json.items.map((project: { id: string }) => project.id)).toEqual([own.projectId]);
    for (const path of [
      `/api/projects/${neighbour.projectId}`,
      `/api/projects/${neighbour.projectId}/resources`,
      `/api/resources/${neighbour.resourceId}/backups`,
      `/api/jobs/${neighbour.jobId}`,
      `/api/servers/${neighbour.serverId}`,
      `/api/stores/${neighbour.storeId}`,
    ]) {
      expect((await ask(plane, `GET ${path}`, { key })).status, path).toBe(404);
    }
    expect((await ask(plane, `GET /api/servers/${own.serverId}`, { key })).status).toBe(200);
    expect((await ask(plane, "POST /api/projects", { key, body: { name: "n" } })).status).toBe(403);
    expect((await call(plane, { name: "apiKeys.list", type: "query", input: {} }, { key })).status).toBe(403);
  });
});
