import { randomBytes } from "node:crypto";
import { chmod, link, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Config, ConfigError, readMasterKey } from "../config.ts";

/**
 * The master key: from the environment, else from a file of mode 0600 in the data directory that is made at the first start.
 * Whoever has it and the database can read every secret, so it does not lie in the database.
 */
export async function loadMasterKey(config: Pick<Config, "masterKey" | "dataDir">): Promise<Buffer> {
  if (config.masterKey !== undefined) return config.masterKey;
  const path = join(config.dataDir, "master.key");
  const text = (await readIfThere(path)) ?? (await create(path));
  const key = readMasterKey(text);
  if (key !== undefined) return key;
  throw new ConfigError(
    `${path} does not hold a master key: restore it from its copy, or give COFRE_MASTER_KEY`,
  );
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    const text = await readFile(path, "utf8");
    await chmod(path, 0o600);
    return text;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Written beside and linked into place: two first starts at once end with one key, and no half of one. */
async function create(path: string): Promise<string> {
  const text = `${randomBytes(32).toString("base64")}\n`;
  const partial = `${path}.${randomBytes(4).toString("hex")}`;
  const file = await open(partial, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(partial, path);
    return text;
  } catch (error) {
    const made = await readIfThere(path);
    if (made === undefined) throw error;
    return made;
  } finally {
    await rm(partial, { force: true });
  }
}
