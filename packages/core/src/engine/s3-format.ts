import { z } from "zod";
import type { UnitFacts } from "../model/engine.ts";
import type { Identified } from "./engine.ts";
import { tarRemark } from "./s3-tar.ts";

/** Of the S3 protocol, which is all that object stores of different makers have in common. */
export const S3_VERSION = "2006-03-01";
export const FORMAT = { name: "buckets-tar", version: "1", extension: ".tar" } as const;

const HEAD_WORDS = "Cofre buckets 1 ";
const TAIL_WORDS = "Cofre buckets end ";
const Facts = z.array(
  z.object({
    name: z.string(),
    counts: z.record(z.string(), z.number()),
    digests: z.record(z.string(), z.string()),
  }),
);

/** The remark that begins an archive of buckets. */
export function headRemark(): Buffer {
  return tarRemark(`${HEAD_WORDS}${JSON.stringify({ s3: S3_VERSION })}`);
}

/** The remark that ends one: what a whole archive has counted. */
export function tailRemark(facts: readonly UnitFacts[]): Buffer {
  return tarRemark(`${TAIL_WORDS}${JSON.stringify(facts)}`);
}

export function isHeadRemark(text: string): boolean {
  return text.startsWith(HEAD_WORDS);
}

/** Undefined when it is not the last remark. */
export function factsIn(text: string): readonly UnitFacts[] | undefined {
  if (!text.startsWith(TAIL_WORDS)) return undefined;
  try {
    return Facts.safeParse(JSON.parse(text.slice(TAIL_WORDS.length))).data;
  } catch {
    return undefined;
  }
}

/** By the remark in the first blocks: any other tar is files. */
export function identifyBuckets(head: Uint8Array): Identified | undefined {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 1024));
  const isRemark = start.toString("latin1", 257, 262) === "ustar" && start[156] === "g".charCodeAt(0);
  if (!isRemark || !start.includes(`comment=${HEAD_WORDS}`, 512, "latin1")) return undefined;
  return { engine: "s3", format: FORMAT, serverVersion: S3_VERSION };
}
