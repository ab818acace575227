import { setTimeout as sleep } from "node:timers/promises";
import { absentReason } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApiError, createCofre, type Job } from "../src/index.ts";
import { type StartedCofre, startCofre } from "./start-cofre.ts";
import { type StartedShop, startShop } from "./start-shop.ts";

/** Why a call was rejected. */
async function refusal(call: Promise<unknown>): Promise<ApiError> {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(ApiError);
  // checked: the line above
  return thrown as ApiError;
}

describe.skipIf(absentReason({ engine: "postgres", version: "15" }))("a job through the SDK", () => {
  let api: StartedCofre;
  let shop: StartedShop;

  beforeAll(async () => {
    api = await startCofre();
    shop = await startShop(api.cofre);
  });
  afterAll(async () => {
    await shop?.[Symbol.asyncDispose]();
    await api?.[Symbol.asyncDispose]();
  });

  const backUp = async () => (await api.cofre.backups.create.mutate({ resourceId: shop.resource.id })).job.id;

  test("is followed live, from where it stands to its end", async () => {
    const seen: Job[] = [];
    for await (const job of api.cofre.follow(await backUp())) seen.push(job);
    expect(seen.at(-1)).toMatchObject({ status: "succeeded", phase: "done" });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.slice(0, -1).every((job) => job.status === "queued" || job.status === "running")).toBe(true);
  });

  test("that is over is told once, and waiting for it does not wait", async () => {
    const id = await backUp();
    const first = await api.cofre.wait(id);
    const seen: Job[] = [];
    for await (const job of api.cofre.follow(id)) seen.push(job);
    expect(seen).toEqual([first]);
  });

  test("is still followed after Cofre was killed and started again in the middle of it", async () => {
    const unlock = await shop.lock();
    const id = await backUp();
    const steps: Job[] = [];
    const waiting = api.cofre.wait(id, { onStep: (job) => steps.push(job) });
    while (steps.at(-1)?.status !== "running") await sleep(100);
    await api.kill();
    const before = steps.length;
    await sleep(1_500);
    await api.start();
    while (steps.length === before) await sleep(100);
    await unlock();
    expect(await waiting).toMatchObject({ id, status: "succeeded" });
  });

  test("is given up when Cofre stays away longer than the patience", async () => {
    const unlock = await shop.lock();
    const id = await backUp();
    const waiting = refusal(api.cofre.wait(id, { patienceMs: 1_500 }));
    await sleep(500);
    await api.kill();
    const error = await waiting;
    await api.start();
    await unlock();
    expect(error).toMatchObject({ code: "server.unreachable", status: 0 });
    expect(error.message).toContain("ECONNREFUSED");
    await api.cofre.wait(id);
  });

  test("that failed rejects with its own fault: code, message and what to do", async () => {
    const asked = { resourceId: shop.resource.id, units: ["not-there"] };
    const { job } = await api.cofre.backups.create.mutate(asked);
    const error = await refusal(api.cofre.wait(job.id));
    expect(error).toMatchObject({ code: "target.missing", status: 200, context: { jobId: job.id } });
    expect(error.message).toContain("not-there");
    expect(error.hint).toEqual(expect.stringMatching(/\S/));
  });

  test("that was cancelled rejects as cancelled", async () => {
    const unlock = await shop.lock();
    const id = await backUp();
    await api.cofre.jobs.cancel.mutate({ id });
    expect(await refusal(api.cofre.wait(id))).toMatchObject({ code: "job.cancelled" });
    await unlock();
  });

  test("is no longer waited for once the signal is aborted, and goes on", async () => {
    const unlock = await shop.lock();
    const id = await backUp();
    const stop = new AbortController();
    const reason = new Error("no longer wanted");
    const waiting = api.cofre.wait(id, { signal: stop.signal, onStep: () => stop.abort(reason) });
    await expect(waiting).rejects.toBe(reason);
    await expect(api.cofre.wait(id, { signal: AbortSignal.timeout(300) })).rejects.toThrow(
      expect.objectContaining({ name: "TimeoutError" }),
    );
    expect(await api.cofre.jobs.get.query({ id })).toMatchObject({ cancelRequested: false });
    await unlock();
    await api.cofre.wait(id);
  });

  test("that does not exist is not found, and is not asked for again", async () => {
    const began = Date.now();
    expect(await refusal(api.cofre.wait("019a0000-0000-7000-8000-000000000000"))).toMatchObject({
      code: "not.found",
      status: 404,
    });
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  test("is refused to a key that was revoked meanwhile", async () => {
    const made = await api.cofre.apiKeys.create.mutate({ name: "soon gone", role: "operator" });
    const other = createCofre({ url: api.url, apiKey: made.key });
    const unlock = await shop.lock();
    const id = await backUp();
    await api.cofre.apiKeys.revoke.mutate({ id: made.apiKey.id });
    const error = await refusal(other.wait(id));
    expect(error).toMatchObject({ code: "auth.required", status: 401 });
    expect(error.message).toContain("revoked");
    await unlock();
    await api.cofre.wait(id);
  });
});
