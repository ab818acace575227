import type { AnyProcedure, AnyRouter } from "@trpc/server";
import type { ProcedureMeta } from "../trpc/init.ts";
import { appRouter } from "../trpc/root.ts";

/** A procedure's second door. */
export interface RestRoute {
  /** tRPC's name: `backups.create`. */
  readonly name: string;
  readonly type: "query" | "mutation";
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** As OpenAPI writes it, below `/api`: `/resources/{resourceId}/backups`. */
  readonly path: string;
  readonly meta: ProcedureMeta;
  /** The shape of the input, by field. */
  readonly shape: Readonly<Record<string, unknown>>;
}

/** Every procedure that has a REST path. */
export function restRoutes(): readonly RestRoute[] {
  const routes: RestRoute[] = [];
  const { procedures }: AnyRouter["_def"] = appRouter._def;
  for (const [name, procedure] of Object.entries<AnyProcedure>(procedures)) {
    const { type, inputs } = procedure._def;
    // checked: every procedure is built from `init.ts`, which types its meta
    const meta = procedure._def.meta as ProcedureMeta | undefined;
    const openapi = meta?.openapi;
    if (meta === undefined || openapi === undefined || type === "subscription") continue;
    if (openapi.method === "PATCH") throw new Error(`${name}: PATCH is not among our methods`);
    routes.push({ name, type, method: openapi.method, path: openapi.path, meta, shape: shapeOf(inputs[0]) });
  }
  return routes;
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
  if (typeof schema !== "object" || schema === null || !("shape" in schema)) return {};
  const { shape } = schema;
  // checked: a zod object's shape is a record of its fields
  return typeof shape === "object" && shape !== null ? (shape as Record<string, unknown>) : {};
}
