import { constants, PerformanceObserver } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { countBuffer } from "./young-buffers.ts";

const PACKET_BYTES = 32 * 1024;

/** Node tells a collection's kind in its details. */
function isMajor(entry: object): boolean {
  if (!("detail" in entry) || typeof entry.detail !== "object" || entry.detail === null) return false;
  return "kind" in entry.detail && entry.detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}

/** How often the whole heap was marked while a gigabyte of packets came and went, a few of them alive at a time. */
async function marksOf(told: (bytes: number) => void): Promise<number> {
  let marks = 0;
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (isMajor(entry)) marks += 1;
  });
  observer.observe({ entryTypes: ["gc"] });
  const alive: Buffer[] = [];
  for (let packet = 0; packet < (1 << 30) / PACKET_BYTES; packet += 1) {
    alive[packet % 8] = Buffer.allocUnsafeSlow(PACKET_BYTES);
    told(PACKET_BYTES);
    if (packet % 1000 === 0) await sleep(0);
  }
  await sleep(50);
  observer.disconnect();
  return marks;
}

test("buffers that come and go do not have the whole heap marked again and again", async () => {
  const untold = await marksOf(() => undefined);
  const told = await marksOf(countBuffer);
  expect(untold).toBeGreaterThan(5);
  expect(told).toBeLessThanOrEqual(untold / 3);
});
