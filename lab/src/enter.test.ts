import { describe, expect, test } from "vitest";
import { docker } from "./docker.ts";
import { absentReason, startRedis } from "./lab.ts";

const LOOK = "id -u; pwd; hostname; tr '\\0' '\\n' < /proc/$$/environ | grep -v '^_=' | sort";

describe.skipIf(absentReason({ engine: "redis", version: "7" }))(
  "a program that a test runs in a container",
  () => {
    test("finds what the engine's own exec gives it, with its input and its end", async () => {
      await using redis = await startRedis("7");
      const ours = await redis.exec(["sh", "-c", LOOK], { env: { WORD: "p'w \"ção" } });
      const theirs = await docker(["exec", "-e", "WORD", redis.id, "sh", "-c", LOOK], {
        env: { WORD: "p'w \"ção" },
      });
      expect(ours.stdout.toString().trim()).toBe(theirs);
      const echoed = await redis.exec(["sh", "-c", "cat; echo said >&2; exit 3"], { stdin: "in" });
      expect(echoed).toMatchObject({ code: 3, stdout: Buffer.from("in"), stderr: "said\n" });
      const missing = await redis.exec(["no-such-program"]);
      expect(missing.code).toBe(127);
    });

    test("finds the container again after a restart, and nothing where it stopped", async () => {
      await using redis = await startRedis("7");
      expect(await redis.exec(["true"])).toMatchObject({ code: 0 });
      await redis.stop();
      expect(await redis.exec(["true"])).toMatchObject({ code: 1 });
      await redis.start();
      expect(await redis.exec(["true"])).toMatchObject({ code: 0 });
    });
  },
);
