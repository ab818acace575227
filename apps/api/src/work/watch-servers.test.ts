import { randomUUID } from "node:crypto";
import type { ContainerFacts } from "@cofre/core";
import { absentReason, sshServer, startRedis } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { eq } from "../db/orm.ts";
import { resources } from "../db/schema/resources.ts";
import { servers } from "../db/schema/servers.ts";
import type { Reach } from "../reach/reach.ts";
import { embedded } from "../testing/catalogues.ts";
import { clientOf } from "./testing/client.ts";
import { type StartedApi, startApi } from "./testing/start-api.ts";
import { ServerWatch } from "./watch-servers.ts";

const LABEL = "com.example.watched";
const label = { [LABEL]: randomUUID() };

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

describe.skipIf(absentReason({ ssh: "docker" }) ?? absentReason({ engine: "redis", version: "8" }))(
  "a server that is watched",
  () => {
    let api: StartedApi;
    let serverId: string;

    beforeAll(async () => {
      api = await startApi({ catalogue: await embedded.open(), works: false });
      const client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
      const { host, port, key } = sshServer("docker");
      const added = await client.post<{ id: string }>("/api/servers", {
        ...{ name: "web-1", host, port, user: "root", auth: { privateKey: key("ed25519").privateKey } },
        hostKey: await client.call<object>("servers.hostKey", { host, port }),
        ...{ backupRoot: "/tmp/cofre-watch", test: false },
      });
      serverId = added.id;
    });
    afterAll(() => api?.[Symbol.asyncDispose]());

    async function statusOf(containerName: string): Promise<string | undefined> {
      const which = eq(resources.containerName, containerName);
      return (await api.deps.db.select().from(resources).where(which))[0]?.status;
    }

    /** The lab's engine with our containers alone in its list: those of other tests would all be looked at. */
    function ourReach(): Reach {
      const isOurs = ({ labels }: ContainerFacts) => labels[LABEL] === label[LABEL];
      const docker: Reach["docker"] = async (id) => {
        const real = await api.deps.reach.docker(id);
        return { ...real, list: async (how) => (await real.list(how)).filter(isOurs) };
      };
      return { ...api.deps.reach, docker };
    }

    test("is scanned when nobody looked for a while, and as soon as a container comes", async () => {
      const soon = { timeout: 60_000, interval: 200 };
      const lastScannedAt = new Date(Date.now() - 6 * 60_000);
      await api.deps.db.update(servers).set({ lastScannedAt }).where(eq(servers.id, serverId));
      await using there = await startRedis("8", { labels: label });
      const watch = new ServerWatch({ ...api.deps, reach: ourReach() });
      try {
        await expect.poll(() => statusOf(there.name), soon).toBe("running");
        // It was looked at just now: for minutes only an event is a reason to look again.
        await using comes = await startRedis("8", { labels: label });
        await expect.poll(() => statusOf(comes.name), soon).toBe("running");
      } finally {
        await watch.close();
      }
    });
  },
);
