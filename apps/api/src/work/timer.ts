import type { Logger } from "pino";

export interface Timer {
  /** Waits for a run that is under way. */
  close(): Promise<void>;
}

export interface Timed {
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
  readonly log: Logger;
}

/** Runs now and then again and again, never twice at once. A run that fails is told and tried again at its next turn. */
export function startTimer({ name, everyMs, run, log }: Timed): Timer {
  let current: Promise<void> | undefined;
  const turn = () => {
    current ??= run()
      .then(
        () => undefined,
        (error: unknown) => log.warn({ err: error, timer: name }, "a timed task failed"),
      )
      .finally(() => {
        current = undefined;
      });
  };
  const timer = setInterval(turn, everyMs);
  turn();
  return {
    close: async () => {
      clearInterval(timer);
      await current;
    },
  };
}
