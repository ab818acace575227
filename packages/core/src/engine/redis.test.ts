import { absentReason, extentsOf } from "@cofre/lab";
import { describe } from "vitest";
import { startRedisSpecimen } from "../testing/redis-specimen.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import { redis } from "./redis.ts";

const PASSWORD = `p w"$(id)' \\ção #`;

const VERSIONS = extentsOf({ 6: "the matrix alone", 7: "the matrix alone", 8: "every promise" });

describe.each(VERSIONS)("Redis $version", ({ version, extent }) => {
  const reason = absentReason({ engine: "redis", version });
  describe.skipIf(reason !== null)(reason ?? "in the lab", () => {
    const start = () =>
      startRedisSpecimen(version, {
        appendonly: version !== "6",
        diskless: version === "7",
        password: PASSWORD,
      });
    describeEngine(redis, start, extent);
  });
});
