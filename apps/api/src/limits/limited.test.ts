import { afterAll, beforeAll, expect, test } from "vitest";
import { newApiKey } from "../auth/api-key.ts";
import { embedded } from "../testing/catalogues.ts";
import { type ControlPlane, startControlPlane } from "../testing/control-plane.ts";
import { type Belongings, writeBelongings } from "../testing/paper.ts";

let plane: ControlPlane;
let ids: Belongings;

beforeAll(async () => {
  plane = await startControlPlane(await embedded.open(), { limitScale: 0.1 });
  ids = await writeBelongings(plane.deps, plane.deps.installation.organizationId);
});
afterAll(() => plane[Symbol.asyncDispose]());

test.each([
  ["/metrics", 3],
  ["/api/jobs/:id/events", 6],
])("%s is limited to its budget, with the time to wait, and another caller goes on", async (path, points) => {
  const ask = async (key: string) => {
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${key}` };
    const answer = await plane.app.request(path.replace(":id", ids.jobId), { headers, signal: gone.signal });
    const { status } = answer;
    const retryAfter = answer.headers.get("retry-after");
    await answer.body?.cancel();
    gone.abort();
    return { status, retryAfter };
  };
  const [one, other] = [await plane.key("viewer"), await plane.key("viewer")];
  for (let n = 0; n < points; n += 1) expect((await ask(one)).status).toBe(200);
  const refused = await ask(one);
  expect(refused.status).toBe(429);
  expect(Number(refused.retryAfter)).toBeGreaterThan(0);
  expect((await ask(other)).status).toBe(200);
});

test.each([
  ["HEAD /backups/:id/download", 6],
  ["POST /backups/:id/download-link", 6],
  ["GET /minio/object?bucket=b&key=k", 6],
  ["POST /backups/:id/restore", 2],
])("%s is limited to the budget of its caller, and another goes on", async (line, points) => {
  const [method = "", path = ""] = line.split(" ");
  const [one, other] = [await plane.key("operator"), await plane.key("operator")];
  const at = `/api/resources/${ids.resourceId}${path.replace(":id", ids.backupId)}`;
  const ask = (key: string) =>
    plane.app.request(at, {
      ...{ method, headers: { authorization: `Bearer ${key}`, "content-type": "application/json" } },
      ...(method === "POST" ? { body: "{}" } : {}),
    });
  for (let n = 0; n < points; n += 1) expect((await ask(one)).status).not.toBe(429);
  const refused = await ask(one);
  expect([refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([429, true]);
  expect((await ask(other)).status).not.toBe(429);
});

test("links that open nothing are limited by address", async () => {
  const path = `/api/resources/${ids.resourceId}/backups/${ids.backupId}/download?token=nonsense`;
  const from = (remoteAddress: string) =>
    plane.app.request(path, {}, { incoming: { socket: { remoteAddress } } });
  const tries: number[] = [];
  for (let n = 0; n < 7; n += 1) tries.push((await from("203.0.113.9")).status);
  expect(tries).toEqual([...Array(6).fill(404), 429]);
  expect((await from("198.51.100.9")).status).toBe(404);
});

test.each([
  ["/api/projects", 1],
  ["/api/trpc/session.me", 2],
  ["/metrics", 3],
  ["/api/jobs/x/events", 4],
])(
  "%s with refused keys is limited by address, with the time to wait, and a good key from there goes on",
  async (path, n) => {
    const [address, another] = [`203.0.113.${n}`, `198.51.100.${n}`];
    const from = (key: string, remoteAddress: string) => {
      const headers = { authorization: `Bearer ${key}` };
      return plane.app.request(path, { headers }, { incoming: { socket: { remoteAddress } } });
    };
    const good = await plane.key("viewer");
    for (const key of [newApiKey(), newApiKey()]) expect((await from(key, address)).status).toBeLessThan(402);
    const refused = await from(newApiKey(), address);
    expect([refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect(await refused.text()).toContain("rate.limited");
    expect((await from(newApiKey(), another)).status).not.toBe(429);
    expect((await from(good, address)).status).not.toBe(429);
  },
);
