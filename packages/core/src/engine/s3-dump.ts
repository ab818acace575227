import { Readable } from "node:stream";
import type { UnitFacts } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import type { DumpPlan, DumpRequest, Reach } from "./engine.ts";
import { bucketFault } from "./s3-faults.ts";
import { type Fetching, fetchLarge } from "./s3-fetch.ts";
import { FORMAT, headRemark, S3_VERSION, tailRemark } from "./s3-format.ts";
import {
  type Listed,
  type Listing,
  listBuckets,
  listObjects,
  listVersions,
  versioningOf,
} from "./s3-list.ts";
import { type InTurn, inTurn } from "./s3-pack.ts";
import { headFor, headForBucket, type Recorded } from "./s3-record.ts";
import { type Tally, tally } from "./s3-tally.ts";
import { paddingOf, TAR_END, tarHead } from "./s3-tar.ts";
import type { BucketTarget } from "./s3-target.ts";
import { openS3 } from "./s3-way.ts";

const MOST_WARNINGS = 20;
/** Small pieces are joined to about this size before they go on. */
const PIECE_BYTES = 256 << 10;

const NOT_ONE_MOMENT =
  "each object is whole, but together they are not of one moment: what was written meanwhile may be in it or not";

const versionsUntold = (bucket: string): string =>
  `the access key may not ask whether ${bucket} keeps versions (s3:GetBucketVersioning): only its current objects are in the backup`;

/** What a dump finds out on its way. */
interface Findings {
  readonly facts: UnitFacts[];
  readonly warnings: string[];
  gone: number;
  isWhole: boolean;
}

/** Plans one tar of all the buckets asked for, read from the API as it flows. Throws `target.missing` for a bucket that is not there. */
export async function dumpBuckets(
  reach: Reach<BucketTarget>,
  { units, anywhere }: DumpRequest,
): Promise<DumpPlan> {
  using s3 = openS3(reach);
  const among = anywhere === true ? {} : reach.target;
  const there = (await listBuckets(s3.client, among, reach.signal)).map(({ name }) => name);
  for (const unit of units) if (!there.includes(unit)) throw noSuchBucket(unit);
  const findings: Findings = { facts: [], warnings: [NOT_ONE_MOMENT], gone: 0, isWhole: false };
  return {
    format: FORMAT,
    serverVersion: S3_VERSION,
    source: {
      via: "stream",
      open: (signal) =>
        Readable.from(joined(archiveOf({ reach, units, findings, signal })), {
          objectMode: false,
          highWaterMark: 4 * PIECE_BYTES,
        }),
    },
    riders: [],
    tools: { cofre: FORMAT.name },
    conclude: () => {
      if (!findings.isWhole) {
        throw new Fault("dump.incomplete", "the buckets were not read to their end", { hint: "Try again." });
      }
      const gone = findings.gone > MOST_WARNINGS ? [`${findings.gone} objects vanished in all`] : [];
      return { facts: findings.facts, warnings: [...findings.warnings, ...gone] };
    },
  };
}

export function noSuchBucket(unit: string): Fault {
  return new Fault("target.missing", `there is no bucket ${unit}`, {
    hint: "Look whether it was removed, or whether the access key may list it.",
  });
}

interface Archiving {
  readonly reach: Reach<BucketTarget>;
  readonly units: readonly string[];
  readonly findings: Findings;
  readonly signal: AbortSignal;
}

async function* archiveOf({ reach, units, findings, signal }: Archiving): AsyncGenerator<Buffer> {
  const stop = new AbortController();
  using s3 = openS3(reach);
  try {
    yield headRemark();
    for (const bucket of units) {
      const fetching = { s3, bucket, signal: AbortSignal.any([signal, stop.signal]) };
      yield* bucketOf(fetching, findings);
    }
    yield Buffer.concat([tailRemark(findings.facts), TAR_END]);
    findings.isWhole = true;
  } catch (error) {
    throw bucketFault(error, "reading the buckets");
  } finally {
    // Whoever reads may go away at any time: nothing may stay under way.
    stop.abort();
  }
}

async function* bucketOf(fetching: Fetching, findings: Findings): AsyncGenerator<Buffer> {
  const { bucket, signal } = fetching;
  const listing: Listing = { client: fetching.s3.client, bucket, signal };
  const told = await versioningOf(listing);
  if (told === "untold") findings.warnings.push(versionsUntold(bucket));
  const versioning = told === "untold" ? "off" : told;
  const pages = versioning === "off" ? listObjects(listing) : listVersions(listing);
  const counted = tally();
  const ordinals = ordinalsOf();
  yield tarHead(headForBucket({ bucket, versioning }));
  for await (const turn of inTurn(fetching, pages)) {
    yield* objectOf({ fetching, findings, counted, ordinal: ordinals(turn.listed) }, turn);
  }
  findings.facts.push(counted.facts(bucket));
}

/** Numbers the versions of each key, which come together, from the oldest on. */
function ordinalsOf(): (listed: Listed) => number {
  let last: string | undefined;
  let ordinal = 0;
  return ({ key }) => {
    ordinal = key === last ? ordinal + 1 : 0;
    last = key;
    return ordinal;
  };
}

interface Writing {
  readonly fetching: Fetching;
  readonly findings: Findings;
  readonly counted: Tally;
  readonly ordinal: number;
}

async function* objectOf(writing: Writing, turn: InTurn): AsyncGenerator<Buffer> {
  const { fetching, counted } = writing;
  const { listed, isLarge } = turn;
  if (listed.version?.isDeletion === true) {
    const one = recorded(writing, listed, { ...listed, traits: {} });
    counted.add(one, "");
    yield tarHead(headFor(one));
    return;
  }
  const whole = turn.fetched?.whole;
  if (turn.fetched !== undefined && whole !== undefined) {
    const one = recorded(writing, listed, turn.fetched);
    counted.add(one, whole.sha256);
    yield tarHead(headFor(one));
    yield whole.body;
    yield Buffer.alloc(paddingOf(one.bytes));
    return;
  }
  const flowing = isLarge ? await fetchLarge(fetching, listed) : undefined;
  if (flowing === undefined) {
    vanished(writing, listed);
    return;
  }
  const one = recorded(writing, listed, flowing);
  yield tarHead(headFor(one));
  yield* flowing.chunks();
  yield Buffer.alloc(paddingOf(one.bytes));
  counted.add(one, flowing.sha256());
}

function recorded(
  { fetching, ordinal }: Writing,
  { key, version }: Listed,
  { bytes, modifiedAt, etag, traits }: Pick<Recorded, "bytes" | "modifiedAt" | "etag" | "traits">,
): Recorded {
  return {
    ...{ bucket: fetching.bucket, key, bytes, modifiedAt, etag, traits, ordinal },
    isLatest: version?.isLatest ?? true,
    isDeletion: version?.isDeletion ?? false,
    versionId: version?.id ?? null,
  };
}

function vanished({ fetching, findings }: Writing, { key }: Listed): void {
  findings.gone += 1;
  if (findings.gone <= MOST_WARNINGS) {
    findings.warnings.push(`${fetching.bucket}/${key} vanished before it was read`);
  }
}

/** Joins small pieces, so that a hundred thousand objects are not half a million writes. */
async function* joined(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    if (piece.length === 0) continue;
    held.push(piece);
    bytes += piece.length;
    if (bytes < PIECE_BYTES) continue;
    yield held.length === 1 ? piece : Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
