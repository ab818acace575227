/** One way to take a backup, of those that must all work together. */
export interface Way {
  readonly reached: "in its container" | "by host:port";
  readonly codec: "zstd" | "gzip";
  readonly cipher: "plain" | "encrypted";
  readonly store: "on the server" | "in S3";
}

const BITS = [0, 1] as const;

const REACHED = ["in its container", "by host:port"] as const;
const CODEC = ["zstd", "gzip"] as const;
const CIPHER = ["plain", "encrypted"] as const;
const STORE = ["on the server", "in S3"] as const;

/** All sixteen. */
export function everyWay(): readonly Way[] {
  return REACHED.flatMap((reached) =>
    CODEC.flatMap((codec) =>
      CIPHER.flatMap((cipher) => STORE.map((store) => ({ reached, codec, cipher, store }))),
    ),
  );
}

/**
 * Two ways that are each other's opposite, another two for each subject: over every four subjects in a row each pair of choices is
 * met, and every subject meets every choice.
 */
export function pairedWays(subject: number): readonly [Way, Way] {
  const codec = subject & 1;
  const cipher = (subject >> 1) & 1;
  const store = codec ^ cipher;
  const way = (side: 0 | 1): Way => ({
    reached: chosen(REACHED, side),
    codec: chosen(CODEC, codec ^ side),
    cipher: chosen(CIPHER, cipher ^ side),
    store: chosen(STORE, store ^ side),
  });
  const [first, second] = BITS;
  return [way(first), way(second)];
}

function chosen<Value>([first, second]: readonly [Value, Value], bit: number): Value {
  return bit === 0 ? first : second;
}
