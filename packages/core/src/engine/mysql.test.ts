import { absentReason } from "@cofre/lab";
import { describe } from "vitest";
import { startMysqlSpecimen } from "../testing/mysqlish-specimen.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import { mysql } from "./mysql.ts";

for (const version of ["9.7"]) {
  describe.skipIf(absentReason({ engine: "mysql", version }))(`MySQL ${version}`, () => {
    describeEngine(mysql, () => startMysqlSpecimen("mysql", version));
  });
}
