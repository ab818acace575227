import { z } from "zod";
import type { Inspection } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import type { Reach } from "./engine.ts";
import { VERSION_SQL } from "./postgres-preflight.ts";
import { lobbies, logIn } from "./postgres-session.ts";
import { literal, OUR_NAMES } from "./postgres-sql.ts";
import type { PostgresTarget } from "./postgres-target.ts";

const Answer = z.object({
  version: z.string(),
  units: z.array(z.object({ name: z.string(), sourceBytes: z.number().nullable() })),
});

/** Databases that can be entered; templates, and what restores of ours made or kept, are none. */
const INSPECT = `select jsonb_build_object('version', ${VERSION_SQL}, 'units', coalesce(jsonb_agg(jsonb_build_object('name', datname,
 'sourceBytes', case when has_database_privilege(oid, 'CONNECT') then pg_database_size(oid) end) order by datname), '[]'))
 from pg_catalog.pg_database where datallowconn and not datistemplate and datname !~ ${literal(OUR_NAMES)}`;

export async function inspectServer(reach: Reach<PostgresTarget>): Promise<Inspection> {
  const { printed } = await logIn(reach, lobbies(reach.target), [INSPECT]);
  if (printed === "") {
    throw new Fault("target.unreachable", `${reach.host.name} ended the session before it answered`, {
      hint: "Look whether the container is stopping, then try again.",
    });
  }
  return Answer.parse(JSON.parse(printed));
}
