import { type DestinationStream, type Logger, pino } from "pino";

interface WrittenError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: WrittenError;
}

/** Of an error only what helps to find it: drivers and SSH libraries hang queries, parameters and whole configurations on theirs. */
export function writtenError(error: unknown): WrittenError {
  if (!(error instanceof Error))
    return { type: typeof error, message: "something that is no error was thrown" };
  const code: unknown = Reflect.get(error, "code");
  return {
    type: error.name,
    message: withoutParameters(error.message),
    ...(typeof code === "string" ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: withoutParameters(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: writtenError(error.cause) }),
  };
}

/** Drizzle's errors end with the values of the query: hashes, addresses, sealed secrets. */
function withoutParameters(text: string): string {
  return text.replace(/\nparams: [\s\S]*?(?=\n {4}at |$)/, "\nparams: left out");
}

/** Events with fields, one JSON object a line, on stderr: stdout has the few lines for a person. */
export function createLog(level: string, destination: DestinationStream = pino.destination(2)): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: writtenError } },
    destination,
  );
}
