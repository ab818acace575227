import { createHmac } from "node:crypto";
import { Fault } from "@cofre/core/model";
import type { Actor } from "../auth/actor.ts";
import { and, eq, isNull, lt, or } from "../db/orm.ts";
import { idempotencyKeys, type KeptAnswer } from "../db/schema/idempotency-keys.ts";
import type { Deps } from "../deps.ts";

const KEPT_MS = 24 * 3600 * 1000;

/** Longer than any answer takes: whoever was answering died, and the key is free again. */
const ABANDONED_MS = 5 * 60 * 1000;

type Keeping = Pick<Deps, "db" | "log" | "now" | "sealer">;

/** One request that may be repeated. */
export interface Repeatable {
  readonly actor: Actor;
  readonly key: string;
  /** Method, path and input: the same key with another request is a mistake, not a repetition. */
  readonly request: string;
}

export interface FullAnswer extends KeptAnswer {
  readonly status: number;
}

/**
 * Answers a repeated request with the first answer; else claims the key, answers, and keeps the answer for 24 hours. A failure
 * is not kept: the same key may try again.
 *
 * @throws Fault `input.invalid` for the same key with another request; `state.conflict` while the first is still being answered.
 */
export async function answerOnce(
  deps: Keeping,
  repeatable: Repeatable,
  answer: () => Promise<FullAnswer>,
): Promise<FullAnswer & { readonly repeated: boolean }> {
  if (repeatable.key.length > 255)
    throw new Fault("input.invalid", "Idempotency-Key has more than 255 characters");
  const { db } = deps;
  await sweep(deps);
  const claimed = await db
    .insert(idempotencyKeys)
    .values(rowOf(deps, repeatable))
    .onConflictDoNothing()
    .returning();
  if (claimed.length === 0) return { ...(await firstAnswer(deps, repeatable)), repeated: true };
  const given = await answer().catch(async (error: unknown) => {
    await db.delete(idempotencyKeys).where(samePlace(repeatable));
    throw error;
  });
  await keep(deps, repeatable, given);
  return { ...given, repeated: false };
}

/** What was done was done: an answer that cannot be kept is given all the same, and its key stays claimed for a while. */
async function keep({ db, log }: Keeping, repeatable: Repeatable, given: FullAnswer): Promise<void> {
  const { status, headers, body } = given;
  await db
    .update(idempotencyKeys)
    .set({ status, answer: { headers, body } })
    .where(samePlace(repeatable))
    .catch((error: unknown) => log.warn({ err: error }, "an answer could not be kept for its repetition"));
}

async function sweep({ db, now }: Keeping): Promise<void> {
  const abandoned = new Date(now().getTime() - ABANDONED_MS);
  const isAbandoned = and(isNull(idempotencyKeys.status), lt(idempotencyKeys.createdAt, abandoned));
  await db.delete(idempotencyKeys).where(or(lt(idempotencyKeys.expiresAt, now()), isAbandoned));
}

function rowOf(deps: Keeping, { actor, key, request }: Repeatable) {
  return {
    organizationId: actor.organizationId,
    callerId: actor.id,
    key,
    requestHash: hashOf(deps, request),
    createdAt: deps.now(),
    expiresAt: new Date(deps.now().getTime() + KEPT_MS),
  };
}

function samePlace({ actor, key }: Repeatable) {
  return and(
    eq(idempotencyKeys.organizationId, actor.organizationId),
    eq(idempotencyKeys.callerId, actor.id),
    eq(idempotencyKeys.key, key),
  );
}

async function firstAnswer(deps: Keeping, repeatable: Repeatable): Promise<FullAnswer> {
  const [row] = await deps.db.select().from(idempotencyKeys).where(samePlace(repeatable));
  if (row !== undefined && row.requestHash !== hashOf(deps, repeatable.request)) {
    throw new Fault("input.invalid", "this Idempotency-Key was used for another request", {
      hint: "Use a new key for every new request.",
    });
  }
  if (row === undefined || row.status === null || row.answer === null) {
    throw new Fault("state.conflict", "the first request with this Idempotency-Key is still being answered", {
      hint: "Ask again in a moment.",
    });
  }
  return { status: row.status, ...row.answer };
}

/** Keyed: a request may hold a password, and a plain digest of it could be guessed by whoever reads the table. */
function hashOf({ sealer }: Keeping, request: string): string {
  return createHmac("sha256", sealer.derive("idempotency keys")).update(request).digest("hex");
}
