import { absentReason } from "@cofre/lab";
import { describe } from "vitest";
import { startMongoSpecimen } from "../testing/mongodb-specimen.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import { mongodb } from "./mongodb.ts";

const reason = absentReason({ engine: "mongodb", version: "ferretdb-2.7" });

/** Not mongod: FerretDB answers the same protocol to the same tools. */
describe.skipIf(reason !== null)(reason ?? "FerretDB in the lab", () => {
  describeEngine(mongodb, startMongoSpecimen);
});
