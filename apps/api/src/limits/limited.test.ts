import { afterAll, beforeAll, expect, test } from "vitest";
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
