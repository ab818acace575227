import { appendAudit } from "../audit/append.ts";
import { bearerOf } from "../auth/api-key.ts";
import { type Found, findActor } from "../auth/find-actor.ts";
import type { Deps } from "../deps.ts";
import type { Caller, Context } from "./context.ts";

/**
 * Finds out who is asking. A key that was refused is told to its organization's audit.
 *
 * @throws Fault `rate.limited` after too many refused keys
 */
export async function createContext(deps: Deps, caller: Caller): Promise<Context> {
  const found = await findActor(deps, caller.headers);
  if (found.refusedKey !== undefined) await recordRefusedKey(deps, caller, found);
  if (found.actor === undefined && bearerOf(caller.headers) !== undefined) {
    await deps.limits.take("refusedKey", caller.address);
  }
  for (const cookie of found.cookies) caller.addHeader("set-cookie", cookie);
  return {
    deps,
    caller,
    actor: found.actor,
    refusal: found.refusal,
    trail: { target: null, actor: null, organizationId: null },
  };
}

async function recordRefusedKey(deps: Deps, caller: Caller, { refusedKey, refusal }: Found): Promise<void> {
  if (refusedKey === undefined) return;
  // A program that goes on with a revoked key must not fill the disk.
  const told = await deps.limits.take("account", `refused ${refusedKey.id}`).then(
    () => true,
    () => false,
  );
  if (!told) return;
  await appendAudit(deps.db, {
    organizationId: refusedKey.organizationId,
    at: deps.now(),
    actor: { kind: "key", id: refusedKey.id, name: refusedKey.name },
    address: caller.address,
    requestId: caller.requestId,
    action: `key refused: ${refusal ?? ""}`,
    target: { kind: "apiKeys", id: refusedKey.id, name: refusedKey.name },
    result: "refused",
    code: "auth.required",
  });
}
