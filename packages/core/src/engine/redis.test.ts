import { absentReason } from "@cofre/lab";
import { describe } from "vitest";
import { startRedisSpecimen } from "../testing/redis-specimen.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import { redis } from "./redis.ts";

const PASSWORD = `p w"$(id)' \\ção #`;

describe.each([
  { version: "6", appendonly: false, diskless: false },
  { version: "7", appendonly: true, diskless: true },
  { version: "8", appendonly: true, diskless: false },
])("Redis $version", ({ version, ...options }) => {
  const reason = absentReason({ engine: "redis", version });
  describe.skipIf(reason !== null)(reason ?? "in the lab", () => {
    describeEngine(redis, () => startRedisSpecimen(version, { ...options, password: PASSWORD }));
  });
});
