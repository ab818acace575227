import { absentReason, extentsOf } from "@cofre/lab";
import { describe } from "vitest";
import { startMysqlSpecimen } from "../testing/mysqlish-specimen.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import { mariadb } from "./mariadb.ts";

for (const { version, extent } of extentsOf({ "10.11": "the matrix alone", "11.8": "every promise" })) {
  describe.skipIf(absentReason({ engine: "mariadb", version }))(`MariaDB ${version}`, () => {
    describeEngine(mariadb, () => startMysqlSpecimen("mariadb", version), extent);
  });
}
