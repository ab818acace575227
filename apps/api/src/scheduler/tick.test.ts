import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { desc, eq } from "../db/orm.ts";
import { auditEvents } from "../db/schema/audit-events.ts";
import { backups } from "../db/schema/backups.ts";
import { jobs } from "../db/schema/jobs.ts";
import { schedules } from "../db/schema/schedules.ts";
import { putSchedule } from "../feature/schedules/schedule.ts";
import type { ResourceRow } from "../reach/reach.ts";
import { embedded } from "../testing/catalogues.ts";
import { paperResources } from "../work/testing/rows.ts";
import { type StartedApi, startApi } from "../work/testing/start-api.ts";
import { JITTER_MS, scheduler } from "./catch-up.ts";
import { tick } from "./tick.ts";

let api: StartedApi;
let clock = new Date();
let resource: ResourceRow;

beforeAll(async () => {
  api = await startApi({ works: false, now: () => clock, catalogue: await embedded.open() });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await api.deps.db.delete(backups);
  await api.deps.db.delete(schedules);
  await api.deps.db.delete(jobs);
  const [made] = await paperResources(api.deps, 1);
  if (made === undefined) throw new Error("no resource was made");
  resource = made;
});

interface Rule {
  readonly cron?: string;
  readonly timeZone: string;
  readonly from: string;
}

async function schedule({ cron = "30 2 * * *", timeZone, from }: Rule): Promise<void> {
  clock = new Date(from);
  const caller = {
    ...{ requestId: "r", address: "203.0.113.1", headers: new Headers() },
    ...{ signal: new AbortController().signal, addHeader: () => undefined },
  };
  const trail = { target: null, actor: null, organizationId: null };
  await putSchedule(
    { deps: api.deps, caller, actor: owner(), refusal: undefined, trail },
    { resourceId: resource.id, enabled: true, cron, timeZone, keepLast: 7 },
  );
}

function owner() {
  const { organizationId } = api.deps.installation;
  return {
    kind: "user",
    id: "me",
    name: "me",
    organizationId,
    role: "owner",
    projectId: null,
    isInstanceOwner: true,
  } as const;
}

/** The scheduler's ticks, every 15 seconds of the clock would be too many here: every `stepMinutes`; the backup is over at once. */
async function live(until: string, stepMinutes: number): Promise<string[]> {
  const fired: string[] = [];
  for (; clock < new Date(until); clock = new Date(clock.getTime() + stepMinutes * 60_000)) {
    for (const one of await tick(api.deps)) {
      fired.push(clock.toISOString());
      if (one.jobId !== undefined) await finish(one.jobId);
    }
  }
  return fired;
}

async function finish(jobId: string): Promise<void> {
  const end = { status: "succeeded" as const, finishedAt: clock };
  await api.deps.db.update(jobs).set(end).where(eq(jobs.id, jobId));
}

describe("a schedule", () => {
  test("fires once where the clock leaves an hour out, right after the gap", async () => {
    await schedule({ timeZone: "Europe/Berlin", from: "2026-03-28T12:00:00Z" });
    expect(await live("2026-03-31T00:00:00Z", 30)).toEqual([
      "2026-03-29T01:00:00.000Z",
      "2026-03-30T00:30:00.000Z",
    ]);
  });

  test("fires once where the clock repeats an hour", async () => {
    await schedule({ timeZone: "Europe/Berlin", from: "2026-10-24T12:00:00Z" });
    expect(await live("2026-10-27T00:00:00Z", 30)).toEqual([
      "2026-10-25T00:30:00.000Z",
      "2026-10-26T01:30:00.000Z",
    ]);
  });

  test("catches up once on everything that came due while Cofre was down", async () => {
    await schedule({ cron: "0 * * * *", timeZone: "UTC", from: "2026-05-01T00:30:00Z" });
    clock = new Date("2026-05-03T10:20:00Z");
    const fired = await tick(api.deps);
    expect(fired).toMatchObject([{ missed: 57 }]);
    expect(await tick(api.deps)).toEqual([]);
    for (const { jobId } of fired) if (jobId !== undefined) await finish(jobId);
    expect(await live("2026-05-03T12:30:00Z", 5)).toEqual([
      "2026-05-03T11:00:00.000Z",
      "2026-05-03T12:00:00.000Z",
    ]);
  });

  test("spreads what was missed over some minutes after a downtime, each once, and is punctual again", async () => {
    const shelf = await paperResources(api.deps, 8);
    for (const one of shelf) {
      resource = one;
      await schedule({ timeZone: "UTC", from: "2026-05-01T00:00:00Z" });
    }
    const run = scheduler(api.deps);
    expect(await run()).toEqual([]);
    clock = new Date("2026-05-03T10:00:00Z");
    const moments: number[] = [];
    const back = clock.getTime();
    for (; clock.getTime() <= back + JITTER_MS; clock = new Date(clock.getTime() + 15_000)) {
      for (const { jobId } of await run()) {
        moments.push(clock.getTime() - back);
        if (jobId !== undefined) await finish(jobId);
      }
    }
    expect(moments).toHaveLength(shelf.length);
    expect(new Set(moments).size).toBeGreaterThan(2);
    clock = new Date("2026-05-04T02:29:50Z");
    expect(await run()).toEqual([]);
    clock = new Date("2026-05-04T02:30:05Z");
    expect(await run()).toHaveLength(shelf.length);
  });

  test("skips a run while the backup before it is not over, and the audit says so", async () => {
    await schedule({ cron: "0 * * * *", timeZone: "UTC", from: "2026-05-01T00:30:00Z" });
    clock = new Date("2026-05-01T01:00:10Z");
    await tick(api.deps);
    clock = new Date("2026-05-01T02:00:10Z");
    expect(await tick(api.deps)).toMatchObject([{ jobId: undefined, code: "resource.busy" }]);
    expect(await api.deps.db.select().from(jobs)).toHaveLength(1);
    const [newest] = await api.deps.db
      .select()
      .from(auditEvents)
      .orderBy(desc(auditEvents.position))
      .limit(1);
    expect(newest).toMatchObject({ action: "schedules.run", result: "refused", code: "resource.busy" });
  });

  test("answers nothing twice when the clock is set back a little", async () => {
    await schedule({ timeZone: "UTC", from: "2026-05-01T00:00:00Z" });
    clock = new Date("2026-05-01T02:31:00Z");
    expect(await tick(api.deps)).toHaveLength(1);
    clock = new Date("2026-05-01T02:29:00Z");
    expect(await tick(api.deps)).toEqual([]);
    clock = new Date("2026-05-01T02:30:30Z");
    expect(await tick(api.deps)).toEqual([]);
  });

  test("goes on after a clock that was years ahead for a moment", async () => {
    await schedule({ timeZone: "UTC", from: "2026-05-01T00:00:00Z" });
    clock = new Date("2031-01-01T00:00:00Z");
    const [ahead] = await tick(api.deps);
    if (ahead?.jobId !== undefined) await finish(ahead.jobId);
    clock = new Date("2026-05-01T12:00:00Z");
    expect(await tick(api.deps)).toEqual([]);
    expect(await live("2026-05-03T00:00:00Z", 30)).toEqual(["2026-05-02T02:30:00.000Z"]);
  });

  test("that is switched off fires nothing", async () => {
    await schedule({ timeZone: "UTC", from: "2026-05-01T00:00:00Z" });
    await api.deps.db.update(schedules).set({ enabled: false });
    expect(await live("2026-05-03T00:00:00Z", 30)).toEqual([]);
  });
});
