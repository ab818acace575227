import { absentReason } from "@cofre/lab";
import { describe } from "vitest";
import { startMysqlSpecimen } from "../testing/mysqlish-specimen.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import { mariadb } from "./mariadb.ts";

for (const version of ["10.11", "11.8"]) {
  describe.skipIf(absentReason({ engine: "mariadb", version }))(`MariaDB ${version}`, () => {
    describeEngine(mariadb, () => startMysqlSpecimen("mariadb", version));
  });
}
