import { type Docker, findDocker, type Server, type ServerFacts } from "@cofre/core";
import { Fault, toFault } from "@cofre/core/model";
import type { Database } from "../../db/database.ts";
import { keepFault } from "../../db/kept-fault.ts";
import { and, eq, ne } from "../../db/orm.ts";
import { servers } from "../../db/schema/servers.ts";
import { type FaultView, plainFault } from "../fault-view.ts";
import type { ServerTestView } from "./view.ts";

/** What a connected server is and can do. */
export interface Probed {
  readonly facts: ServerFacts;
  readonly docker: Docker | undefined;
  /** Of the file system that backups are to rest on. */
  readonly space: { readonly freeBytes: number; readonly totalBytes: number };
}

/** Where backups rest unless told otherwise, where the usual scripts put them too. */
export const USUAL_ROOT = "/opt/backups";

export async function probe(server: Server, root: string = USUAL_ROOT): Promise<Probed> {
  const [facts, docker, space] = await Promise.all([
    server.facts(),
    findDocker(server),
    server.files.space(root),
  ]);
  return { facts, docker, space };
}

export function toTestView({ facts, docker, space }: Probed, tookMs: number): ServerTestView {
  return {
    ok: true,
    tookMs,
    user: facts.user,
    os: facts.os,
    isRoot: facts.isRoot,
    canSudo: facts.canSudo,
    cores: facts.cores,
    tools: [...facts.tools],
    docker: docker?.client.join(" ") ?? null,
    diskFreeBytes: space.freeBytes,
    diskTotalBytes: space.totalBytes,
    warnings: warningsOf(facts, docker),
    error: null,
  };
}

export function toFailedTest(error: unknown, tookMs: number): ServerTestView {
  return {
    ok: false,
    tookMs,
    user: null,
    os: null,
    isRoot: null,
    canSudo: null,
    cores: null,
    tools: [],
    docker: null,
    diskFreeBytes: null,
    diskTotalBytes: null,
    warnings: [],
    error: plainFault(keepFault(error)),
  };
}

function warningsOf(facts: ServerFacts, docker: Docker | undefined): FaultView[] {
  const warnings: FaultView[] = [];
  if (docker === undefined) {
    warnings.push(
      plainFault({
        code: "server.no-docker",
        message: "no container engine answers this user",
        hint: "Files can be backed up. For containers: add the user to the docker group or allow `sudo -n docker`.",
      }),
    );
  }
  if (!facts.tools.includes("zstd")) {
    warnings.push(
      plainFault({
        code: "server.tool-missing",
        message: "zstd is not installed: backups will be compressed with gzip, slower and larger",
        hint: "Install the package zstd on the server.",
      }),
    );
  }
  return warnings;
}

/** Columns of a server that has just answered. */
export function seen({ facts, docker, space }: Probed, now: Date) {
  return {
    status: "online" as const,
    statusFault: null,
    os: facts.os,
    dockerClient: docker?.client.join(" ") ?? null,
    diskFreeBytes: space.freeBytes,
    diskTotalBytes: space.totalBytes,
    lastSeenAt: now,
  };
}

/** Faults that say that nothing can be done with the server now, whatever was asked of it. */
const OFFLINE = new Set(["server.unreachable", "server.auth", "server.host-key"]);

/** Remembers why a server could not be used. */
export async function markOffline(db: Database, serverId: string, error: unknown): Promise<void> {
  const fault = toFault(error);
  if (!OFFLINE.has(fault.code)) return;
  await db
    .update(servers)
    .set({ status: "offline", statusFault: keepFault(fault) })
    .where(and(eq(servers.id, serverId), ne(servers.status, "removed")));
}

/** A question that only the field's own check could have answered. */
export function missingField(field: string, message: string): Fault {
  return new Fault("input.invalid", `${field} ${message}`, { context: { field } });
}
