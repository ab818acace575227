import { absentReason, extentOf } from "@cofre/lab";
import { describe } from "vitest";
import { startMysqlSpecimen } from "../testing/mysqlish-specimen.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import { mariadb } from "./mariadb.ts";

const VERSIONS = { "10.11": "round trips", "11.8": "every promise" } as const;

for (const [version, extent] of Object.entries(VERSIONS)) {
  describe.skipIf(absentReason({ engine: "mariadb", version }))(`MariaDB ${version}`, () => {
    describeEngine(mariadb, () => startMysqlSpecimen("mariadb", version), extentOf(extent));
  });
}
