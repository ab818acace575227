import { afterAll, beforeAll, describe } from "vitest";
import { describeFiling } from "./conformance/filing.ts";
import type { Disk, HostGround } from "./conformance/ground.ts";
import { describeRunning } from "./conformance/running.ts";
import { describeStopping } from "./conformance/stopping.ts";
import { describeStreaming } from "./conformance/streaming.ts";

export interface HostSuite {
  /** Why this machine cannot run the suite; null when it can. */
  readonly skipped?: string | null;
  /** Disks that the ground has to offer. */
  readonly disks?: readonly Disk[];
}

/** A test may take a dozen commands in a container, and each a second on a busy machine. */
const TIMEOUT_MS = 180_000;

/** The promises of host.ts, for any host. */
export function describeHost(name: string, start: () => Promise<HostGround>, suite: HostSuite = {}): void {
  const { skipped = null, disks = [] } = suite;
  const title = `${name} keeps the promises of a host${skipped ? ` (${skipped})` : ""}`;
  describe.skipIf(skipped)(title, { timeout: TIMEOUT_MS }, () => {
    let started: HostGround | undefined;
    beforeAll(async () => {
      started = await start();
    });
    afterAll(async () => {
      await started?.[Symbol.asyncDispose]();
    });
    const ground = () => {
      if (started) return started;
      throw new Error("the ground of this suite did not start");
    };
    describeRunning(ground);
    describeStreaming(ground);
    describeStopping(ground);
    describeFiling(ground, disks);
  });
}
