import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Reach, ReachedContainer } from "./engine.ts";
import type { RedisTarget } from "./redis-target.ts";

/**
 * A small file on the server that tells which restore a container's data last came from: Redis itself has no place for it, and
 * the helper is gone when its work is done. One for each container, whatever the number of restores.
 */
async function noteOf({ server }: Reach<RedisTarget>, { container }: ReachedContainer): Promise<string> {
  const { home } = await server.facts();
  return `${home}/.cofre/restored/${container.replaceAll(/[^\w.-]/g, "_")}`;
}

export async function wasSwitched(reach: Reach<RedisTarget>, container: ReachedContainer): Promise<boolean> {
  const note = await noteOf(reach, container);
  if ((await reach.server.files.stat(note)) === undefined) return false;
  return (await text(reach.server.files.read(note))).trim() === reach.tag;
}

export async function rememberSwitch(reach: Reach<RedisTarget>, container: ReachedContainer): Promise<void> {
  const note = await noteOf(reach, container);
  await reach.server.files.makeFolder(note.slice(0, note.lastIndexOf("/")));
  await reach.server.files.remove(note);
  await reach.server.files.write(note, Readable.from([Buffer.from(`${reach.tag}\n`)]));
}

export async function forgetSwitch(reach: Reach<RedisTarget>, container: ReachedContainer): Promise<void> {
  if (await wasSwitched(reach, container)) await reach.server.files.remove(await noteOf(reach, container));
}
