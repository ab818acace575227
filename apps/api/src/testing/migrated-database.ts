import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { MIGRATIONS } from "../db/migrations-folder.ts";

const tar = async (words: readonly string[]) => await promisify(execFile)("tar", words);

/** The tar of an embedded database that was made, migrated and closed. Every test of these migrations shares it: making one takes as long as six starts. */
export async function migratedTar(): Promise<string> {
  const path = join(tmpdir(), `cofre-migrated-${await digestOfOrigin()}.tar`);
  if (!(await isThere(path))) await makeTar(path);
  return path;
}

/** What a Cofre leaves that only made its database: its first start in this folder does everything else. */
export async function placeMigratedDatabase(dataDir: string): Promise<void> {
  const database = join(dataDir, "db");
  await mkdir(database, { mode: 0o700 });
  await tar(["--extract", "--no-same-owner", "-C", database, "-f", await migratedTar()]);
}

async function makeTar(path: string): Promise<void> {
  const { openEmbedded } = await import("../db/embedded.ts");
  // Several files may make it at once: each its own, the last name wins, all are equal.
  const folder = await mkdtemp(`${path}.`);
  const catalogue = await openEmbedded(folder);
  await catalogue.close();
  const partial = join(folder, "partial.tar");
  // Its names begin with a slash, as PGlite's own dumps do.
  await tar([
    "--create",
    "--absolute-names",
    "--transform=s,^\\.,,",
    "-C",
    join(folder, "db"),
    "-f",
    partial,
    ".",
  ]);
  await rename(partial, path);
  await rm(folder, { recursive: true });
}

/** Of the migrations and of what applies them. */
async function digestOfOrigin(): Promise<string> {
  const digest = createHash("sha256");
  const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith(".sql")).toSorted();
  const pglite = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const paths = [join(dirname(pglite), "../package.json"), ...files.map((name) => join(MIGRATIONS, name))];
  for (const path of paths) digest.update(await readFile(path));
  return digest.digest("hex").slice(0, 16);
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
