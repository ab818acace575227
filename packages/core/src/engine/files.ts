import type { Inspection, Unit } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import type { Bench, CheckPlan, Engine, Reach } from "./engine.ts";
import { dumpFiles } from "./files-dump.ts";
import { startAgain } from "./files-hold.ts";
import { identifyTar } from "./files-identify.ts";
import { restoreFiles } from "./files-restore.ts";
import { readScan, SCAN } from "./files-scan.ts";
import { tarOf } from "./files-tar.ts";
import { FilesTarget } from "./files-target.ts";
import { placesOf } from "./files-volumes.ts";

/** Files and folders of a server, as one tar. Each file is whole; together they are not of one moment. */
export const files: Engine<FilesTarget> = {
  id: "files",
  kind: "files",
  label: "Files",
  capabilities: {
    unit: "path",
    combinesUnits: true,
    consistent: false,
    stagedRestore: true,
    atomicRestore: true,
    downtime: "none",
    keepsOld: true,
    selective: false,
    restoreNeedsContainer: false,
    restoreOptions: [],
  },
  formats: ["tar"],
  defaultPort: null,
  configSchema: FilesTarget,
  secretFields: [],
  detect: () => undefined,
  inspect: inspectFiles,
  dump: dumpFiles,
  identify: identifyTar,
  validate: validateTar,
  restore: restoreFiles,
  sweep: startAgain,
};

async function inspectFiles(reach: Reach<FilesTarget>): Promise<Inspection> {
  const { server, signal } = reach;
  const tar = await tarOf(server, signal);
  const units: Unit[] = [];
  for (const path of (await placesOf(reach)).units) {
    const stat = await server.files.stat(path, { signal });
    if (stat === undefined) {
      throw new Fault("target.missing", `${path} is not there on ${server.name}`, {
        hint: "Look whether it was moved, and change the resource's path.",
      });
    }
    // The size of a folder is a walk through all of it.
    units.push({ name: path, sourceBytes: stat.kind === "file" ? stat.bytes : null });
  }
  return { version: tar.version, units };
}

function validateTar({ server }: Bench): CheckPlan {
  return {
    sink: { via: "command", command: { argv: ["sh", "-c", `${SCAN}\nscan`] }, on: server },
    conclude: (output) => readScan(output).units,
  };
}
