import { createWriteStream } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createZstdCompress } from "node:zlib";
import type { ServerJobView } from "../../host/server-jobs.ts";
import { Fault } from "../../model/fault.ts";
import type { DumpPlan, DumpRemains, Engine } from "../engine.ts";
import { loweredObserver } from "../lowered-observer.ts";
import { type Archive, type Carrier, PACKING, removeArchive } from "./carry.ts";

export interface TakeRequest {
  readonly units: readonly string[];
  readonly format?: string;
  readonly digests?: "auto" | "none";
  /** Called once with the first bytes: the dump is surely running then. */
  readonly whileDumping?: () => Promise<void>;
}

/** The test's stand-in for the operation: a plan run with a codec into a temporary file. */
export async function takeArchive<Target>(
  engine: Engine<Target>,
  carrier: Carrier<Target>,
  request: TakeRequest,
): Promise<Archive> {
  const { reach } = carrier;
  const plan = await engine.dump(reach, {
    units: request.units,
    digests: request.digests ?? "auto",
    ...(request.format === undefined ? {} : { format: request.format }),
  });
  const path = join(await mkdtemp(join(tmpdir(), "cofre-archive-")), "archive.zst");
  const running = openSource(plan, carrier);
  try {
    const { bytes, ended } = running;
    const watched = request.whileDumping === undefined ? bytes : interrupted(bytes, request.whileDumping);
    const packed = pipeline(watched, createZstdCompress(PACKING), createWriteStream(path), {
      signal: reach.signal,
    });
    const [remains] = await Promise.all([ended, packed]);
    const { facts, warnings } = plan.conclude(remains);
    return {
      path,
      units: request.units,
      format: plan.format,
      serverVersion: plan.serverVersion,
      facts,
      warnings,
      riders: plan.riders,
    };
  } catch (error) {
    // A cancelled job is over when the server says so, not when its reader gave up.
    await running.ended.catch(() => undefined);
    await removeArchive({ path });
    throw error;
  } finally {
    if (plan.source.via === "command") await reach.server.jobs.forget(carrier.journals, reach.tag);
  }
}

function openSource<Target>(
  plan: DumpPlan,
  carrier: Carrier<Target>,
): { bytes: Readable; ended: Promise<DumpRemains> } {
  const { reach, journals } = carrier;
  if (plan.source.via === "stream") {
    return {
      bytes: plan.source.open(reach.signal),
      ended: Promise.resolve({ companion: null, observed: null, stderr: "" }),
    };
  }
  const { companion, observer, source } = plan;
  const stream = reach.server.jobs.stream(
    {
      id: reach.tag,
      owner: "conformance",
      journals,
      stages: [source.on.lower(source.command)],
      ...(companion && {
        companion: { command: companion.on.lower(companion.command), exports: companion.exports },
      }),
      ...(observer && { observer: loweredObserver(observer) }),
    },
    reach.signal,
  );
  const ended = stream.ended.then(remainsOf);
  // Awaited together with the bytes; whichever fails first is told.
  ended.catch(() => undefined);
  return { bytes: stream.bytes, ended };
}

function remainsOf(view: ServerJobView): DumpRemains {
  if (view.state !== "done") {
    throw new Fault("dump.failed", `the dump ended as ${view.state}`, { context: { stderr: view.stderr } });
  }
  return { companion: view.companion, observed: view.observed, stderr: view.stderr };
}

/**
 * Passes bytes on; with the first of them the interruption begins, and until it is over the rest flows slowly, so that the dump is
 * still at work. It never stops: while the output of one exec is not read, Docker tells the end of no other in the same container.
 */
function interrupted(bytes: Readable, interruption: () => Promise<void>): Readable {
  const out = new PassThrough({ highWaterMark: 16 * 1024 });
  async function* slowed(source: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    let interrupting: Promise<void> | undefined;
    let isOver = false;
    for await (const chunk of source) {
      yield chunk;
      interrupting ??= interruption().finally(() => {
        isOver = true;
      });
      // Its failure is told at the end; meanwhile it must not be unhandled.
      interrupting.catch(() => undefined);
      if (!isOver) await sleep(SLOW_MS);
    }
    await interrupting;
  }
  pipeline(bytes, slowed, out).catch((error: unknown) => {
    out.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  return out;
}

const SLOW_MS = 20;
