import { PassThrough, type Readable } from "node:stream";
import type { Manifest } from "../archive/manifest.ts";
import type { Sink } from "../engine/engine.ts";
import type { LoweredCommand, Server } from "../host/host.ts";
import type { ServerJobSpec, ServerJobView } from "../host/server-jobs.ts";
import { Fault, type FaultCode } from "../model/fault.ts";
import { chain } from "../pipeline/chain.ts";
import { type Meter, meter } from "../pipeline/meter.ts";
import type { Store } from "../store/store.ts";
import { follow } from "./follow.ts";
import { journalsOn, placeOn } from "./place.ts";
import type { Unlock } from "./requests.ts";
import { subId } from "./sub-id.ts";
import { sweepOldAttempt } from "./sweep.ts";
import { type DividedUnpackers, dividedFor, unpackersOf } from "./unpackers.ts";
import { judge } from "./verdict.ts";
import type { Step, Work } from "./work.ts";

/** An archive on its way to a sink: unpacked where the sink is, digested as it is read. */
export interface Unpacking {
  readonly store: Store;
  readonly manifest: Manifest;
  readonly server: Server;
  readonly sink: Sink;
  /** Makes the server job's id distinct from the operation's other jobs. */
  readonly part: string;
  readonly phase: Step["phase"];
  /** What was attempted, and the code of a failure without a better name. */
  readonly attempted: string;
  readonly failure: FaultCode;
  readonly isWorking?: (() => Promise<boolean>) | undefined;
  /** Needed for an encrypted archive. */
  readonly unlock?: Unlock | undefined;
}

type CommandSink = Extract<Sink, { via: "command" }>;

interface Sinking {
  readonly sink: CommandSink;
  readonly unpackers: DividedUnpackers;
}

/**
 * Reads an archive to its last byte into a sink and resolves with what the sink printed. MUST reject, whatever the sink says, when
 * the archive's digest is not the manifest's.
 */
export async function unpackInto(work: Work, unpacking: Unpacking): Promise<string> {
  const { store, manifest } = unpacking;
  const found = await store.stat(manifest.archive.key);
  if (found === undefined) {
    throw new Fault("archive.missing", `${manifest.archive.key} is no longer in ${store.name}`, {
      hint: "Look whether the file was moved or the store was emptied; choose another backup.",
    });
  }
  if (found.bytes !== manifest.archive.bytes) {
    throw damaged(unpacking, `has ${found.bytes} bytes, ${manifest.archive.bytes} were written`);
  }
  const { sink } = unpacking;
  if (sink.via === "stream")
    return await throughCofre(work, unpacking, (dump) => sink.drain(dump, work.signal));
  const unpackers = await dividedFor(unpacking, unpacking.server, work.signal);
  const isThere = placeOn(store, unpacking.server) !== undefined && unpackers.here.length === 0;
  if (isThere) return await onServer(work, unpacking, { sink, unpackers });
  return await fedFromCofre(work, unpacking, { sink, unpackers });
}

/** Both rest on the same server: a server job reads the file there. */
async function onServer(work: Work, unpacking: Unpacking, sinking: Sinking): Promise<string> {
  const { server, store, manifest } = unpacking;
  const place = placeOn(store, server);
  if (place === undefined) throw new Fault("bug", "the archive does not rest on this server");
  const spec = await jobSpec(work, unpacking, sinking);
  await server.jobs.start({ ...spec, input: { path: `${place.root}/${manifest.archive.key}` } });
  const view = await follow(work, {
    jobs: server.jobs,
    ...spec,
    isWorking: unpacking.isWorking,
    onView: (seen) => report(work, unpacking, seen.bytes),
  });
  await server.jobs.forget(spec.journals, spec.id);
  return printedBy(unpacking, view, view.sha256);
}

/** The archive rests elsewhere: its bytes pass through Cofre and are unpacked on the server. */
async function fedFromCofre(work: Work, unpacking: Unpacking, sinking: Sinking): Promise<string> {
  const { server, store, manifest } = unpacking;
  const spec = await jobSpec(work, unpacking, sinking);
  await sweepOldAttempt(server.jobs, spec.journals, spec.id);
  const counted = meter((count) => report(work, unpacking, count));
  const here = sinking.unpackers.here.map((stage) => stage.unpacker());
  const archive = store.get(manifest.archive.key, { signal: work.signal });
  const bytes = chain(archive, counted, ...here, new PassThrough());
  const view = await server.jobs.feed(spec, bytes, work.signal);
  await server.jobs.forget(spec.journals, spec.id);
  return printedBy(unpacking, view, counted.sha256());
}

/** Nothing on a server is needed: Cofre reads, unpacks and drains. */
export async function throughCofre<Result>(
  work: Work,
  unpacking: Omit<Unpacking, "sink" | "server" | "part">,
  drain: (dump: Readable) => Promise<Result>,
): Promise<Result> {
  const { store, manifest } = unpacking;
  const counted: Meter = meter((count) => report(work, unpacking, count));
  const unpackers = (await unpackersOf(unpacking, work.signal)).map((stage) => stage.unpacker());
  const archive = store.get(manifest.archive.key, { signal: work.signal });
  const result = await drain(chain(archive, counted, ...unpackers, new PassThrough()));
  checkDigest(unpacking, counted.sha256());
  return result;
}

async function jobSpec(
  work: Work,
  { server, store, part }: Unpacking,
  { sink, unpackers }: Sinking,
): Promise<ServerJobSpec> {
  const last = sink.on.lower(sink.command);
  const [first, ...rest]: LoweredCommand[] = [
    ...unpackers.there.map((stage) => server.lower(stage.unpack())),
    last,
  ];
  return {
    id: subId(work.id, part),
    owner: work.owner,
    journals: await journalsOn(server, store),
    stages: [first ?? last, ...rest],
  };
}

function printedBy(unpacking: Unpacking, view: ServerJobView, sha256: string | null): string {
  if (sha256 !== null && (view.state === "done" || view.state === "failed")) {
    checkDigestOfWhole(unpacking, view, sha256);
  }
  judge(view, unpacking.attempted, unpacking.failure);
  return view.printed ?? "";
}

/** A program that stops early leaves the rest unread: then its own words tell more than a digest of a part. */
function checkDigestOfWhole(unpacking: Unpacking, view: ServerJobView, sha256: string): void {
  if (view.state === "failed" && view.bytes < unpacking.manifest.archive.bytes) return;
  checkDigest(unpacking, sha256);
}

function checkDigest(unpacking: Pick<Unpacking, "manifest" | "store">, sha256: string): void {
  const { archive } = unpacking.manifest;
  if (sha256 !== archive.sha256)
    throw damaged(unpacking, `has digest ${sha256}, ${archive.sha256} was written`);
}

function damaged({ manifest, store }: Pick<Unpacking, "manifest" | "store">, found: string): Fault {
  return new Fault("archive.damaged", `${manifest.archive.key} in ${store.name} ${found}`, {
    hint: "Do not use this backup; choose another, and look for faults of the disk that holds it.",
  });
}

function report(work: Work, { manifest, phase }: Pick<Unpacking, "manifest" | "phase">, bytes: number): void {
  work.report({ phase, bytes, totalBytes: manifest.archive.bytes });
}
