import { createInterface } from "node:readline";
import { z } from "zod";
import type { ContainerEvent } from "./docker-contract.ts";
import type { Host } from "./host.ts";

const WATCHED = ["start", "die", "stop", "destroy", "remove", "health_status"];

/** docker's words first, podman's after. */
const Event = z.object({
  Action: z.string().optional(),
  status: z.string().optional(),
  Status: z.string().optional(),
  id: z.string().optional(),
  ID: z.string().optional(),
  Actor: z.object({ ID: z.string() }).optional(),
});

/** One word from many: what matters is that somebody looks again. */
const ACTIONS: Readonly<Record<string, ContainerEvent["action"]>> = {
  start: "start",
  die: "stop",
  died: "stop",
  stop: "stop",
  destroy: "remove",
  remove: "remove",
  health_status: "health",
};

/** What happens to containers from now on; ends when the signal aborts, throws when the connection is lost. */
export async function* followEvents(
  server: Pick<Host, "read">,
  client: readonly [string, ...string[]],
  signal: AbortSignal,
): AsyncGenerator<ContainerEvent> {
  const filters = ["type=container", ...WATCHED.map((word) => `event=${word}`)].flatMap((f) => [
    "--filter",
    f,
  ]);
  const output = server.read(
    { argv: [...client, "events", "--format", "{{json .}}", ...filters] },
    { signal },
  );
  const trouble = new Promise<never>((_resolve, reject) => output.once("error", reject));
  trouble.catch(() => undefined); // told below, once the lines that came before it were handed out
  try {
    for await (const line of createInterface({ input: output })) {
      const event = readEvent(line);
      if (event) yield event;
    }
    if (!signal.aborted && output.errored) await trouble;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    output.destroy();
  }
}

function readEvent(line: string): ContainerEvent | undefined {
  const parsed = Event.safeParse(parseLine(line));
  if (!parsed.success) return undefined;
  const { Action, status, Status, id, ID, Actor } = parsed.data;
  const action = ACTIONS[(Action ?? status ?? Status ?? "").replace(/:.*$/s, "")];
  const containerId = Actor?.ID ?? id ?? ID;
  return action && containerId ? { action, containerId } : undefined;
}

/** A line cut by a lost connection is no JSON; what follows tells that it was lost. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
