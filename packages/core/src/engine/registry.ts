import type { EngineId } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import type { Engine } from "./engine.ts";
import { files } from "./files.ts";
import { mariadb } from "./mariadb.ts";
import { mongodb } from "./mongodb.ts";
import { mysql } from "./mysql.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import { s3 } from "./s3.ts";

/** Every engine of the house; a new one is one line here. */
export const engines: readonly Engine[] = registered([postgres, mysql, mariadb, redis, mongodb, s3, files]);

/** What people also call an engine. */
const OTHER_NAMES: Readonly<Record<string, EngineId>> = { minio: "s3" };

/** The id that is stored and answered, for whatever an engine is called; a name that nobody knows stays as it is. */
export function engineIdOf(name: string): EngineId {
  return OTHER_NAMES[name] ?? name;
}

/** Throws `engine.unsupported` when there is none of that name. */
export function engineById(id: EngineId): Engine {
  const engine = engines.find((one) => one.id === engineIdOf(id));
  if (engine !== undefined) return engine;
  throw new Fault("engine.unsupported", `there is no engine called ${id}`, {
    hint: `Choose one of ${engines.map((one) => one.id).join(", ")}.`,
  });
}

/** Two engines under one id would answer for each other's archives: that must not even start. */
export function registered(list: readonly Engine[]): readonly Engine[] {
  for (const { id } of list) {
    if (list.filter((one) => one.id === id).length > 1) throw new Error(`two engines are called ${id}`);
  }
  return list;
}
