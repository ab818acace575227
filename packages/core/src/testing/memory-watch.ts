/** Watches this process's memory while a stream passes. */
export interface MemoryWatch {
  /** So many more bytes passed. */
  saw(bytes: number): void;
  /**
   * By how many bytes the least that was held in the last quarter of the stream is above the least of the first one. What is kept of the
   * bytes shows there, by three quarters of all of them; what the collector has not looked at yet does not.
   */
  growthBytes(): number;
}

export function watchMemory(totalBytes: number): MemoryWatch {
  const least = [Infinity, Infinity, Infinity, Infinity];
  let passed = 0;
  return {
    saw: (bytes) => {
      const quarter = Math.min(3, Math.floor((4 * passed) / totalBytes));
      const { heapUsed, external } = process.memoryUsage();
      least[quarter] = Math.min(least[quarter] ?? Infinity, heapUsed + external);
      passed += bytes;
    },
    growthBytes: () => (least[3] ?? Infinity) - (least[0] ?? 0),
  };
}
