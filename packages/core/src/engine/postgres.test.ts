import { absentReason, extentsOf } from "@cofre/lab";
import { describe, expect } from "vitest";
import { type PostgresSpecimen, startPostgresSpecimen } from "../testing/postgres-specimen.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import { postgres } from "./postgres.ts";

const VERSIONS = extentsOf({
  13: "the matrix alone",
  15: "the matrix alone",
  17: "the matrix alone",
  18: "every promise",
});

for (const { version, extent } of VERSIONS) {
  describe.skipIf(absentReason({ engine: "postgres", version }))(`PostgreSQL ${version}`, () => {
    describeEngine(postgres, () => startWatched(version), extent);
  });
}

/** A server that must still be the one that was started when the whole suite is over: it never restarts because of us. */
async function startWatched(version: string): Promise<PostgresSpecimen> {
  const specimen = await startPostgresSpecimen(version);
  const startedAt = await startOf(specimen);
  // An image's own first start may leave a process to the second one, before anybody else was there.
  const before = troubleIn(await specimen.started.logs());
  const dispose = specimen[Symbol.asyncDispose];
  return {
    ...specimen,
    [Symbol.asyncDispose]: async () => {
      const endedAs = await startOf(specimen);
      const log = await specimen.started.logs();
      await dispose();
      expect(endedAs).toBe(startedAt);
      expect(troubleIn(log)).toEqual(before);
    },
  };
}

function troubleIn(log: string): readonly string[] {
  const trouble =
    /all server processes terminated|reinitializing|not properly shut down|untracked child process/;
  return log.split("\n").filter((line) => trouble.test(line));
}

/** When the postmaster started, and when its sessions were last reset: a crash of one session resets them all. */
async function startOf(specimen: PostgresSpecimen): Promise<string> {
  return specimen.sql(
    "select pg_postmaster_start_time(), (select backend_start from pg_stat_activity where backend_type = 'checkpointer')",
    "postgres",
  );
}
