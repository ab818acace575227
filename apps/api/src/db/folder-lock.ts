import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Fault } from "@cofre/core/model";

export interface FolderLock {
  release(): void;
}

/** What nobody refers to any more is collected, closed, and its lock lost: a folder stays locked until it is released, held or not. */
const held = new Set<DatabaseSync>();

/**
 * Takes a folder for this process alone. The lock is the operating system's (SQLite holds it on the open file), so it ends with
 * the process however that ends. Two processes on one embedded database silently lose rows.
 *
 * @throws Fault `state.conflict` when another process has it.
 */
export function lockFolder(folder: string): FolderLock {
  const file = new DatabaseSync(join(folder, "lock.sqlite"));
  try {
    file.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    file.close();
    throw taken(folder, cause);
  }
  held.add(file);
  return {
    release: () => {
      held.delete(file);
      file.close();
    },
  };
}

function taken(folder: string, cause: unknown): Fault {
  return new Fault("state.conflict", `another Cofre is running on the data directory ${folder}`, {
    hint: "Stop the other one, give this one its own COFRE_DATA_DIR, or let both share a PostgreSQL by DATABASE_URL.",
    cause,
  });
}
