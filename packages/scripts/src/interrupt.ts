/** Somebody wants the script to end. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** 128 and the signal's number, as shells tell it; undefined while nobody interrupted. */
  exitCode(): number | undefined;
}

const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/** The first signal asks the script to stop in order; a second one ends it where it stands. */
export function interruptOf(program: NodeJS.Process, say: (text: string) => void): Interrupt {
  const stop = new AbortController();
  let code: number | undefined;
  const interrupted = (name: keyof typeof NUMBERS) => {
    if (code !== undefined) program.exit(code);
    code = 128 + NUMBERS[name];
    say("stopping; press Ctrl-C again to leave at once, without waiting for it");
    stop.abort();
  };
  program.on("SIGINT", () => interrupted("SIGINT"));
  program.on("SIGTERM", () => interrupted("SIGTERM"));
  return { signal: stop.signal, exitCode: () => code };
}
