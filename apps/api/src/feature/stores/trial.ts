import { checkStore, type Store } from "@cofre/core";
import { Fault, isFault } from "@cofre/core/model";
import { eq } from "../../db/orm.ts";
import { stores } from "../../db/schema/stores.ts";
import { answered, question } from "../../reach/questions.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { findStore } from "./get.ts";
import type { StoreTestView } from "./view.ts";

/** The trial writes, reads and lists dozens of times, each over the network. */
const TRIAL_MS = 120_000;

/** Does on the real store what every backup relies on; a failure is an answer, not an error. */
export async function testStore(ctx: ActorContext, { id }: { readonly id: string }): Promise<StoreTestView> {
  const { deps, caller } = ctx;
  const row = await findStore(ctx, id);
  ctx.trail.target = { kind: "store", id: row.id, name: row.name };
  const { signal } = question(caller.signal, TRIAL_MS);
  try {
    const store = await answered(row.name, signal, deps.reach.store(row.id));
    const trial = await tryStore(store);
    const { freeBytes, totalBytes } = trial;
    await deps.db
      .update(stores)
      .set({ freeBytes, totalBytes, checkedAt: deps.now() })
      .where(eq(stores.id, row.id));
    return trial;
  } catch (error) {
    if (!isFault(error)) throw error;
    const check = { check: "reached", ok: false, detail: error.message, tookMs: 0 };
    return { ok: false, checks: [check], freeBytes: null, totalBytes: null };
  }
}

interface Trial {
  readonly ctx: ActorContext;
  /** For messages: who has to answer. */
  readonly name: string;
  readonly open: () => Promise<Store>;
}

/**
 * The same before a store is saved.
 *
 * @throws Fault `store.unavailable` with what the trial found; `server.*`
 */
export async function requireUsable({ ctx, name, open }: Trial): Promise<void> {
  const { signal } = question(ctx.caller.signal, TRIAL_MS);
  const store = await answered(name, signal, open());
  const trial = await answered(name, signal, tryStore(store));
  if (!trial.ok) throw notUsable(store, trial);
}

async function tryStore(store: Store): Promise<StoreTestView> {
  const checks: StoreTestView["checks"] = [];
  for await (const { check, ok, detail, tookMs } of checkStore(store)) {
    checks.push({ check, ok, tookMs, detail: detail ?? null });
  }
  const space = await store.space().catch(() => undefined);
  return {
    ok: checks.every((check) => check.ok),
    checks,
    freeBytes: space?.freeBytes ?? null,
    totalBytes: space?.totalBytes ?? null,
  };
}

function notUsable({ name, place }: Store, { checks }: StoreTestView): Fault {
  const failed = checks.find((check) => !check.ok);
  const detail = failed?.detail ?? "the trial failed";
  return new Fault("store.unavailable", `archives cannot rest in ${name}: ${detail}`, {
    hint:
      place === undefined
        ? "Look at the endpoint, the bucket, and what its key may do there."
        : "Choose a folder that the server's user can write to.",
    context: { check: failed?.check ?? "" },
  });
}
