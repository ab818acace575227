import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { absentReason, type StartedS3, sshServer, startMinio } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Server } from "../host/host.ts";
import { createLocalServer } from "../host/local.ts";
import { connectSsh } from "../host/ssh.ts";
import { Secret } from "../model/secret.ts";
import { type HostileAnswer, type Hostility, hostileS3 } from "../testing/hostile-s3.ts";
import { clientOf } from "../testing/s3-specimen.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { tlsDoor } from "../testing/tls-door.ts";
import { type Archive, openArchive, putArchive, removeArchive, restorationOf } from "./conformance/carry.ts";
import { takeArchive } from "./conformance/take-archive.ts";
import type { Reach } from "./engine.ts";
import { s3 } from "./s3.ts";
import { BucketTarget } from "./s3-target.ts";
import { openS3 } from "./s3-way.ts";
import { openWire } from "./s3-wire.ts";

const reason = absentReason({ engine: "minio", version: "RELEASE.2025-09-07T16-13-09Z" });
const units = ["photos"];
const journals = "/tmp/unused";
const LARGE = randomBytes(6 << 20);

describe.skipIf(reason !== null)(reason ?? "buckets", () => {
  let minio: StartedS3;
  let client: S3Client;
  let server: Server;

  beforeAll(async () => {
    minio = await startMinio({ domain: "s3.test" });
    server = createLocalServer();
    client = clientOf(minio);
    await minio.exec(["mkdir", "-p", "/data/photos"]);
    await put("album/one.jpg", "one", { ContentType: "image/jpeg", Metadata: { by: "Ana" } });
    await put("album/a file with a very long name ".padEnd(200, "x"), "long");
    await put("large", LARGE);
    for (let index = 0; index < 200; index += 1) await put(`many/${index}`, `${index}`);
  }, 120_000);
  afterAll(async () => {
    client?.destroy();
    await server?.[Symbol.asyncDispose]();
    await minio?.[Symbol.asyncDispose]();
  });

  const put = (Key: string, Body: string | Uint8Array, traits: object = {}) =>
    client.send(new PutObjectCommand({ Bucket: "photos", Key, Body, ...traits }));
  const get = async (bucket: string, key: string): Promise<string> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    // checked: in Node the body is a Readable
    return String(await buffer(Body as AsyncIterable<Uint8Array>));
  };

  function reach(more: object = {}, on: Server = server): Reach<BucketTarget> {
    const { host, port, accessKey, secretKey } = minio;
    return {
      ...{ host: on, server: on, tag: randomBytes(16).toString("hex"), signal: new AbortController().signal },
      target: BucketTarget.parse({ host, port, accessKey, secretKey, ...more }),
    };
  }
  const take = (from = reach()): Promise<Archive> => takeArchive(s3, { reach: from, journals }, { units });

  test("in a container that nobody exposed are reached through its server by SSH", async () => {
    const ssh = sshServer("docker");
    const hostKey = ssh.hostKeys.find(({ type }) => type === "ssh-ed25519");
    if (hostKey === undefined) throw new Error("the lab's server has no ed25519 key");
    const auth = { privateKey: new Secret(ssh.key("ed25519").privateKey) };
    const { host, port } = ssh;
    await using remote = await connectSsh({ name: "lab", host, port, user: "root", auth, hostKey });
    const container = { client: ["docker"] as [string], container: minio.id, image: "minio" };
    const inside = { ...reach({ host: "127.0.0.1", port: 9000 }, remote), container };
    expect((await s3.inspect(inside)).units.map(({ name }) => name)).toEqual(units);
    const archive = await take(inside);
    expect(archive.facts[0]?.counts).toMatchObject({ objects: 203 });
    await removeArchive(archive);
  });

  test.each(["169.254.169.254", "[fe80::1]", "[::ffff:a9fe:a9fe]", "[fd00:ec2::254]"])(
    "are not looked for at %s, where a cloud would tell its machine's secrets as objects",
    async (host) => {
      const secrets = reach({ endpoint: `http://${host}` });
      await expect(s3.inspect(secrets)).rejects.toThrow("no object store");
      const { wire } = openS3(secrets);
      const asked = wire.ask({ method: "GET", bucket: "photos", key: "large" });
      await expect(asked).rejects.toThrow("no object store");
      wire.close();
    },
  );

  test("merged keep what came since; mirrored do not, and go elsewhere under another name", async () => {
    const archive = await take();
    await put("since", "new");
    await put("album/one.jpg", "changed");
    const carrier = { reach: reach(), journals };
    const request = { ...archive, units: [{ from: "photos", into: "photos" }], mode: "merge" } as const;
    const merging = s3.restore(carrier.reach, request);
    await merging.check();
    await merging.prepare();
    if (merging.load.via !== "stream") throw new Error("it reads a stream");
    await merging.load.drain(openArchive(archive), carrier.reach.signal);
    await merging.loaded("");
    await merging.commit();
    expect(await get("photos", "since")).toBe("new");
    expect(await get("photos", "album/one.jpg")).toBe("one");
    await putArchive(s3, carrier, { archive });
    await expect(get("photos", "since")).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect(
      restorationOf(s3, reach(), { ...archive, into: ["No Bucket!"] }).check(),
    ).rejects.toMatchObject({ code: "input.invalid" });
    await removeArchive(archive);
  });

  test("are names below the store's own, behind a certificate that only the given authority vouches for", async () => {
    await using door = await tlsDoor({ host: minio.host, port: minio.port, name: "s3.test" });
    const dialled = new Set<string>();
    const dial = async (host: string, port: number) => {
      dialled.add(host);
      return await server.dial("127.0.0.1", port);
    };
    const place = { endpoint: `https://s3.test:${door.port}`, pathStyle: false };
    const trusted = reach({ ...place, ca: door.ca }, { ...server, dial });
    const [archive, direct] = [await take(trusted), await take()];
    expect(archive.facts).toEqual(direct.facts);
    expect([...dialled].sort()).toEqual(["photos.s3.test", "s3.test"]);
    await removeArchive(archive);
    await removeArchive(direct);
    const stranger = reach(place, { ...server, dial });
    await expect(take(stranger)).rejects.toMatchObject({
      message: expect.stringMatching(/certificate/),
    });
    const object = { method: "HEAD", bucket: "photos", key: "large" } as const;
    const strange = openWire({ target: stranger.target, dial });
    await expect(strange.ask(object)).rejects.toThrow(/certificate/);
    strange.close();
    const before = door.asked.length;
    const wire = openWire({ target: trusted.target, dial });
    const { status, body } = await wire.ask(object);
    await body.dump();
    wire.close();
    expect([status, ...door.asked.slice(before)]).toEqual([200, "photos.s3.test"]);
  });

  test("whose store lies, cuts or fails make no complete backup, or the right one", async () => {
    await using hostile = await hostileS3(minio.endpoint);
    const through = () => take(reach({ endpoint: hostile.endpoint }));
    const fails = async (hostility: Hostility, code: string): Promise<void> => {
      hostile.behave(hostility);
      await expect(through()).rejects.toMatchObject({ code });
    };
    const flipped: Hostility = ({ operation, pass }) =>
      operation === "GetObject" ? pass().then((real) => ({ ...real, body: flip(real.body) })) : undefined;
    await fails(flipped, "dump.incomplete");
    const always500 = {
      status: 500,
      headers: {},
      body: Buffer.from("<Error><Code>InternalError</Code></Error>"),
    };
    await fails(
      ({ operation, nth }) =>
        operation === "GetObject" && nth > 50 ? Promise.resolve(always500) : undefined,
      "target.unreachable",
    );
    await fails(
      ({ operation, nth }) => (operation === "List" && nth > 0 ? Promise.resolve(always500) : undefined),
      "target.unreachable",
    );
    // Whoever cannot be asked for versions may have some.
    const versions =
      (answer: HostileAnswer): Hostility =>
      ({ operation }) =>
        operation === "GetBucketVersioning" ? Promise.resolve(answer) : undefined;
    await fails(versions(always500), "target.unreachable");
    await fails(versions({ ...always500, cutAt: 0 }), "target.unreachable");
    hostile.behave(versions({ ...always500, status: 403 }));
    const untold = await through();
    expect(untold.warnings).toContainEqual(expect.stringContaining("whether photos keeps versions"));
    await removeArchive(untold);
    hostile.behave(versions({ ...always500, status: 501 }));
    const unknowing = await through();
    expect(unknowing.warnings).toHaveLength(1);
    await removeArchive(unknowing);
    // Now and then is no reason to give up: each is asked for again, and a large one from where it was cut.
    hostile.behave(({ operation, nth, pass }) => {
      if (operation !== "GetObject") return undefined;
      if (nth % 40 === 7) return Promise.resolve(always500);
      return pass().then((real) => (real.body.length > 5 << 20 ? { ...real, cutAt: 4 << 20 } : real));
    });
    const archive = await through();
    const direct = await take();
    expect(archive.facts).toEqual(direct.facts);
    await removeArchive(archive);
    await removeArchive(direct);
  }, 60_000);

  test("come back without Cofre by the line of FORMAT.md, their traits as extended attributes", async () => {
    await using folder = await temporaryFolder();
    const archive = await take();
    const page = await readFile(new URL("../../FORMAT.md", import.meta.url), "utf8");
    const line = /```sh buckets\n([\s\S]*?)```/.exec(page)?.[1] ?? "exit 9";
    const FOLDER = join(folder.path, "to here");
    const env = { ...process.env, ARCHIVE: archive.path, FOLDER };
    const ran = spawnSync("sh", ["-ec", line], { env, encoding: "utf8" });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(await readFile(join(FOLDER, "photos/album/one.jpg"), "utf8")).toBe("one");
    expect((await readFile(join(FOLDER, "photos/large"))).equals(LARGE)).toBe(true);
    const listed = spawnSync("sh", ["-c", 'zstd -dc "$ARCHIVE" | tar --xattrs -tvv'], {
      env,
      encoding: "utf8",
    });
    expect(listed.stdout).toContain("user.s3.content-type");
    await removeArchive(archive);
  });
});

function flip(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
}
