import { expect, test } from "vitest";
import { type Failed, remediesOf } from "./remedies.ts";

const failed = (code: string, more: Partial<Failed> = {}, kept: Partial<Failed["error"]> = {}): Failed => ({
  kind: "backup",
  projectId: "p",
  serverId: "s",
  resourceId: "r",
  ...more,
  error: { code, targetChanged: null, safetyBackupId: null, ...kept },
});
const ways = (of: Failed) => remediesOf(of).map(({ word, href }) => `${word} ${href}`);
const PAGE = "/projects/p/resources/r";

test.each([
  ["server.auth", ["fixServer /servers?edit=s", `again ${PAGE}?act=backup`]],
  ["server.no-space", [`keepLess ${PAGE}/schedule`, `again ${PAGE}?act=backup`]],
  ["store.unavailable", ["seeStores /stores", `again ${PAGE}?act=backup`]],
  ["target.auth", [`fixCredentials ${PAGE}/settings`, `again ${PAGE}?act=backup`]],
  ["dump.failed", [`again ${PAGE}?act=backup`]],
])("a backup that failed with %s has its cure, then the way to try again", (code, expected) =>
  expect(ways(failed(code))).toEqual(expected),
);

test("where the data is no longer what it was, the way back comes before everything else", () => {
  const changed = { targetChanged: true, safetyBackupId: "b" };
  expect(ways(failed("server.no-space", { kind: "restore" }, changed))).toEqual([
    `goBack ${PAGE}?restore=b`,
    `chooseBackup ${PAGE}`,
  ]);
});

test("a job of no resource leads nowhere but to its server", () => {
  expect(ways(failed("target.missing", { kind: "scan", projectId: null, resourceId: null }))).toEqual([]);
  expect(ways(failed("server.no-docker", { kind: "scan", projectId: null, resourceId: null }))).toEqual([
    "seeServers /servers",
  ]);
});
