import type { Command } from "@cofre/core";
import { Fault, toFault } from "@cofre/core/model";
import { and, eq } from "../db/orm.ts";
import { resourceHooks } from "../db/schema/resource-hooks.ts";
import type { ReachedResource } from "../reach/reach.ts";
import { isLettingGo, type Running } from "./running.ts";

const SHOWN_CHARACTERS = 300;

type Hooks = typeof resourceHooks.$inferSelect;
type When = "before" | "after";

/**
 * Does the work between the resource's two commands. The one before must succeed, or nothing is done. The one after runs once the one
 * before has begun, whatever became of the work: it may be what starts again what was stopped. A worker that takes over owes it too.
 */
export async function betweenHooks(
  running: Running,
  reached: ReachedResource,
  work: () => Promise<void>,
): Promise<void> {
  const hooks = await hooksOf(running, reached.row.id);
  if (hooks === undefined || (hooks.before === null && hooks.after === null)) return await work();
  const around = { running, reached, hooks };
  try {
    await runBefore(around);
    await work();
  } catch (error) {
    if (isLettingGo(running.work, error)) throw error;
    throw await runAfter(around).then(
      () => error,
      (failed: unknown) => both(toFault(error), toFault(failed)),
    );
  }
  await runAfter(around);
}

interface Around {
  readonly running: Running;
  readonly reached: ReachedResource;
  readonly hooks: Hooks;
}

async function hooksOf({ deps }: Running, resourceId: string): Promise<Hooks | undefined> {
  const [row] = await deps.db.select().from(resourceHooks).where(eq(resourceHooks.resourceId, resourceId));
  return row;
}

async function runBefore({ running, reached, hooks }: Around): Promise<void> {
  const { deps, job, work } = running;
  // Another worker ran it for this job already, and may have stopped what must not be stopped twice.
  if (hooks.owedByJob === job.id) return;
  await deps.db
    .update(resourceHooks)
    .set({ owedByJob: job.id })
    .where(eq(resourceHooks.resourceId, hooks.resourceId));
  if (hooks.before === null) return;
  work.report({ phase: "hook-before" });
  await runHook({ running, reached, hooks }, "before", hooks.before);
}

async function runAfter(around: Around): Promise<void> {
  const { running, hooks } = around;
  const { deps, job, work } = running;
  if (hooks.after !== null) {
    work.report({ phase: "hook-after" });
    await runHook(around, "after", hooks.after);
  }
  const owed = and(eq(resourceHooks.resourceId, hooks.resourceId), eq(resourceHooks.owedByJob, job.id));
  await deps.db.update(resourceHooks).set({ owedByJob: null }).where(owed);
}

/** Throws `hook.failed` with the command's own last words. */
async function runHook({ running, reached, hooks }: Around, when: When, line: string): Promise<void> {
  const { reach, row } = reached;
  const limit = new AbortController();
  const told = `the command ${when} the backup of ${row.name}`;
  const late = new Fault(
    "hook.failed",
    `${told} took longer than ${hooks.timeoutSeconds} s and was stopped`,
    {
      hint: "Give it more time, or look at what it waits for.",
    },
  );
  const timer = setTimeout(() => limit.abort(late), hooks.timeoutSeconds * 1000);
  // What was stopped must be started again: a cancel does not stop the command after.
  const signal = when === "after" ? limit.signal : AbortSignal.any([limit.signal, running.work.signal]);
  const command: Command = { argv: ["sh", "-c", line, "hook"], env: { COFRE_HOOK: when } };
  try {
    const ran = await reach.host.run(command, { signal, tag: running.job.id });
    if (ran.code === 0) return;
    const said = (ran.stderr.trim() || ran.stdout.trim()).slice(-SHOWN_CHARACTERS);
    throw new Fault("hook.failed", `${told} ended with ${ran.code}${said === "" ? "" : `: ${said}`}`, {
      hint: HINTS[when],
      context: { code: ran.code },
    });
  } finally {
    clearTimeout(timer);
  }
}

const HINTS: Readonly<Record<When, string>> = {
  before: "Nothing was backed up. Mend the command, then try again.",
  after: "The backups that were taken are whole. Look whether the application runs, and mend the command.",
};

function both(error: Fault, after: Fault): Fault {
  const hint = error.code === "hook.failed" ? HINTS.before : error.hint;
  return new Fault(error.code, `${error.message}; and ${after.message}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
    context: { ...after.context, ...error.context },
  });
}
