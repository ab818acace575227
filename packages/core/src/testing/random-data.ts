/** Random data that can be made again: everything follows from the seed. */
export interface RandomData {
  readonly seed: number;
  /** An integer from 0 up to, not including, `below`. */
  integer(below: number): number;
  bytes(length: number): Buffer;
  pick<Value>(values: readonly [Value, ...Value[]]): Value;
}

/** Prints its seed, so that a failure can be repeated: `randomData(1234)`. */
export function randomData(seed: number = Date.now() % 2 ** 31): RandomData {
  process.stderr.write(`random data from seed ${seed}\n`);
  const next = mulberry32(seed);
  const integer = (below: number) => Math.floor(next() * below);
  return {
    seed,
    integer,
    bytes: (length) => Buffer.from(Uint8Array.from({ length }, () => integer(256))),
    pick: (values) => values[integer(values.length)] ?? values[0],
  };
}

/** Tommy Ettinger's mulberry32, public domain: small, fast, good enough for test data, and of no use for secrets. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
