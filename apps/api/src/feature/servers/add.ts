import { readHostKey } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import { type Actor, hasRole, requireInstanceOwner } from "../../auth/actor.ts";
import { servers } from "../../db/schema/servers.ts";
import { stores } from "../../db/schema/stores.ts";
import { openServer } from "../../reach/pool.ts";
import { answered, question } from "../../reach/questions.ts";
import type { ServerRow } from "../../reach/reach.ts";
import { sealAuth } from "../../reach/server-auth.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { conflict } from "../conflict.ts";
import { violatedUnique, withUniqueExternalId } from "../unique.ts";
import { viewServer } from "./get.ts";
import { missingField, probe, seen, USUAL_ROOT } from "./probe.ts";
import { removedOrNewId } from "./remove.ts";
import { usableRoot } from "./usable-root.ts";
import type { AddServer, HostKeyView, ServerView } from "./view.ts";

/** The key that a server shows, to be compared before it is confirmed. */
export async function showHostKey({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<HostKeyView> {
  const shown = await readHostKey({ host, port });
  return { algorithm: shown.type, fingerprint: shown.sha256 };
}

/**
 * Adds a server with its first store, after a connection was tried.
 *
 * @throws Fault `server.host-key` (409) with the key that it shows, when none was confirmed; `server.*` when it cannot be used
 */
export async function addServer(ctx: ActorContext, input: AddServer): Promise<ServerView> {
  const { deps, actor } = ctx;
  if (input.kind === "local") requireInstanceOwner(actor, "the machine that Cofre runs on");
  if (input.allowedRoots !== undefined) requireOwner(actor);
  const draft = await draftOf(ctx, input);
  ctx.trail.target = { kind: "server", id: draft.id, name: draft.name };
  const tried = input.test ? await tryServer(ctx, draft, input.backupRoot) : undefined;
  const root = input.backupRoot ?? tried?.root ?? USUAL_ROOT;
  await withUniqueExternalId("server", () =>
    deps.db.transaction(async (tx) => {
      const row = { ...draft, ...tried?.columns };
      // A removed server that comes back has its row and its store.
      await tx.insert(servers).values(row).onConflictDoUpdate({ target: servers.id, set: row });
      const store = {
        organizationId: actor.organizationId,
        name: `${root} (${draft.name})`,
        kind: "directory" as const,
        serverId: draft.id,
        root,
        isDefault: true,
      };
      await tx.insert(stores).values(store).onConflictDoNothing();
      if (tried !== undefined) await deps.queue.enqueue(tx, scanOrder(ctx, draft));
    }),
  ).catch(refuseSecondLocal);
  return await viewServer(ctx, { ...draft, ...tried?.columns });
}

/** Which folders others may take files from is not theirs to say. */
export function requireOwner(actor: Actor): void {
  if (hasRole(actor, "owner")) return;
  throw new Fault("auth.forbidden", "allowed folders are set by the organization's owner alone", {
    hint: "Ask an owner of the organization to allow the folder.",
  });
}

function refuseSecondLocal(error: unknown): never {
  if (violatedUnique(error) === "servers_only_one_local_key")
    throw conflict("this machine is a server already");
  throw error;
}

function scanOrder({ actor }: ActorContext, { id }: ServerRow) {
  return {
    organizationId: actor.organizationId,
    projectId: null,
    serverId: id,
    resourceId: null,
    kind: "scan" as const,
    backupIds: [],
    request: { kind: "scan" as const, serverId: id },
    requestedBy: { kind: actor.kind, id: actor.id, name: actor.name },
  };
}

/** The row to be, complete: only a server whose key was confirmed has one. */
async function draftOf(ctx: ActorContext, input: AddServer): Promise<ServerRow> {
  const { deps, actor } = ctx;
  const id = await removedOrNewId(ctx, input);
  const now = deps.now();
  const isSsh = input.kind === "ssh";
  if (isSsh && input.host === undefined) throw missingField("host", "is needed for a server by SSH");
  if (isSsh && input.user === undefined) throw missingField("user", "is needed for a server by SSH");
  const hostKey = isSsh ? await confirmedKey(input) : undefined;
  return {
    id,
    organizationId: actor.organizationId,
    name: input.name,
    kind: input.kind,
    externalId: input.externalId ?? null,
    host: isSsh ? (input.host ?? null) : null,
    port: isSsh ? input.port : null,
    user: isSsh ? (input.user ?? null) : null,
    hostKeyAlgorithm: hostKey?.algorithm ?? null,
    hostKeyFingerprint: hostKey?.fingerprint ?? null,
    ...sealAuth(deps.sealer, id, isSsh ? input.auth : {}),
    allowedRoots: input.allowedRoots ?? [],
    ...UNSEEN,
    createdAt: now,
    updatedAt: now,
  };
}

const UNSEEN = {
  status: "unknown" as const,
  statusFault: null,
  os: null,
  dockerClient: null,
  diskFreeBytes: null,
  diskTotalBytes: null,
  lastSeenAt: null,
  lastScannedAt: null,
};

async function confirmedKey(input: AddServer): Promise<HostKeyView> {
  if (input.hostKey !== undefined) return input.hostKey;
  const shown = await showHostKey({ host: input.host ?? "", port: input.port });
  throw new Fault("server.host-key", `${input.name} shows a host key that nobody has confirmed yet`, {
    hint: `Compare ${shown.algorithm} ${shown.fingerprint} with the server's own, then send it as hostKey.`,
    context: { algorithm: shown.algorithm, fingerprint: shown.fingerprint },
  });
}

/** Connects once, apart from the pool, and looks around. */
export async function tryServer(
  { deps, caller }: ActorContext,
  draft: ServerRow,
  wantedRoot: string | undefined,
) {
  const { signal } = question(caller.signal);
  const opening = openServer(deps.sealer, draft);
  const server = await answered(draft.name, signal, opening).catch((error: unknown) => {
    // It may still connect after we gave up.
    void opening.then((late) => late[Symbol.asyncDispose]()).catch(() => undefined);
    throw error;
  });
  try {
    const root = wantedRoot ?? (await answered(draft.name, signal, usableRoot(server)));
    const probed = await answered(draft.name, signal, probe(server, root));
    return { root, probed, columns: seen(probed, deps.now()) };
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

/** For a row that a write returned nothing for: somebody removed it meanwhile. */
export function gone(row: ServerRow | undefined): ServerRow {
  if (row === undefined) throw absent("server");
  return row;
}
