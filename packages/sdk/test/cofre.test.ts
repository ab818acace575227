import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { absentReason, startMinio } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApiError, type Backup, createCofre, type Job } from "../src/index.ts";
import { type StartedCofre, startCofre } from "./start-cofre.ts";
import { type StartedShop, startShop } from "./start-shop.ts";

/** Why a call was rejected. */
async function refusal(call: Promise<unknown>): Promise<ApiError> {
  const thrown: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof ApiError) return thrown;
  throw new Error("not rejected with an ApiError", { cause: thrown });
}

const NOBODY = "019a0000-0000-7000-8000-000000000000";

let api: StartedCofre;
beforeAll(async () => {
  api = await startCofre();
});
afterAll(async () => await api?.[Symbol.asyncDispose]());

describe("a call through the SDK", () => {
  test("that the server refuses tells code, hint, status and what to quote", async () => {
    const error = await refusal(api.cofre.backups.list.query({ resourceId: NOBODY }));
    expect(error).toMatchObject({
      code: "not.found",
      status: 404,
      message: expect.stringMatching(/resource/),
    });
    expect(error.requestId).toMatch(/^[\w-]{8,}$/);
    const stranger = createCofre({ url: api.url, apiKey: `cofre_${"x".repeat(40)}` });
    const refused = await refusal(stranger.projects.list.query({}));
    expect(refused).toMatchObject({
      code: "auth.required",
      status: 401,
      hint: expect.stringContaining("API key"),
    });
    expect(JSON.stringify(refused) + refused.stack).not.toContain("x".repeat(40));
  });

  test("with a revoked key is refused from the next call on, downloads included", async () => {
    const made = await api.cofre.apiKeys.create.mutate({ name: "soon gone", role: "operator" });
    const other = createCofre({ url: api.url, apiKey: made.key });
    await other.projects.list.query({});
    await api.cofre.apiKeys.revoke.mutate({ id: made.apiKey.id });
    const revoked = { code: "auth.required", status: 401, message: expect.stringContaining("revoked") };
    expect(await refusal(other.projects.list.query({}))).toMatchObject(revoked);
    expect(await refusal(other.download({ resourceId: NOBODY, id: NOBODY }))).toMatchObject(revoked);
    expect(await refusal(other.wait(NOBODY))).toMatchObject(revoked);
  });

  test("with an input that does not fit lists every field that is wrong", async () => {
    const wrong = { projectId: 7, config: "no", name: "" };
    // @ts-expect-error a program without types says what it likes
    const error = await refusal(api.cofre.resources.add.mutate(wrong));
    expect(error).toMatchObject({ code: "input.invalid", status: 422 });
    const paths = error.errors.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["projectId", "name", "type", "serverId", "config"]));
    expect(error.errors.every(({ message }) => message !== "")).toBe(true);
  });

  test("to an address where nobody answers says which, and why", async () => {
    const nobody = createCofre({ url: "http://127.0.0.1:9", apiKey: api.apiKey });
    const unreachable = { code: "server.unreachable", status: 0, hint: expect.stringMatching(/\S/) };
    for (const call of [
      nobody.projects.list.query({}),
      nobody.download({ resourceId: NOBODY, id: NOBODY }),
    ]) {
      const error = await refusal(call);
      expect(error).toMatchObject(unreachable);
      expect(error.message).toMatch(/http:\/\/127\.0\.0\.1:9 .*(ECONNREFUSED|bad port)/);
    }
  });

  test("to something that is not Cofre says so, whatever it answers", async () => {
    const other = createServer((_, answer) => answer.writeHead(502).end("<h1>Bad gateway</h1>")).listen(0);
    // checked: it listens on a port, not on a path
    const { port } = other.address() as AddressInfo;
    const lost = createCofre({ url: `http://127.0.0.1:${port}/`, apiKey: api.apiKey });
    const expected = {
      code: "server.unreachable",
      status: 502,
      message: expect.stringContaining("is not Cofre"),
    };
    expect(await refusal(lost.projects.list.query({}))).toMatchObject(expected);
    expect(await refusal(lost.download({ resourceId: NOBODY, id: NOBODY }))).toMatchObject(expected);
    expect(await refusal(lost.wait(NOBODY, { patienceMs: 0 }))).toMatchObject(expected);
    other.close();
  });

  test("is not even made with an address or a key that cannot be one, and the key is not shown", () => {
    const made = (url: string, apiKey: string) => () => createCofre({ url, apiKey });
    const invalid = (word: string) =>
      expect.objectContaining({ code: "input.invalid", message: expect.stringContaining(word) });
    expect(made("localhost:3210", api.apiKey)).toThrow(invalid("localhost:3210"));
    expect(made("", api.apiKey)).toThrow(invalid("not an http"));
    expect(made(api.url, "")).toThrow(invalid("empty"));
    expect(made(api.url, `${api.apiKey}\n`)).toThrow(invalid("line breaks"));
    expect(made(api.url, `${api.apiKey}\n`)).not.toThrow(expect.stringContaining(api.apiKey));
  });

  test("that is aborted rejects with the reason of whoever aborted it", async () => {
    const reason = new Error("no longer wanted");
    const aborted = AbortSignal.abort(reason);
    await expect(api.cofre.projects.list.query({}, { signal: aborted })).rejects.toBe(reason);
    await expect(api.cofre.download({ resourceId: NOBODY, id: NOBODY }, { signal: aborted })).rejects.toBe(
      reason,
    );
    await expect(api.cofre.wait(NOBODY, { signal: aborted })).rejects.toBe(reason);
    const late = api.cofre.projects.list.query({}, { signal: AbortSignal.timeout(0) });
    await expect(late).rejects.toMatchObject({ name: "TimeoutError" });
  });

  test("for a job that does not exist is not found at once", async () => {
    const error = await refusal(api.cofre.wait(NOBODY, { patienceMs: 60_000 }));
    expect(error).toMatchObject({ code: "not.found", status: 404 });
  });
});

const withoutS3 = absentReason({ engine: "minio", version: "RELEASE.2025-09-07T16-13-09Z" });
const absent = absentReason({ engine: "postgres", version: "15" });

describe.skipIf(absent)("a backup through the SDK", { timeout: 300_000 }, () => {
  let shop: StartedShop;
  let taken: Backup;

  beforeAll(async () => {
    shop = await startShop(api.cofre);
    // More than what fits into the buffers between two processes.
    await shop.database.sql(
      "create table noise as select repeat(md5(random()::text), 8) from generate_series(1, 250000)",
    );
  }, 300_000);
  afterAll(async () => await shop?.[Symbol.asyncDispose](), 60_000);

  test("is followed live, from where it stands to its end, and its end is told to whoever comes later", async () => {
    const asked = { resourceId: shop.resource.id, compression: "none" } as const;
    const { job } = await api.cofre.backups.create.mutate(asked);
    const seen: Job[] = [];
    for await (const step of api.cofre.follow(job.id)) seen.push(step);
    expect(seen.at(-1), JSON.stringify(seen.at(-1)?.error)).toMatchObject({
      status: "succeeded",
      phase: "done",
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.slice(0, -1).every(({ status }) => status === "queued" || status === "running")).toBe(true);
    const again: Job[] = [];
    expect(await api.cofre.wait(job.id, { onStep: (step) => again.push(step) })).toEqual(seen.at(-1));
    expect(again).toEqual(seen.slice(-1));
    // The run made one of each database, in the same moment; the one that is large is meant.
    const { items } = await api.cofre.backups.list.query({ resourceId: shop.resource.id });
    const backup = items.find(({ unit }) => unit === shop.database.database);
    if (backup === undefined) throw new Error("the job left no backup of the shop");
    taken = backup;
  });

  test("is downloaded whole, and its bytes have the digest that was told", async () => {
    const archive = await api.cofre.download(taken);
    expect(archive).toMatchObject({ filename: taken.filename, size: taken.size, sha256: taken.sha256 });
    const bytes = await buffer(archive.body);
    expect(bytes.length).toBe(taken.size);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(taken.sha256);
  });

  test("whose download is cut errors, goes on where it stopped, and is whole", async () => {
    const cut = await api.cofre.download(taken);
    const digest = createHash("sha256");
    let received = 0;
    const reading = (async () => {
      for await (const piece of cut.body) {
        digest.update(piece);
        if (received === 0) await api.kill();
        received += piece.length;
      }
    })();
    await expect(reading).rejects.toThrow();
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(cut.size);
    await api.start();
    const rest = await api.cofre.download(taken, { start: received });
    expect(rest).toMatchObject({ size: taken.size, sha256: taken.sha256 });
    for await (const piece of rest.body) digest.update(piece);
    expect(digest.digest("hex")).toBe(taken.sha256);
    const beyond = await refusal(api.cofre.download(taken, { start: cut.size }));
    expect(beyond).toMatchObject({ code: "range.unsatisfiable", status: 416 });
  });

  test("whose download is aborted ends with the reason", async () => {
    const stop = new AbortController();
    const archive = await api.cofre.download(taken, { signal: stop.signal });
    const reason = new Error("enough");
    const reading = (async () => {
      for await (const _piece of archive.body) stop.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
  });

  test.skipIf(withoutS3)(
    withoutS3 ?? "has objects beside it: written, read, zipped and removed",
    async () => {
      await using minio = await startMinio();
      await minio.exec(["mkdir", "-p", "/data/photos"]);
      const [server] = (await api.cofre.servers.list.query({})).items;
      const { id: resourceId } = await api.cofre.resources.add.mutate({
        ...{ projectId: shop.project.id, name: "files", type: "minio" },
        ...{ serverId: server?.id ?? "", containerId: minio.name },
      });
      const { objects } = api.cofre;
      const one = { resourceId, bucket: "photos", key: "álbum/a & b.txt" };
      expect(await objects.write(one, "olá", { type: "text/plain" })).toEqual({ size: 4 });
      const flowing = async function* () {
        for (let index = 0; index < 40; index += 1) yield Buffer.alloc(1 << 19, index);
      };
      const large = { ...one, key: "álbum/large" };
      expect(await objects.write(large, flowing())).toEqual({ size: 20 << 20 });
      const read = await objects.read(one, { start: 1 });
      expect(read).toMatchObject({
        size: 4,
        type: "text/plain",
        etag: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
      expect(String(await buffer(read.body))).toBe("lá");
      const last = (20 << 20) - 1;
      expect(await buffer((await objects.read(large, { start: last })).body)).toEqual(Buffer.from([39]));
      const zip = await objects.zip({ resourceId, bucket: "photos", prefix: "álbum/" });
      expect(zip.filename).toBe("álbum.zip");
      const zipped = await buffer(zip.body);
      expect(zipped.subarray(0, 2).toString()).toBe("PK");
      expect(zipped.length).toBeGreaterThan(20 << 20);
      await objects.remove(one);
      const gone = { code: "not.found", status: 404 };
      expect(await refusal(objects.read(one))).toMatchObject(gone);
      expect(await refusal(objects.zip({ resourceId, bucket: "none" }))).toMatchObject(gone);
    },
  );

  test("of a database that is not there rejects with the job's fault: code, message and what to do", async () => {
    const asked = { resourceId: shop.resource.id, units: ["not-there"] };
    const { job } = await api.cofre.backups.create.mutate(asked);
    const error = await refusal(api.cofre.wait(job.id));
    expect(error).toMatchObject({ code: "target.missing", context: { jobId: job.id } });
    expect(error.message).toContain("not-there");
    expect(error.hint).toMatch(/\S/);
  });

  test("that takes long is waited for while Cofre is killed and started, for as long as the patience lasts", async () => {
    const unlock = await shop.lock();
    const { job } = await api.cofre.backups.create.mutate({ resourceId: shop.resource.id });
    const steps: Job[] = [];
    const waiting = refusal(api.cofre.wait(job.id, { onStep: (step) => steps.push(step) }));
    while (steps.at(-1)?.status !== "running") await sleep(100);

    const stop = new AbortController();
    const reason = new Error("no longer wanted");
    const given = api.cofre.wait(job.id, { signal: stop.signal, onStep: () => stop.abort(reason) });
    await expect(given).rejects.toBe(reason);

    const impatient = refusal(api.cofre.wait(job.id, { patienceMs: 500 }));
    await sleep(1_000);
    await api.kill();
    expect(await impatient).toMatchObject({ code: "server.unreachable", status: 0 });
    const before = steps.length;
    await api.start();
    while (steps.length === before) await sleep(100);

    const { status, cancelRequested } = await api.cofre.jobs.get.query({ id: job.id });
    expect({ status, cancelRequested }).toEqual({ status: "running", cancelRequested: false });
    await api.cofre.jobs.cancel.mutate({ id: job.id });
    expect(await waiting).toMatchObject({ code: "job.cancelled", context: { jobId: job.id } });
    await unlock();
  });
});
