import { absentReason } from "@cofre/lab";
import { describe } from "vitest";
import { startPostgresSpecimen } from "../testing/postgres-specimen.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import { postgres } from "./postgres.ts";

for (const version of ["13", "15", "17", "18"]) {
  describe.skipIf(absentReason({ engine: "postgres", version }))(`PostgreSQL ${version}`, () => {
    describeEngine(postgres, () => startPostgresSpecimen(version));
  });
}
