import { hostname } from "node:os";
import { Fault } from "../model/fault.ts";
import type { Reach } from "./engine.ts";
import { type FilesTarget, isWithin } from "./files-target.ts";

/** A running container that sees some of the files. */
interface Holder {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly service: string;
}

/** What a resource means on its server now. */
export interface Places {
  /** Its paths, then the folders of its volumes. */
  readonly units: readonly string[];
  /** The container engine's client as words; null when it was not asked. */
  readonly client: string | null;
  readonly holders: readonly Holder[];
}

const LOOK = `
export LC_ALL=C
for client in docker 'sudo -n docker' podman 'sudo -n podman'; do
  $client ps -q -n 1 > /dev/null 2>&1 && break
  client=
done
[ "$client" ] || exit 3
printf 'client\\t%s\\n' "$client"
for name; do
  found=$($client volume inspect -f '{{.Driver}}{{"\\t"}}{{with .Options}}{{.device}}{{end}}{{"\\t"}}{{.Mountpoint}}' "$name" 2> /dev/null) ||
    { printf 'missing\\t%s\\n' "$name"; continue; }
  place=\${found##*"$(printf '\\t')"} access=hidden
  [ ! -r "$place" ] || [ ! -x "$place" ] || access=open
  printf 'volume\\t%s\\t%s\\t%s\\n' "$name" "$access" "$found"
done
ids=$($client ps -q --no-trunc)
[ -z "$ids" ] || $client inspect --type container -f '{{range .Mounts}}holder{{"\\t"}}{{$.Id}}{{"\\t"}}{{$.Name}}{{"\\t"}}{{index $.Config.Labels "com.docker.swarm.service.id"}}{{"\\t"}}{{.Source}}{{"\\n"}}{{end}}' $ids
`;

/**
 * Finds volumes by their names, and who uses the files.
 *
 * @throws Fault `server.tool-missing`, `target.missing`, `target.unsuitable`, `target.permission`, each with the volume's name
 */
export async function placesOf({ server, target, signal }: Reach<FilesTarget>): Promise<Places> {
  const { paths, volumes = [], containers = "run" } = target;
  if (volumes.length === 0 && containers === "run") return { units: paths, client: null, holders: [] };
  const ran = await server.run({ argv: ["sh", "-c", LOOK, "cofre", ...volumes] }, { signal });
  const lines = ran.stdout.split("\n").map((line) => line.split("\t"));
  const client = lines.find(([word]) => word === "client")?.[1];
  if (client === undefined) {
    throw new Fault("server.tool-missing", `no container engine of ${server.name} lets this user in`, {
      hint: "Volumes are found through docker or podman: put the SSH user into the group docker.",
    });
  }
  const folders = volumes.map((volume) => folderOf(server.name, { volume, lines }));
  const units = [...paths, ...folders];
  const holders = lines
    .filter(([word]) => word === "holder")
    .map(([, id = "", name = "", service = "", source = ""]) => ({
      id,
      name: name.replace(/^\//, ""),
      service: service === "<no value>" ? "" : service,
      source,
    }))
    .filter(({ source }) => units.some((unit) => isWithin(source, unit) || isWithin(unit, source)));
  return { units, client, holders };
}

function folderOf(
  where: string,
  { volume, lines }: { readonly volume: string; readonly lines: readonly (readonly string[])[] },
): string {
  const found = lines.find(([word, name]) => word === "volume" && name === volume);
  const [, , access, driver, device, folder] = found ?? [];
  if (folder === undefined) {
    throw new Fault("target.missing", `there is no volume ${volume} on ${where}`, {
      hint: "Look up its name with docker volume ls.",
    });
  }
  // Such a volume is empty for whoever looks while no container uses it.
  if (driver !== "local" || device) {
    throw new Fault(
      "target.unsuitable",
      `the volume ${volume} of ${where} does not lie in a folder of its own`,
      {
        hint: `Name the path of what it is mounted from${device ? ` (${device})` : ""} instead of the volume.`,
      },
    );
  }
  if (access === "open") return folder;
  throw new Fault("target.permission", `the volume ${volume} of ${where} (${folder}) may not be read`, {
    hint: "Reach the server as root, or give the SSH user the right to read that folder.",
  });
}

/** The containers to be stopped or paused. Refuses what an orchestrator would start again, and Cofre's own. */
export function heldOf(where: string, { holders }: Places): readonly Holder[] {
  const service = holders.find((holder) => holder.service !== "");
  if (service !== undefined) {
    throw new Fault(
      "target.unsuitable",
      `${service.name} on ${where} is a Swarm service and may not be stopped alone`,
      {
        hint: "Let the containers of this resource run during a backup.",
      },
    );
  }
  const own = holders.find(({ id }) => id.startsWith(hostname()) && /^[0-9a-f]{12,}$/.test(hostname()));
  if (own !== undefined) {
    throw new Fault("target.unsuitable", `${own.name} on ${where} is Cofre itself`, {
      hint: "Let the containers of this resource run during a backup.",
    });
  }
  return [...new Map(holders.map((holder) => [holder.id, holder])).values()];
}
