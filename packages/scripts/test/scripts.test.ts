import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { absentReason, sshServer } from "@cofre/lab";
import { type StartedCofre, type StartedShop, startCofre, startShop } from "@cofre/sdk/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, type ScriptName, startOnTerminal, startScript } from "./run-script.ts";

const NAMES: readonly ScriptName[] = [
  "backup",
  "restore",
  "validate",
  "backup-all-projects",
  "cleanup-old-backups",
];
const KEY = `cofre_${"k".repeat(40)}`;

/** The one object that `--json` prints; anything else on stdout fails. */
function objectOf({ stdout }: Ended): Record<string, unknown> {
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  return JSON.parse(stdout);
}

describe("every script, before it reaches Cofre", () => {
  const run = (name: ScriptName, words: readonly string[], env: Record<string, string> = {}) =>
    startScript(name, words, env).ended;

  test.each(NAMES)("%s --help tells what it does, on stdout, without a key", async (name) => {
    const { code, stdout, stderr } = await run(name, ["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const word of [`usage: ${name}`, "--json", "--quiet", "examples:", "exit codes:"])
      expect(stdout).toContain(word);
  });

  test("refuses words that it does not know, and says how it is used", async () => {
    for (const words of [[], ["a", "b"], ["a", "--nonsense"], ["a", "--compression", "rar"]]) {
      const { code, stdout, stderr } = await run("backup", words, { COFRE_API_KEY: KEY });
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain("usage: backup <resource>");
    }
    expect(await run("cleanup-old-backups", ["many"], { COFRE_API_KEY: KEY })).toMatchObject({ code: 2 });
  });

  test("needs a key from the environment or a file, and says which of both is wrong", async () => {
    expect(await run("backup", ["shop"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("COFRE_API_KEY_FILE"),
    });
    const nowhere = await run("backup", ["shop"], { COFRE_API_KEY_FILE: "/nowhere/key" });
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining("/nowhere/key") });
  });

  test("ends with 3 when nobody answers, in words and as one object", async () => {
    const env = { COFRE_API_KEY: KEY, COFRE_URL: "http://127.0.0.1:1" };
    const said = await run("backup", ["shop"], env);
    expect(said).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("what to do:") });
    const told = await run("backup", ["shop", "--json"], env);
    expect(told).toMatchObject({ code: 3, stderr: "" });
    expect(objectOf(told)).toMatchObject({ error: { code: "server.unreachable" } });
  });
});

const absent = absentReason({ engine: "postgres", version: "15" });

describe.skipIf(absent)("scripts against a real Cofre", { timeout: 400_000 }, () => {
  let api: StartedCofre;
  let shop: StartedShop;
  let folder: string;
  let env: Record<string, string>;

  const run = (name: ScriptName, ...words: string[]) => startScript(name, words, env).ended;
  const openJobs = async () =>
    (await api.cofre.jobs.list.query({ resourceId: shop.resource.id, open: true })).items;

  beforeAll(async () => {
    api = await startCofre();
    shop = await startShop(api.cofre);
    folder = await mkdtemp(join(tmpdir(), "cofre-scripts-"));
    await writeFile(join(folder, "key"), `${api.apiKey}\n`, { mode: 0o600 });
    env = { COFRE_URL: api.url, COFRE_API_KEY_FILE: join(folder, "key") };
  }, 400_000);
  afterAll(async () => {
    await shop?.[Symbol.asyncDispose]();
    await api?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  test("a wrong key and an unknown resource end with 2", async () => {
    const stranger = startScript("backup", ["shop-db"], { ...env, COFRE_API_KEY: KEY });
    expect(await stranger.ended).toMatchObject({ code: 2, stderr: expect.stringContaining("auth.required") });
    const unknown = await run("backup", "not-there", "--json");
    expect(unknown.code).toBe(2);
    expect(objectOf(unknown)).toMatchObject({
      error: { code: "usage", message: expect.stringContaining("not-there") },
    });
    expect(await run("backup-all-projects", "--project", "nobody")).toMatchObject({ code: 2 });
    expect(await run("restore", "shop-db", "latest", "--yes")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no completed backup"),
    });
  });

  test("backup says each phase on a line of its own, and where the archive is", async () => {
    const { code, stdout, stderr } = await run("backup", "shop-db", "--note", "by a script");
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: "" });
    expect(stderr.match(/shop-db: waiting/g)).toHaveLength(1);
    expect(stderr).toMatch(/^shop: [\d.]+ k?B in \/opt\/backups\/.+$/m);
    expect(stderr).not.toContain("\r");
  });

  test("validate says how deep it looked; restore without --yes changes nothing, and with it brings the data back", async () => {
    const validated = await run("validate", "shop-db", "latest");
    expect(validated, validated.stderr).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(" is readable\n"),
    });
    await shop.database.sql("delete from orders");
    const vague = await run("restore", "shop-db", "latest", "--yes");
    expect(vague).toMatchObject({ code: 2, stderr: expect.stringContaining("say which with --unit") });
    const asked = await run("restore", "shop-db", "latest", "--unit", "shop");
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining("add --yes") });
    expect(await shop.database.sql("select count(*) from orders")).toBe("0");
    const restored = await run("restore", "shop-db", "latest", "--unit", "shop", "--yes", "--json");
    expect(restored, restored.stdout).toMatchObject({ code: 0, stderr: "" });
    expect(objectOf(restored)).toMatchObject({
      job: { status: "succeeded" },
      safetyBackupId: expect.any(String),
    });
    expect(await shop.database.sql("select count(*), sum(n) from orders")).toBe("5000|12502500");
    const beside = await run("restore", "shop-db", "latest", "--unit", "shop", "--as", "shop_test", "--yes");
    expect(beside, beside.stderr).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("no safety backup was taken of shop_test"),
    });
    expect(beside.stderr).not.toContain("what was there before is in backup");
    await shop.database.sql("drop database shop_test");
  });

  test("backup-all-projects --json prints one object with every resource; --quiet prints nothing", async () => {
    const { slug } = shop.project;
    const ended = await run("backup-all-projects", "--project", slug, "--json");
    expect(ended, ended.stdout).toMatchObject({ code: 0, stderr: "" });
    expect(objectOf(ended)).toEqual({
      resources: [{ project: slug, resource: "shop-db", ok: true, skipped: false, error: null }],
    });
    const quiet = await run("cleanup-old-backups", "7", "--quiet");
    expect(quiet).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("cleanup-old-backups says what it would remove and why, removes exactly that, and keeps the newest", async () => {
    const words = ["1", "--project", shop.project.slug];
    for (const _ of [1, 2])
      expect(await run("backup", "shop-db", "--unit", "shop")).toMatchObject({ code: 0 });
    const dry = await run("cleanup-old-backups", ...words, "--dry-run");
    expect(dry).toMatchObject({
      code: 0,
      stdout: "",
      stderr: expect.stringMatching(/would remove shop-db \S+: .+/),
    });
    const done = objectOf(await run("cleanup-old-backups", ...words, "--json"));
    expect(done).toMatchObject({
      decisions: expect.arrayContaining([expect.objectContaining({ keep: false })]),
    });
    const { items } = await api.cofre.backups.list.query({
      resourceId: shop.resource.id,
      status: "completed",
    });
    expect(items.filter(({ origin, unit }) => origin === "manual" && unit === "shop")).toHaveLength(1);
  });

  test("a damaged archive ends with 6", async () => {
    const [backup] = (await api.cofre.backups.list.query({ resourceId: shop.resource.id, origin: "manual" }))
      .items;
    const flip = ["sh", "-c", 'printf "\\377\\377\\377" | dd of="$1" bs=1 seek=200 conv=notrunc', "sh"];
    const damaged = await sshServer("docker").exec([...flip, backup?.filepath ?? ""]);
    expect(damaged.code, damaged.stderr).toBe(0);
    const { code, stderr } = await run("validate", "shop-db", "latest");
    expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining("archive.damaged") });
  });

  test("interrupted, backup cancels the job that it started, says so, and ends with 130", async () => {
    const unlock = await shop.lock();
    const script = startScript("backup", ["shop-db"], env);
    while (!script.stderr().includes("dumping")) await sleep(100);
    const [job] = await openJobs();
    script.signal("SIGINT");
    const { code, stderr } = await script.ended;
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: expect.stringContaining(`cancelled (job ${job?.id})`),
    });
    expect(await api.cofre.jobs.get.query({ id: job?.id ?? "" })).toMatchObject({ status: "cancelled" });
    await unlock();
  });

  test("on a terminal, progress is one line that is written over", async () => {
    const unlock = await shop.lock();
    const script = startOnTerminal("backup", ["shop-db"], env);
    await expect.poll(script.stdout, { timeout: 60_000 }).toContain("\r\u001b[Kshop-db: dumping ");
    await unlock();
    const { code, stdout } = await script.ended;
    expect(code, stdout).toBe(0);
  });

  test("a wrong password of the database ends with 4, and the others are still told", async () => {
    // As installed, the image trusts whoever is inside the container.
    const ask = 'sed -i "s/trust$/scram-sha-256/" "$PGDATA/pg_hba.conf"';
    await shop.database.exec(["sh", "-c", ask]);
    await shop.database.sql("select pg_reload_conf()");
    const at = { projectId: shop.project.id, id: shop.resource.id, test: false };
    await api.cofre.resources.change.mutate({ ...at, config: { password: "not-the-password" } });
    const { code, stderr } = await run("backup", "shop-db");
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining("target.auth") });
    const all = await run("backup-all-projects", "--project", shop.project.slug, "--json");
    expect(all.code).toBe(4);
    expect(objectOf(all)).toMatchObject({ resources: [{ ok: false }], error: { code: "target.auth" } });
    expect(`${stderr}${all.stdout}`).not.toContain("not-the-password");
  });
});
