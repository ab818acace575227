import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLab, sshServer } from "@cofre/lab";
import { type Cofre, createCofre, type Resource } from "@cofre/sdk";
import { drained, type Result, resultOf, timed } from "./measure.ts";
import type { BenchServer } from "./server.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const KEY = `cofre_${"b".repeat(43)}`;

/** A Cofre of its own, started as a user starts it. */
export interface Product extends AsyncDisposable {
  readonly cofre: Cofre;
  readonly url: string;
  readonly startSeconds: number;
  /** Highest resident memory since the start, in bytes. */
  peakBytes(): number;
}

export async function startProduct(): Promise<Product> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const began = performance.now();
  const child = spawn(process.execPath, ["apps/api/src/main.ts"], {
    cwd: REPOSITORY,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      COFRE_PORT: String(port),
      COFRE_DATA_DIR: mkdtempSync(join(tmpdir(), "cofre-bench-")),
      COFRE_ADMIN_EMAIL: "bench@example.com",
      COFRE_ADMIN_PASSWORD: "correct horse battery staple",
      COFRE_API_KEY: KEY,
      COFRE_LOG_LEVEL: "warn",
    },
  });
  await untilReady(url);
  return {
    cofre: createCofre({ url, apiKey: KEY }),
    url,
    startSeconds: (performance.now() - began) / 1000,
    peakBytes: () =>
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) * 1024,
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Files of this many bytes go from the SSH server through Cofre into a store on this machine; the peak of its memory. */
export async function peakWhenStreaming(bench: BenchServer, bytes: number): Promise<number> {
  await using product = await startProduct();
  const folder = `/opt/backups/bench-files-${bytes}`;
  await bench.line(
    `mkdir -p ${folder}; openssl enc -aes-128-ctr -pass pass:bench -nosalt < /dev/zero 2> /dev/null | head -c ${bytes} > ${folder}/data\n`,
  );
  const resource = await addFiles(product.cofre, folder);
  const local = (await product.cofre.servers.list.query({})).items.find((server) => server.kind === "local");
  if (local === undefined) throw new Error("this machine is not there as a server");
  const root = mkdtempSync(join(tmpdir(), "cofre-bench-store-"));
  const store = await product.cofre.stores.add.mutate({
    name: "bench",
    kind: "directory",
    serverId: local.id,
    root,
  });
  const { job } = await product.cofre.backups.create.mutate({
    resourceId: resource.id,
    store: store.id,
    compression: "none",
  });
  await product.cofre.wait(job.id);
  const peak = product.peakBytes();
  await bench.line(`rm -rf ${folder}`);
  await drained(["rm", "-rf", root]);
  return peak;
}

/** Download of one archive that rests on the SSH server, through Cofre over HTTP, against `ssh cat` of the same file, in turn. */
export async function measureDownload(
  bench: BenchServer,
  { bytes, runs }: { bytes: number; runs: number },
): Promise<Result> {
  await using product = await startProduct();
  const folder = "/opt/backups/bench-download";
  await bench.line(
    `mkdir -p ${folder}; openssl enc -aes-128-ctr -pass pass:bench -nosalt < /dev/zero 2> /dev/null | head -c ${bytes} > ${folder}/data\n`,
  );
  const resource = await addFiles(product.cofre, folder);
  const { job } = await product.cofre.backups.create.mutate({ resourceId: resource.id, compression: "none" });
  await product.cofre.wait(job.id);
  const [backup] = (await product.cofre.backups.list.query({ resourceId: resource.id })).items;
  if (backup?.filepath == null) throw new Error("no backup was taken");
  const { filepath } = backup;
  const ratios: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const theirs = await timed(() => drained([...bench.ssh, "cat", filepath]));
    const link = await product.cofre.backups.downloadLink.mutate({ resourceId: resource.id, id: backup.id });
    const ours = await timed(() => drained(["curl", "-sS", "--fail", new URL(link.url, product.url).href]));
    ratios.push(ours / theirs);
  }
  await bench.line(`rm -rf ${folder}`);
  return resultOf("download/cat", ratios, 1.2);
}

async function addFiles(cofre: Cofre, path: string): Promise<Resource> {
  const { host, port, key } = sshServer("docker");
  if (readLab().keys.ed25519 === undefined) throw new Error("the lab has no ed25519 key");
  const hostKey = await cofre.servers.hostKey.mutate({ host, port });
  const server = await cofre.servers.add.mutate({
    name: "bench",
    kind: "ssh",
    host,
    port,
    user: "root",
    auth: { privateKey: key("ed25519").privateKey },
    hostKey,
  });
  const [project] = (await cofre.projects.list.query({})).items;
  if (project === undefined) throw new Error("there is no project");
  return await cofre.resources.add.mutate({
    projectId: project.id,
    serverId: server.id,
    name: "bench files",
    type: "files",
    config: { paths: [path] },
  });
}

async function untilReady(url: string): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    const answer = await fetch(`${url}/api/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    if (Date.now() > until) throw new Error("Cofre did not start");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
