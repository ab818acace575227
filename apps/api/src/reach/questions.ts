import { Fault } from "@cofre/core/model";
import { newId } from "../db/columns.ts";
import type { ReachOptions } from "./reach.ts";

/** How long a person waits for a server to answer. */
export const ANSWER_MS = 30_000;

/** Tag and time limit of a single question to a server, which also ends when the asker goes away. */
export function question(asker?: AbortSignal, withinMs: number = ANSWER_MS): ReachOptions {
  const given = asker === undefined ? [] : [asker];
  return { tag: newId(), signal: AbortSignal.any([...given, AbortSignal.timeout(withinMs)]) };
}

/**
 * The answer, or a fault once the time is up: a server that says nothing is out of reach, whatever the reason.
 *
 * @throws Fault `server.unreachable`
 */
export async function answered<Answer>(
  name: string,
  signal: AbortSignal,
  answer: Promise<Answer>,
): Promise<Answer> {
  let tooLate: (() => void) | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    tooLate = () => reject(silent(name, signal.reason));
    signal.addEventListener("abort", tooLate, { once: true });
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    throw signal.aborted ? silent(name, error) : error;
  } finally {
    if (tooLate !== undefined) signal.removeEventListener("abort", tooLate);
    answer.catch(() => undefined);
  }
}

function silent(name: string, cause: unknown): Fault {
  return new Fault("server.unreachable", `${name} did not answer in time`, {
    hint: "Look whether the machine and its network are up, then try again.",
    cause,
  });
}
