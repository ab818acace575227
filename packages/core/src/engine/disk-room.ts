import { Fault } from "../model/fault.ts";
import type { Disk } from "./engine.ts";

const GIB = 1024 ** 3;

/**
 * What is left free of it. A database server that finds no room for its own log stops, and everybody's data with it: PostgreSQL by a
 * panic ("WAL Configuration" and "Disk Full" in its manual), MySQL by `binlog_error_action`.
 */
export function reserveOf(totalBytes: number): number {
  return Math.min(GIB, Math.floor(totalBytes / 10));
}

/** Throws `server.no-space` when a second copy of so many bytes would not leave the server what it needs. */
export async function refuseSmallDisk(disk: Disk, bytes: number, signal: AbortSignal): Promise<void> {
  const { freeBytes, totalBytes } = await disk.host.files.space(disk.folder, { signal, tag: disk.tag });
  const neededBytes = bytes + reserveOf(totalBytes);
  if (freeBytes >= neededBytes) return;
  throw new Fault(
    "server.no-space",
    `the disk of the database has ${freeBytes} bytes free, a restore beside the old data needs about ${neededBytes}`,
    { hint: "Free space on that disk, then try again.", context: { freeBytes, neededBytes } },
  );
}
