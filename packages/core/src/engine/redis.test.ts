import { absentReason, extentOf } from "@cofre/lab";
import { describe } from "vitest";
import { startRedisSpecimen } from "../testing/redis-specimen.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import { redis } from "./redis.ts";

const PASSWORD = `p w"$(id)' \\ção #`;

describe.each([
  { version: "6", extent: "every promise", appendonly: false, diskless: false },
  { version: "7", extent: "round trips", appendonly: true, diskless: true },
  { version: "8", extent: "every promise", appendonly: true, diskless: false },
] as const)("Redis $version", ({ version, extent, ...options }) => {
  const reason = absentReason({ engine: "redis", version });
  describe.skipIf(reason !== null)(reason ?? "in the lab", () => {
    describeEngine(
      redis,
      () => startRedisSpecimen(version, { ...options, password: PASSWORD }),
      extentOf(extent),
    );
  });
});
