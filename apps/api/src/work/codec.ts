import { CODECS, type CodecId } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import type { ReachedResource } from "../reach/reach.ts";

export interface ChosenCodec {
  readonly id: CodecId;
  /** What a person should know of the choice. */
  readonly warnings: readonly string[];
}

/** The compression that was asked for; else zstd, or gzip where the server has no zstd. */
export async function codecFor(
  { reach, server }: ReachedResource,
  wanted: string | undefined,
): Promise<ChosenCodec> {
  if (wanted !== undefined) return { id: codecNamed(wanted), warnings: [] };
  const { tools } = await reach.server.facts();
  if (tools.includes("zstd")) return { id: "zstd", warnings: [] };
  const warning = `${server.name} has no zstd, so the archive is compressed with gzip; install zstd there for faster and smaller backups`;
  return { id: "gzip", warnings: [warning] };
}

function codecNamed(name: string): CodecId {
  const id = CODECS.find((codec) => codec === name);
  if (id !== undefined) return id;
  throw new Fault("input.invalid", `compression ${name} is not known`, {
    hint: `Choose one of ${CODECS.join(", ")}.`,
  });
}
