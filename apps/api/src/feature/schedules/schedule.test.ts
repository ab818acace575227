import { expect, test } from "vitest";
import { newId } from "../../db/columns.ts";
import { eq } from "../../db/orm.ts";
import { auditEvents } from "../../db/schema/audit-events.ts";
import { backupCopies } from "../../db/schema/backup-copies.ts";
import { backups } from "../../db/schema/backups.ts";
import { schedules } from "../../db/schema/schedules.ts";
import { stores } from "../../db/schema/stores.ts";
import { ask, call } from "../../testing/ask.ts";
import { type ControlPlane, describeOnEveryDatabase } from "../../testing/control-plane.ts";
import { writeBelongings } from "../../testing/paper.ts";
import { orderCopies } from "../../work/copy-orders.ts";
import { orderScheduledCopies } from "../../work/scheduled-copies.ts";

async function resource(plane: ControlPlane) {
  const organizationId = await plane.tenant("scheduled");
  const { resourceId, projectId } = await writeBelongings(plane.deps, organizationId);
  const key = await plane.key("owner", { organizationId });
  const line = `/api/resources/${resourceId}/schedule`;
  const put = (body: object) => ask(plane, `PUT ${line}`, { key, body });
  return { key, resourceId, projectId, put, get: () => ask(plane, `GET ${line}`, { key }) };
}

const daily = { enabled: true, preset: "daily", at: "03:00", timeZone: "America/Sao_Paulo", keepLast: 7 };

describeOnEveryDatabase("a schedule", ({ shared, start }) => {
  test("is off, daily at three, last seven, until somebody says otherwise", async () => {
    const { get } = await resource(await shared());
    expect((await get()).json).toMatchObject({
      enabled: false,
      preset: "daily",
      at: "03:00",
      keepLast: 7,
      nextRuns: [],
      updatedAt: null,
    });
  });

  test("shows its next five runs in its own zone, over a change of the clock", async () => {
    await using plane = await start({ now: () => new Date("2026-03-27T12:00:00Z") });
    const { put, get, key, projectId, resourceId } = await resource(plane);
    const answer = await put({ ...daily, timeZone: "Europe/Lisbon" });
    expect(answer.json.nextRuns, answer.text).toEqual([
      "2026-03-28T03:00:00.000Z",
      "2026-03-29T02:00:00.000Z",
      "2026-03-30T02:00:00.000Z",
      "2026-03-31T02:00:00.000Z",
      "2026-04-01T02:00:00.000Z",
    ]);
    expect((await get()).json).toEqual(answer.json);
    const shown = await ask(plane, `GET /api/projects/${projectId}/resources/${resourceId}`, { key });
    expect(shown.json).toMatchObject({
      backupEnabled: true,
      backupSchedule: "daily 03:00",
      backupRetention: 7,
      nextBackupAt: "2026-03-28T03:00:00.000Z",
    });
  });

  test("that is switched off has no next run, and keeps its settings", async () => {
    const plane = await shared();
    const { put, resourceId } = await resource(plane);
    await put(daily);
    const off = await put({ ...daily, enabled: false, keepDays: 30 });
    expect(off.json).toMatchObject({ enabled: false, at: "03:00", keepDays: 30, nextRuns: [] });
    const [row] = await plane.deps.db.select().from(schedules).where(eq(schedules.resourceId, resourceId));
    expect(row?.nextRunAt).toBeNull();
  });

  test.each([
    ["both a preset and a cron line", { cron: "0 3 * * *" }],
    ["neither", { preset: undefined, at: undefined }],
    ["a cron line that is none", { preset: undefined, at: undefined, cron: "every night" }],
    ["a date that never comes", { preset: undefined, at: undefined, cron: "0 3 31 2 *" }],
    ["a zone that is none", { timeZone: "Mars/Olympus" }],
    ["an hour that is none", { at: "25:00" }],
    ["nothing to be kept", { keepLast: 0 }],
  ])("is refused with %s, and nothing is saved", async (_case, change) => {
    const { put, get } = await resource(await shared());
    const answer = await put({ ...daily, ...change });
    expect([answer.status, answer.json.code], answer.text).toEqual([422, "input.invalid"]);
    expect((await get()).json.updatedAt).toBeNull();
  });

  test("can be previewed while it is typed", async () => {
    const plane = await shared();
    const { key } = await resource(plane);
    const input = { cron: "*/15 * * * *", timeZone: "UTC" };
    const { json } = await call(plane, { name: "schedules.preview", type: "query", input }, { key });
    expect(json.result.data.nextRuns).toHaveLength(5);
  });
});

describeOnEveryDatabase("a schedule of copies", ({ start }) => {
  test("orders what has no copy once for all the runs that were missed, over as many turns as it takes", async () => {
    let clock = new Date("2026-03-01T12:00:00Z");
    await using plane = await start({ now: () => clock });
    const { db } = plane.deps;
    const organizationId = await plane.tenant("copied");
    const { backupId, projectId, resourceId, serverId } = await writeBelongings(plane.deps, organizationId);
    const second = { organizationId, serverId, name: "second", kind: "directory", root: "/second" } as const;
    const [store] = await db.insert(stores).values(second).returning();
    const copyStoreIds = [store?.id ?? ""];
    const completedAt = new Date("2026-03-05T00:00:00Z");
    const [backup] = await db
      .update(backups)
      .set({ completedAt })
      .where(eq(backups.id, backupId))
      .returning();
    const key = await plane.key("owner", { organizationId });
    const choose = (line: string, choice: object) =>
      ask(plane, `PUT /api/${line}/stores`, { key, body: { storeId: null, copyStoreIds, ...choice } });
    const monthly = { preset: "monthly", at: "03:00", timeZone: "UTC" };
    const ofProject = `projects/${projectId}`;
    const kept = async () => (await ask(plane, `GET /api/${ofProject}/stores`, { key })).json.copySchedule;
    const copies = () => db.$count(backupCopies);
    const fail = () => db.update(backupCopies).set({ status: "failed", createdAt: completedAt });

    for (const wrong of [
      { copySchedule: { ...monthly, cron: "0 3 * * *" } },
      { copySchedule: { ...monthly, timeZone: "Mars/Olympus" } },
      { copySchedule: monthly, copyStoreIds: null },
    ]) {
      const answer = await choose(ofProject, wrong);
      expect([answer.status, answer.json.code], answer.text).toEqual([422, "input.invalid"]);
    }
    const saved = await choose(ofProject, { copySchedule: monthly });
    expect(saved.json.copySchedule, saved.text).toMatchObject({ ...monthly, cron: null, lastRunAt: null });
    expect((await kept()).nextRuns[0]).toBe("2026-04-01T03:00:00.000Z");

    clock = new Date("2026-03-06T00:00:00Z");
    await orderCopies(plane.deps);
    await orderScheduledCopies(plane.deps);
    expect(await copies()).toBe(0);
    // A backup four weeks old, which is in reach of its first run.
    clock = new Date("2026-04-01T03:00:10Z");
    await Promise.all([orderScheduledCopies(plane.deps), orderScheduledCopies(plane.deps)]);
    await orderScheduledCopies(plane.deps);
    expect(await copies()).toBe(1);
    expect(await kept()).toMatchObject({ lastRunAt: "2026-04-01T03:00:00.000Z" });
    expect(plane.logged()).not.toContain("could not be ordered");
    const told = eq(auditEvents.action, "copies.run");
    expect(await db.select().from(auditEvents).where(told)).toMatchObject([
      { target: { kind: "project", id: projectId, name: "loja" } },
    ]);

    if (backup === undefined) throw new Error("there is no backup");
    const another = () => ({ ...backup, id: newId(), storeKey: newId() });
    await db.insert(backups).values(Array.from({ length: 50 }, another));
    await fail();
    clock = new Date("2026-06-10T00:00:00Z");
    await orderScheduledCopies(plane.deps);
    expect(await copies()).toBe(1 + 50);
    expect(await kept()).toMatchObject({ lastRunAt: "2026-04-01T03:00:00.000Z" });
    await orderScheduledCopies(plane.deps);
    await orderScheduledCopies(plane.deps);
    expect(await copies()).toBe(1 + 51);
    expect(await kept()).toMatchObject({ lastRunAt: "2026-06-01T03:00:00.000Z" });

    await fail();
    await db.update(backups).set({ completedAt: clock }).where(eq(backups.id, backupId));
    await orderCopies(plane.deps);
    expect(await copies()).toBe(1 + 51);
    await choose(ofProject, {});
    await choose(`resources/${resourceId}`, { copyStoreIds: [] });
    await orderCopies(plane.deps);
    expect(await copies()).toBe(1 + 51);
    expect((await choose(`resources/${resourceId}`, {})).json).toMatchObject({ copySchedule: null });
    await orderCopies(plane.deps);
    expect(await copies()).toBe(1 + 51 + 1);
  });
});
