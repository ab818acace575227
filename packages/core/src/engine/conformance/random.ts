/** Repeatable random numbers from 0 to 1 (mulberry32), so that a red test can be run again from its seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** This many different whole numbers in [from, to), in order; fewer where there are not so many. */
export function placesBetween(
  random: () => number,
  range: { from: number; to: number; count: number },
): number[] {
  const places = new Set<number>();
  const room = range.to - range.from;
  for (let tries = 0; places.size < Math.min(range.count, room) && tries < range.count * 20; tries += 1) {
    places.add(range.from + Math.floor(random() * room));
  }
  return [...places].sort((a, b) => a - b);
}
