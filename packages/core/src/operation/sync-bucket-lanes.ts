const IN_FLIGHT = 16;
const BUDGET_BYTES = 64 << 20;

/** Work side by side, at most so many and so many bytes of it in memory. */
export interface Lanes {
  /** Resolves once there is room; the work goes on by itself. Rejects with the first failure of any work. */
  run(bytes: number, work: () => Promise<void>): Promise<void>;
  /** Waits for all of it. Rejects with the first failure. */
  settled(): Promise<void>;
}

export function createLanes(): Lanes {
  const running = new Set<Promise<void>>();
  let held = 0;
  let failure: { readonly error: unknown } | undefined;
  const rethrow = () => {
    if (failure !== undefined) throw failure.error;
  };
  return {
    async run(bytes, work) {
      rethrow();
      while (running.size >= IN_FLIGHT || (held > 0 && held + bytes > BUDGET_BYTES)) {
        await Promise.race(running);
        rethrow();
      }
      held += bytes;
      const done: Promise<void> = work()
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          held -= bytes;
          running.delete(done);
        });
      running.add(done);
    },
    async settled() {
      await Promise.all(running);
      rethrow();
    },
  };
}
