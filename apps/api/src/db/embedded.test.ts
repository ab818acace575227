import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rowsOf } from "./database.ts";
import { openEmbedded } from "./embedded.ts";
import { lockFolder } from "./folder-lock.ts";
import { MIGRATIONS } from "./migrations-folder.ts";
import { sql } from "./orm.ts";
import { organizations } from "./schema/organizations.ts";

interface Newest {
  readonly number: number;
  /** What takes it back: it makes tables and columns alone. */
  readonly drops: readonly string[];
}

async function newestMigration(): Promise<Newest> {
  const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith(".sql")).toSorted();
  const text = await readFile(join(MIGRATIONS, files.at(-1) ?? ""), "utf8");
  const tables = [...text.matchAll(/^CREATE TABLE "(\w+)"/gm)].map(([, table]) => `drop table "${table}"`);
  const columns = [...text.matchAll(/^ALTER TABLE "(\w+)" ADD COLUMN "(\w+)"/gm)].map(
    ([, table, column]) => `alter table "${table}" drop column "${column}" cascade`,
  );
  if (tables.length + columns.length === 0)
    throw new Error("the newest migration makes no table and no column: say here how to take it back");
  return { number: files.length, drops: [...tables, ...columns] };
}

describe("the embedded database", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cofre-db-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("syncs to disk, keeps what was written, and is for its owner alone", async () => {
    const first = await openEmbedded(join(folder, "data"));
    const [setting] = rowsOf(await first.db.execute(sql`show fsync`));
    expect(setting).toEqual({ fsync: "on" });
    await first.db.insert(organizations).values({ name: "kept" });
    await first.close();
    const second = await openEmbedded(join(folder, "data"));
    expect(await second.db.select().from(organizations)).toMatchObject([{ name: "kept" }]);
    await second.close();
    expect((await stat(join(folder, "data"))).mode & 0o777).toBe(0o700);
  });

  test("is copied before a migration changes it", async () => {
    const data = join(folder, "data");
    const before = await openEmbedded(data);
    const newest = await newestMigration();
    for (const drop of newest.drops) await before.db.execute(sql.raw(drop));
    await before.db.execute(sql`delete from drizzle.__drizzle_migrations where id = ${newest.number}`);
    await before.close();
    const after = await openEmbedded(data);
    expect(await after.db.select().from(organizations)).toMatchObject([{ name: "kept" }]);
    await after.close();
    expect(await readdir(data)).toContain(`db-before-migration-${newest.number}`);
  });

  test("is refused to a second process, which learns what to do, and free once the first is killed", async () => {
    const data = await mkdtemp(join(folder, "locked-"));
    const script = `import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, "folder-lock.ts"))};
      lockFolder(${JSON.stringify(data)}); gc(); console.log("locked"); setInterval(() => undefined, 1000);`;
    const other = spawn(process.execPath, ["--expose-gc", "--input-type=module-typescript", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(other.stdout, "data");
    expect(() => lockFolder(data)).toThrow(/another Cofre is running/);
    other.kill("SIGKILL");
    await once(other, "exit");
    lockFolder(data).release();
  });
});
