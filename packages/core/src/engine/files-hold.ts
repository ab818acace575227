import type { Reach } from "./engine.ts";
import { GUARD, HELD, START_AGAIN } from "./files-hold-scripts.ts";
import type { FilesTarget } from "./files-target.ts";
import { heldOf, type Places } from "./files-volumes.ts";

/** What is done to the containers during one dump. */
export interface Hold {
  /** Variables of the dump's script. */
  readonly env: Readonly<Record<string, string>>;
  /** What the manifest has to say about the moment that the files are of. */
  readonly warnings: readonly string[];
}

const NOT_ONE_MOMENT = "each file is whole, but together they are not of one moment";
const LONGEST_MINUTES = 60;

/** Plans to stop or pause the containers that see the files, when the resource says so. */
export async function holdOf(reach: Reach<FilesTarget>, places: Places): Promise<Hold> {
  const { containers = "run", heldMinutes = LONGEST_MINUTES } = reach.target;
  if (containers === "run" || places.client === null) return { env: {}, warnings: [NOT_ONE_MOMENT] };
  await startAgain(reach);
  const held = heldOf(reach.server.name, places);
  if (held.length === 0) {
    return { env: {}, warnings: [`no running container sees these files: ${NOT_ONE_MOMENT}`] };
  }
  const names = held.map(({ name }) => name).join(", ");
  const crashed = `${names} paused meanwhile: the files are of one moment, as after a power cut`;
  return {
    env: {
      COFRE_HOLD: containers,
      COFRE_HELD: `${HELD}${reach.tag}`,
      COFRE_GUARD: GUARD,
      COFRE_IDS: held.map(({ id }) => id).join(" "),
      COFRE_CLIENT: places.client,
      COFRE_LONGEST: String(heldMinutes * 60),
    },
    warnings: containers === "pause" ? [crashed] : [],
  };
}

/** Has containers running again that a dump held which was killed together with its guard, by a restart of the server. */
export async function startAgain(reach: Reach<FilesTarget>): Promise<void> {
  if ((reach.target.containers ?? "run") === "run") return;
  const env = { COFRE_HELD: `${HELD}${reach.tag}` };
  await reach.server.run({ argv: ["sh", "-c", START_AGAIN], env }, { signal: reach.signal });
}
