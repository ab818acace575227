import { absentReason, readLab, startContainer } from "@cofre/lab";
import { describe, expect, test } from "vitest";
import { connectLab } from "../testing/server-job-trial.ts";
import { findDocker } from "./docker.ts";
import type { ContainerEvent } from "./docker-contract.ts";
import { readInspection } from "./docker-listing.ts";
import { createLocalServer } from "./local.ts";

const skipped = absentReason({ engine: "postgres", version: "15" }) ?? absentReason({ ssh: "docker" });

describe.skipIf(skipped)("the container engine of a server", () => {
  test("names main processes behind an init, and where the socket belongs to another machine", async () => {
    await using server = await connectLab("docker");
    const list = await (await findDocker(server))?.list();
    const processes = Object.fromEntries(list?.map(({ name, process }) => [name, process]) ?? []);
    expect(processes).toMatchObject({
      "shop-pg15": "postgres",
      "shop-redis7": "redis-server",
      "lab-ssh-own": "sshd",
    });
    const published = list?.find(({ name }) => name === "shop-pg15")?.ports;
    expect(published).toEqual([{ container: 5432, host: readLab().containers.pg15?.port, loopback: true }]);
  });

  test("tells when containers start, stop and go", async () => {
    await using server = createLocalServer();
    const docker = await findDocker(server);
    if (!docker) throw new Error("no docker here");
    const aborter = new AbortController();
    const seen: ContainerEvent[] = [];
    const following = (async () => {
      for await (const event of docker.events(aborter.signal)) seen.push(event);
    })();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const container = await startContainer({
      image: readLab().images.redis?.["7"] ?? "redis:7",
      options: ["--entrypoint", "sleep", "--stop-signal", "KILL"],
      cmd: ["300"],
    });
    await docker.restart(container.name);
    await container[Symbol.asyncDispose]();
    const actions = () =>
      seen.filter(({ containerId }) => containerId === container.id).map(({ action }) => action);
    await expect.poll(actions, { timeout: 20_000 }).toContain("remove");
    expect(actions().filter((action) => action === "start")).toHaveLength(2);
    expect(actions()).toContain("stop");
    aborter.abort();
    await following;
  });

  test("shows the last lines of both streams, and says when there is no such container", async () => {
    await using server = createLocalServer();
    await using container = await startContainer({
      image: readLab().images.redis?.["7"] ?? "redis:7",
      options: ["--entrypoint", "sh"],
      cmd: [
        "-c",
        "i=0; while [ $i -lt 50 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done; exec sleep 300",
      ],
    });
    const docker = await findDocker(server);
    await expect
      .poll(() => docker?.logs(container.name, 200), { timeout: 20_000 })
      .toMatch(/(out|err) 49\n$/);
    const all = (await docker?.logs(container.name, 200))?.trim().split("\n") ?? [];
    expect(all).toHaveLength(100);
    expect(all).toEqual(expect.arrayContaining(["out 49", "err 49"]));
    expect((await docker?.logs(container.name, 4))?.trim().split("\n")).toEqual(all.slice(-4));
    const missing = { code: "target.missing" };
    await expect(docker?.logs("no-such-container", 4)).rejects.toMatchObject(missing);
    await expect(docker?.restart("no-such-container")).rejects.toMatchObject(missing);
    await expect(async () => docker?.host("--privileged")).rejects.toMatchObject(missing);
  });
});

describe("what an engine says of a container", () => {
  test("is read from podman too, which leaves some of it out", () => {
    const podman = [
      {
        Id: "abc",
        Name: "shop-db",
        ImageName: "docker.io/library/postgres:15",
        Path: "docker-entrypoint.sh",
        Args: ["postgres"],
        State: { Status: "exited", Pid: 0, Health: { Status: "" } },
        Config: { Image: "docker.io/library/postgres:15", Env: ["A=b=c", "EMPTY="], Labels: null },
        NetworkSettings: { Ports: { "5432/tcp": [{ HostIp: "", HostPort: "15432" }], "80/tcp": null } },
        Mounts: [{ Type: "bind", Source: "/srv/data", Destination: "/data" }],
      },
    ];
    expect(readInspection("web-1", JSON.stringify(podman))).toEqual([
      {
        id: "abc",
        name: "shop-db",
        image: "docker.io/library/postgres:15",
        status: "stopped",
        health: null,
        env: { A: "b=c", EMPTY: "" },
        labels: {},
        argv: ["docker-entrypoint.sh", "postgres"],
        ports: [
          { container: 5432, host: 15432 },
          { container: 80, host: null },
        ],
        mounts: [{ kind: "bind", source: "/srv/data", path: "/data" }],
        pid: null,
      },
    ]);
  });

  test("is never repeated in an error, because it holds passwords", () => {
    const broken = '[{"Id": "x", "Config": {"Env": ["PASSWORD=hunter22"]} oops';
    try {
      readInspection("web-1", broken);
      expect.unreachable();
    } catch (error) {
      expect(
        JSON.stringify([String(error), error instanceof Error ? String(error.cause) : ""]),
      ).not.toContain("hunter22");
    }
  });
});
