import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Reach } from "./engine.ts";
import type { MongoTarget } from "./mongodb-target.ts";

/**
 * A small file on the server that tells which restore a resource's data last came from: in the database itself it would be in the next
 * backup. One for each resource, whatever the number of restores.
 */
async function noteOf({ server, container, target }: Reach<MongoTarget>): Promise<string> {
  const { home } = await server.facts();
  const place = container?.container ?? `mongodb-${target.host}-${target.port}`;
  return `${home}/.cofre/restored/${place.replaceAll(/[^\w.-]/g, "_")}`;
}

export async function wasSwitched(reach: Reach<MongoTarget>): Promise<boolean> {
  const note = await noteOf(reach);
  if ((await reach.server.files.stat(note)) === undefined) return false;
  return (await text(reach.server.files.read(note))).trim() === reach.tag;
}

export async function rememberSwitch(reach: Reach<MongoTarget>): Promise<void> {
  const note = await noteOf(reach);
  await reach.server.files.makeFolder(note.slice(0, note.lastIndexOf("/")));
  await reach.server.files.remove(note);
  await reach.server.files.write(note, Readable.from([Buffer.from(`${reach.tag}\n`)]));
}

export async function forgetSwitch(reach: Reach<MongoTarget>): Promise<void> {
  if (await wasSwitched(reach)) await reach.server.files.remove(await noteOf(reach));
}
