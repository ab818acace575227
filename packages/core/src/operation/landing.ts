import { posix } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import type { DumpRemains, Source } from "../engine/engine.ts";
import { loweredObserver } from "../engine/lowered-observer.ts";
import type { LoweredCommand } from "../host/host.ts";
import type { ServerJobSpec, ServerJobView } from "../host/server-jobs.ts";
import { Fault, isFault } from "../model/fault.ts";
import { chain } from "../pipeline/chain.ts";
import { meter } from "../pipeline/meter.ts";
import type { Place, Store } from "../store/store.ts";
import type { Carriage } from "./carriage.ts";
import { claimKey } from "./claim-key.ts";
import { follow } from "./follow.ts";
import { incomingPath, journalsOn } from "./place.ts";
import { sweepOldAttempt } from "./sweep.ts";
import { judge } from "./verdict.ts";
import type { Work } from "./work.ts";

/** An archive that is whole and digested, not yet judged by its engine. */
export interface Landed {
  readonly bytes: number;
  readonly sha256: string;
  readonly remains: DumpRemains;
  /** Gives it its name; resolves with the key. */
  publish(): Promise<string>;
  /** Removes it instead, when its engine finds it bad. */
  discard(): Promise<void>;
  settle(): Promise<void>;
}

type CommandSource = Extract<Source, { via: "command" }>;
type StreamSource = Extract<Source, { via: "stream" }>;

const NO_REMAINS: DumpRemains = { companion: null, observed: null, stderr: "" };
/** The archive rests on the server that has the data: all the work is left to a server job, and nothing crosses the network. */
export async function landHere(
  work: Work,
  carriage: Carriage,
  { place, source }: { readonly place: Place; readonly source: CommandSource },
): Promise<Landed> {
  const { server } = place;
  const journals = await journalsOn(server, carriage.request.store);
  const incoming = incomingPath(place, work.id);
  await server.files.makeFolder(posix.dirname(incoming));
  await server.jobs.start({
    ...(await jobSpec(work, carriage, source)),
    journals,
    output: { path: incoming },
  });
  const view = await follow(work, {
    jobs: server.jobs,
    journals,
    id: work.id,
    isWorking: carriage.plan.isWorking,
    onView: (seen) => work.report({ phase: "dumping", bytes: seen.bytes, totalBytes: expected(carriage) }),
  });
  const done = await judged(view, carriage, () => server.jobs.forget(journals, work.id));
  return {
    bytes: done.bytes,
    sha256: done.sha256 ?? (await digestOf(carriage, place, incoming)),
    remains: remainsOf(done),
    publish: () => publishHere(carriage, place, incoming),
    discard: async () => {
      await server.files.remove(incoming);
      await server.jobs.forget(journals, work.id);
    },
    settle: () => server.jobs.forget(journals, work.id),
  };
}

/** The archive rests elsewhere: dumped and compressed on the server, streamed through Cofre, digested on both sides. */
export async function landThere(work: Work, carriage: Carriage, source: CommandSource): Promise<Landed> {
  const { server } = carriage.request.reach;
  const journals = await journalsOn(server, carriage.request.store);
  await sweepOldAttempt(server.jobs, journals, work.id);
  const spec = { ...(await jobSpec(work, carriage, source)), journals };
  const flow = server.jobs.stream(spec, work.signal);
  const packed = chain(flow.bytes, ...carriage.here.map((stage) => stage.packer()));
  const stored = await putMetered(work, carriage, packed).catch(async (error: unknown) => {
    const view = await flow.ended.catch(() => undefined);
    if (view !== undefined && !work.signal.aborted)
      await judged(view, carriage, () => server.jobs.forget(journals, work.id));
    throw error;
  });
  const view = await flow.ended;
  try {
    const done = await judged(view, carriage, async () => undefined);
    const isSame = carriage.here.length > 0 || done.sha256 === null || done.sha256 === stored.sha256;
    if (!isSame) throw wrongDigest(done.sha256, stored.sha256);
    const settle = () => server.jobs.forget(journals, work.id);
    return { ...stored, remains: remainsOf(done), settle };
  } catch (error) {
    // A store that keeps what it has until a day must not hide why it is bad.
    await stored.discard().catch(() => undefined);
    throw error;
  }
}

/** The dump is an API read by Cofre. */
export async function landThrough(work: Work, carriage: Carriage, source: StreamSource): Promise<Landed> {
  const stages = [...carriage.stages, ...carriage.here];
  const packed = chain(source.open(work.signal), ...stages.map((stage) => stage.packer()));
  const stored = await putMetered(work, carriage, packed);
  return { ...stored, remains: NO_REMAINS, settle: async () => undefined };
}

async function jobSpec(
  work: Work,
  { request, plan, stages }: Carriage,
  source: CommandSource,
): Promise<Omit<ServerJobSpec, "journals">> {
  const { server } = request.reach;
  const { cores } = await server.facts();
  const packs: LoweredCommand[] = stages.map((stage) => server.lower(stage.pack(cores)));
  const { companion, observer } = plan;
  return {
    id: work.id,
    owner: work.owner,
    stages: [source.on.lower(source.command), ...packs],
    ...(companion === undefined
      ? {}
      : { companion: { command: companion.on.lower(companion.command), exports: companion.exports } }),
    ...(observer === undefined ? {} : { observer: loweredObserver(observer) }),
  };
}

async function judged(
  view: ServerJobView,
  { request }: Carriage,
  sweep: () => Promise<void>,
): Promise<ServerJobView> {
  try {
    return judge(view, `dumping ${request.units.join(", ")}`, "dump.failed");
  } catch (error) {
    await sweep();
    throw isFault(error, "server.no-space") ? await withSizes(error, request.store) : error;
  }
}

/** A full disk is told with its sizes: how much is free again shows how much was missing. */
async function withSizes(fault: Fault, store: Store): Promise<Fault> {
  const space = await store.space().catch(() => undefined);
  if (space === undefined) return fault;
  const { freeBytes, totalBytes } = space;
  const sizes = `${freeBytes} of ${totalBytes} bytes are free without the partial archive`;
  return new Fault(fault.code, `${fault.message}; ${sizes}`, {
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
    cause: fault,
    context: { ...fault.context, freeBytes, totalBytes },
  });
}

interface PutArchive {
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
  publish(): Promise<string>;
  discard(): Promise<void>;
}

/** Puts a stream under a free key; the store shows it only when its last byte is safe. */
async function putMetered(work: Work, carriage: Carriage, bytes: Readable): Promise<PutArchive> {
  const { request, extension } = carriage;
  const key = request.key ?? (await claimKey(request, extension));
  if (request.key !== undefined) {
    await request.onKey(key);
    await request.store.remove(key);
  }
  const counted = meter((count) =>
    work.report({ phase: "dumping", bytes: count, totalBytes: expected(carriage) }),
  );
  const stored = await request.store.put(key, chain(bytes, counted, new PassThrough()), work.signal);
  return { key, ...stored, publish: async () => key, discard: () => request.store.remove(key) };
}

/** Names the judged archive without ever overwriting. */
async function publishHere(
  { request, extension }: Carriage,
  place: Place,
  incoming: string,
): Promise<string> {
  const { files } = place.server;
  if (request.key !== undefined && (await wasPublished(place, request.key, incoming))) return request.key;
  return await claimKey(request, extension, async (key) => {
    const path = posix.join(place.root, key);
    await files.makeFolder(posix.dirname(path));
    await files.publish(incoming, path);
  });
}

async function wasPublished(place: Place, key: string, incoming: string): Promise<boolean> {
  const { files } = place.server;
  if ((await files.stat(incoming)) !== undefined) return false;
  return (await files.stat(posix.join(place.root, key))) !== undefined;
}

/** For servers without any tool that digests: the archive is read once by Cofre. */
async function digestOf({ request }: Carriage, place: Place, incoming: string): Promise<string> {
  const published = request.key === undefined ? incoming : posix.join(place.root, request.key);
  const path = (await place.server.files.stat(incoming)) === undefined ? published : incoming;
  const counted = meter();
  for await (const _ of chain(place.server.files.read(path), counted)) {
    // Reading to the end is the work; the meter keeps the digest.
  }
  return counted.sha256();
}

function remainsOf(view: ServerJobView): DumpRemains {
  return { companion: view.companion, observed: view.observed, stderr: view.stderr };
}

function expected({ request }: Carriage): number | null {
  return request.expectedBytes ?? null;
}

function wrongDigest(sent: string, stored: string): Fault {
  return new Fault(
    "dump.incomplete",
    `the server sent an archive with digest ${sent}, ${stored} came to rest`,
    {
      hint: "The network or the store changed bytes on the way; try again.",
    },
  );
}
