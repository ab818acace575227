import { posix } from "node:path";
import { Readable } from "node:stream";
import type { Calling, Files, Server } from "../host/host.ts";
import { Fault, toFault } from "../model/fault.ts";
import { digested } from "./digested.ts";
import { checkKey, checkPrefix, isHidden, PARTIAL_SUFFIX, partialStem } from "./key.ts";
import type { Store, Stored, StoredObject } from "./store.ts";

export interface DirectoryStoreConfig {
  readonly server: Server;
  /** Absolute folder; made when the first archive comes. */
  readonly root: string;
  /** For messages, `/opt/backups on web-1` unless given. */
  readonly name?: string;
  /** Id of this installation: partial files carry it, so that those that a killed attempt of ours left can be told and swept. */
  readonly owner?: string;
}

/** Archives as files in a folder of a server. Throws `input.invalid` when the root is no absolute path. */
export function directoryStore({ server, root: given, name, owner }: DirectoryStoreConfig): Store {
  const root = checkedRoot(given);
  const { files } = server;
  const pathOf = (key: string) => posix.join(root, key);
  return {
    name: name ?? `${root} on ${server.name}`,
    place: { server, root },
    async put(key, source, signal) {
      try {
        checkKey(key);
        return await putFile(
          files,
          { path: pathOf(key), source, owner },
          signal === undefined ? {} : { signal },
        );
      } finally {
        source.destroy();
      }
    },
    get(key, options = {}) {
      return refusal(key) ?? files.read(pathOf(key), options);
    },
    async stat(key) {
      checkKey(key);
      const found = await files.stat(pathOf(key));
      if (found?.kind !== "file") return undefined;
      return { key, bytes: found.bytes, modifiedAt: found.modifiedAt };
    },
    list(prefix) {
      return listUnder(files, root, prefix);
    },
    lockedUntil: async (key) => neverLocked(key),
    async remove(key) {
      checkKey(key);
      await files.remove(pathOf(key));
    },
    space: () => files.space(root),
  };
}

function neverLocked(key: string): undefined {
  checkKey(key);
}

interface FilePut {
  readonly path: string;
  readonly source: Readable;
  readonly owner: string | undefined;
}

/** Written under a hidden name in the same folder, synced, and only then given its own name. */
async function putFile(files: Files, { path, source, owner }: FilePut, calling: Calling): Promise<Stored> {
  const folder = posix.dirname(path);
  const [there] = await Promise.all([files.stat(path, calling), files.makeFolder(folder, calling)]);
  if (there !== undefined) throw taken(path);
  // A name of its own and not the key's: the key's may already be as long as a name can be.
  const partial = posix.join(folder, `.${partialStem(owner)}${PARTIAL_SUFFIX}`);
  const { bytes, stored } = digested(source);
  try {
    const written = await files.write(partial, bytes, calling);
    const result = stored();
    if (written.bytes !== result.bytes) throw lost(path, written.bytes, result.bytes);
    await files.publish(partial, path, calling);
    return result;
  } catch (error) {
    bytes.destroy();
    // Without the signal, which may be what ended the work. A server that is gone keeps a hidden file; the first fault is told.
    await files.remove(partial).catch(() => undefined);
    throw error;
  }
}

async function* listUnder(files: Files, root: string, prefix: string): AsyncGenerator<StoredObject> {
  checkPrefix(prefix);
  const folders = [prefix];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const { name, kind, bytes, modifiedAt } of await files.list(posix.join(root, folder))) {
      const key = posix.join(folder, name);
      if (isHidden(key)) continue;
      if (kind === "folder") folders.push(key);
      if (kind === "file") yield { key, bytes, modifiedAt };
    }
  }
}

/** A stream that fails, for a key that cannot be one. */
function refusal(key: string): Readable | undefined {
  try {
    checkKey(key);
    return undefined;
  } catch (error) {
    return new Readable({
      read() {
        this.destroy(toFault(error));
      },
    });
  }
}

function checkedRoot(root: string): string {
  const isPlain = root.startsWith("/") && !root.includes("\0") && !root.split("/").includes("..");
  if (isPlain) return posix.join(root, ".").replace(/(.)\/+$/, "$1");
  throw new Fault("input.invalid", `${JSON.stringify(root)} is not an absolute folder`, {
    hint: "Give the whole path, such as /opt/backups.",
  });
}

function taken(path: string): Fault {
  return new Fault("store.exists", `${path} is already there, and archives are never overwritten`);
}

function lost(path: string, written: number, sent: number): Fault {
  return new Fault("store.unavailable", `${sent} bytes were sent to ${path} and ${written} were written`, {
    hint: "Look for faults of the disk or of the connection, then try again.",
  });
}
