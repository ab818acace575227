import type { RestorePlan } from "./mysqlish-check.ts";
import { type Place, placesNamed } from "./mysqlish-places.ts";
import { createDatabase } from "./mysqlish-riders.ts";
import { ask, type Session } from "./mysqlish-session.ts";
import { formerNames, identifier, oldName, stageName } from "./mysqlish-sql.ts";
import { exchange, NOTHING_BEFORE, takeBack } from "./mysqlish-switch.ts";

interface Around {
  readonly target: Place;
  readonly stage: Place;
  readonly old: Place;
}

/** The three places of a restore, as they are now: under the names that an earlier Cofre gave, where it left any. */
async function lookAround(session: Session, { into, reach: { tag } }: RestorePlan): Promise<Around> {
  const names = { stage: stageName(tag), old: oldName(tag) };
  const former = formerNames(tag);
  const places = await placesNamed(session, [into, ...Object.values(names), ...Object.values(former)]);
  const isFormer = Object.values(former).some((name) => (places[name]?.properties ?? null) !== null);
  const used = isFormer ? former : names;
  const { [into]: target, [used.stage]: stage, [used.old]: old } = places;
  if (target !== undefined && stage !== undefined && old !== undefined) return { target, stage, old };
  throw new Error("every place that is asked for is told");
}

/** Whether there is a database to be replaced. */
export async function isThere(session: Session, { into }: RestorePlan): Promise<boolean> {
  const { [into]: target } = await placesNamed(session, [into]);
  return target !== undefined && target.properties !== null;
}

/** Makes the empty database to load into, with the defaults of the archived one; nobody but us knows its name. */
export async function makeStage(session: Session, plan: RestorePlan): Promise<void> {
  const stage = stageName(plan.reach.tag);
  const { target } = await sweepStage(session, plan);
  const like = plan.rider?.properties ?? target.properties;
  await ask(session, [like === null ? `create database ${identifier(stage)}` : createDatabase(stage, like)]);
}

/** What is there of this restore. An exchange that was cut is where it began. */
export async function stageOf(
  session: Session,
  plan: RestorePlan,
): Promise<"absent" | "staged" | "switched"> {
  return stageAmong(await lookAround(session, plan));
}

function stageAmong({ stage, old }: Around): "absent" | "staged" | "switched" {
  if (stage.properties !== null) return stage.journal === null ? "staged" : "switched";
  return old.properties === null ? "absent" : "switched";
}

/** Takes back an exchange that was cut, and drops what was loaded. After the switch it does nothing. */
export async function sweepStage(session: Session, plan: RestorePlan): Promise<Around> {
  const around = await settled(session, plan);
  const { stage, old } = around;
  if (stage.properties === null) return around;
  // Made for an exchange that did not even get to its journal.
  const isVain = old.properties !== null && old.tables.length === 0;
  await ask(
    session,
    [stage, ...(isVain ? [old] : [])].map(({ name }) => `drop database ${identifier(name)}`),
  );
  return around;
}

/** The places when no exchange is half done any more. */
async function settled(session: Session, plan: RestorePlan): Promise<Around> {
  const around = await lookAround(session, plan);
  const { target, stage, old } = around;
  if (old.journal === null && stage.journal === null) return around;
  if (old.journal !== null) await takeBack({ session, target, from: stage, keep: old });
  else await takeBack({ session, target, from: old, keep: stage });
  return lookAround(session, plan);
}

export async function switchIn(session: Session, plan: RestorePlan): Promise<readonly string[]> {
  const { target, stage, old } = await lookAround(session, plan);
  if (stage.properties === null) return [];
  return exchange({ session, target, from: stage, keep: old }, () => settled(session, plan));
}

/** The same exchange backwards; what was restored then waits under the staging name, to be swept by `abort`. */
export async function switchBack(session: Session, plan: RestorePlan): Promise<void> {
  const { target, stage, old } = await settled(session, plan);
  if (old.properties === null || old.tables.includes(NOTHING_BEFORE)) return;
  await exchange({ session, target, from: old, keep: stage }, () => settled(session, plan));
}

export async function dropOld(session: Session, { reach: { tag } }: RestorePlan): Promise<void> {
  const names = [oldName(tag), formerNames(tag).old];
  await ask(
    session,
    names.map((name) => `drop database if exists ${identifier(name)}`),
  );
}
