import { spawnSync } from "node:child_process";
import { type StartedS3, startContainer } from "@cofre/lab";
import { shell } from "./measure.ts";

/** MinIO's own client, in Debian's package; it knows the object store as `bench`. */
export interface Mc extends AsyncDisposable {
  /** Runs a script and returns what it printed; throws when it fails. The folder given at the start is $SEED. */
  run(script: string): Promise<string>;
}

const BASE = "cofre-lab/debian:trixie";

/** In a container of the lab's trixie, else on this machine where it is or may be installed; undefined when it cannot be had. */
export async function startMc(minio: StartedS3, folder: string): Promise<Mc | undefined> {
  const alias = `http://${minio.accessKey}:${minio.secretKey}@${minio.ip}:9000`;
  const inside = await mcInContainer(alias, folder).catch((error: unknown) => {
    console.error(`bench: mc in a container: ${error instanceof Error ? error.message : error}`);
    return undefined;
  });
  return inside ?? mcHere(alias, folder);
}

async function mcInContainer(alias: string, folder: string): Promise<Mc> {
  console.error(`bench: installing minio-client in a container of ${BASE}`);
  const container = await startContainer({
    image: BASE,
    name: "mc",
    cmd: ["sleep", "infinity"],
    options: ["--init", "--pull=never"],
    volumes: [`${folder}:/seed:ro`],
    env: { MC_HOST_bench: alias, SEED: "/seed" },
  });
  const run = async (script: string): Promise<string> => {
    const { code, stdout, stderr } = await container.exec(["sh", "-ec", script]);
    if (code === 0) return stdout.toString();
    throw new Error(`ended with ${code}: ${stderr.trim().slice(-500)}`);
  };
  const dispose = () => container[Symbol.asyncDispose]();
  try {
    await run("command -v minio-client || lab-apt minio-client");
  } catch (error) {
    await dispose();
    throw error;
  }
  return { run, [Symbol.asyncDispose]: dispose };
}

function mcHere(alias: string, folder: string): Mc | undefined {
  const isThere = "minio-client --version";
  if (!succeeds(isThere) && process.getuid?.() === 0) {
    console.error("bench: installing minio-client on this machine");
    succeeds("DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends minio-client");
  }
  if (!succeeds(isThere)) return undefined;
  return {
    run: (script) => shell(["env", `MC_HOST_bench=${alias}`, `SEED=${folder}`, "sh", "-ec", script]),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function succeeds(script: string): boolean {
  return spawnSync("sh", ["-c", script], { stdio: "ignore" }).status === 0;
}
