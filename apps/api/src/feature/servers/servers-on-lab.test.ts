import { absentReason, sshServer, startMinio, startRedis } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { eq } from "../../db/orm.ts";
import { resources } from "../../db/schema/resources.ts";
import { type Asked, ask, call } from "../../testing/ask.ts";
import { embedded } from "../../testing/catalogues.ts";
import { type ControlPlane, startControlPlane } from "../../testing/control-plane.ts";

/** Real servers, on a machine that does other things too. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const MINIO = { engine: "minio", version: "RELEASE.2025-09-07T16-13-09Z" } as const;
const absent = absentReason({ ssh: "docker" }) ?? absentReason({ engine: "postgres", version: "15" });

describe.skipIf(absent !== null)(
  `servers and resources of the lab${absent === null ? "" : `: ${absent}`}`,
  () => {
    let plane: ControlPlane;
    let key: string;
    let project: string;

    const send = (line: string, body?: unknown, asked: Asked = {}) =>
      ask(plane, line, { key, ...(body === undefined ? {} : { body }), ...asked });
    const does = (name: string, input: unknown) => call(plane, { name, type: "mutation", input }, { key });

    /** As a person adds it: sees the key, compares, confirms. */
    async function add(name: "docker" | "plain", login: object) {
      const { host, port } = sshServer(name);
      const hostKey = (await does("servers.hostKey", { host, port })).json.result.data;
      return await send("POST /api/servers", { name: `web-${name}`, host, port, hostKey, ...login });
    }

    beforeAll(async () => {
      plane = await startControlPlane(await embedded.open());
      key = await plane.key("owner");
      project = (await send("GET /api/projects")).json.items[0].id;
    });
    afterAll(() => plane[Symbol.asyncDispose]());

    describe("adding a server", () => {
      const lab = sshServer("docker");
      const root = { user: "root", auth: { privateKey: lab.key("ed25519").privateKey } };

      test("shows its host key first, and nothing is added before somebody confirmed it", async () => {
        const { host, port } = lab;
        const answer = await send("POST /api/servers", { name: "w", host, port, ...root });
        expect([answer.status, answer.json.code]).toEqual([409, "server.host-key"]);
        const { algorithm, fingerprint } = answer.json.context;
        expect(lab.hostKeys).toContainEqual({ type: algorithm, sha256: fingerprint });
        expect((await send("GET /api/servers")).json.items).toEqual([]);
      });

      test("refuses a server that shows another key", async () => {
        const { host, port } = lab;
        const hostKey = { algorithm: "ssh-ed25519", fingerprint: `SHA256:${"B".repeat(43)}` };
        const answer = await send("POST /api/servers", { name: "w", host, port, hostKey, ...root });
        expect(answer.json.code, answer.text).toBe("server.host-key");
      });

      test("refuses a wrong password, says so, and shows it to nobody", async () => {
        const answer = await add("docker", { user: "deploy", auth: { password: "not the deploy password" } });
        expect([answer.status, answer.json.code]).toEqual([502, "server.auth"]);
        expect(answer.text + plane.logged()).not.toContain("not the deploy password");
      });

      test("tells that nobody answers", async () => {
        const hostKey = { algorithm: "ssh-ed25519", fingerprint: `SHA256:${"B".repeat(43)}` };
        const answer = await send("POST /api/servers", {
          name: "w",
          host: "127.0.0.1",
          port: 1,
          hostKey,
          ...root,
        });
        expect([answer.status, answer.json.code]).toEqual([502, "server.unreachable"]);
      });

      test.each([
        ["a key with a passphrase", "root", { ...lab.key("rsa_pem_passphrase") }, "docker"],
        [
          "a password, and sudo for the containers",
          "deploy",
          { password: lab.user("deploy").password },
          "sudo -n docker",
        ],
      ])("works with %s", async (_how, user, auth, docker) => {
        const answer = await add("docker", { user, auth });
        expect(answer.status, answer.text).toBe(201);
        expect(answer.json).toMatchObject({ status: "online", docker, user });
        const stores = (await send("GET /api/stores")).json.items;
        expect(stores.find((store: { serverId: string }) => store.serverId === answer.json.id)).toMatchObject(
          { isDefault: true },
        );
        expect((await send(`DELETE ${answer.headers.get("location")}`)).status).toBe(204);
      });

      test("works without containers and without zstd, and its test says what is missing", async () => {
        const answer = await add("plain", root);
        expect(answer.json, answer.text).toMatchObject({ status: "online", docker: null });
        const tried = await send(`POST /api/servers/${answer.json.id}/test`);
        expect(tried.json.ok).toBe(true);
        const codes = tried.json.warnings.map((warning: { code: string }) => warning.code);
        expect(codes).toEqual(["server.no-docker", "server.tool-missing"]);
        const scanned = await send(`POST /api/servers/${answer.json.id}/scan`);
        expect(scanned.json, scanned.text).toMatchObject({ found: 0, added: 0 });
      });
    });

    describe("a server's containers", () => {
      let server: string;
      const list = async (query = "") =>
        (await send(`GET /api/projects/${project}/resources?limit=200${query}`)).json.items;
      const named = async (name: string, query = "") =>
        (await list(query)).find((one: { name: string }) => one.name === name);

      beforeAll(async () => {
        const lab = sshServer("docker");
        const answer = await add("docker", {
          user: "root",
          auth: { privateKey: lab.key("ed25519").privateKey },
        });
        server = answer.json.id;
      });

      test("become resources of the project that takes them in, once", async () => {
        const first = await send(`POST /api/servers/${server}/scan`);
        expect(first.json.added, first.text).toBeGreaterThan(1);
        const postgres = await named("shop-pg15");
        expect(postgres).toMatchObject({
          type: "postgres",
          status: "running",
          detected: true,
          serverName: "web-docker",
        });
        expect(postgres.config.password).toEqual({ set: true });
        expect(postgres.safety).toMatchObject({
          state: "unprotected",
          because: { code: "never" },
          step: "take-a-backup",
        });
        await send(`POST /api/servers/${server}/scan`);
        expect(
          (await list("&type=postgres")).filter((one: { name: string }) => one.name === "shop-pg15"),
        ).toHaveLength(1);
      });

      test("tell version and units when asked, and their logs", async () => {
        const { id } = await named("shop-pg15");
        const inspected = await does("resources.inspect", { id });
        expect(inspected.json.result.data.version, inspected.text).toMatch(/^15\./);
        expect(inspected.json.result.data.units.map((unit: { name: string }) => unit.name)).toContain("shop");
        expect(await named("shop-pg15")).toMatchObject({ version: inspected.json.result.data.version });
        const logs = await send(`GET /api/resources/${id}/logs?lines=5`);
        expect(logs.json.text).toContain("database system");
        expect(logs.json.text.trim().split("\n").length).toBeLessThanOrEqual(5);
      });

      test.skipIf(absentReason(MINIO))(
        "tell the way to their console, which is there, or that they show none",
        async () => {
          await using minio = await startMinio({ console: true });
          const body = { name: minio.name, type: "minio", serverId: server, containerId: minio.name };
          const added = await send(`POST /api/projects/${project}/resources`, body);
          const consoleOf = async (id: string) =>
            (await call(plane, { name: "resources.console", type: "query", input: { id } }, { key })).json
              .result.data;
          const { url, tunnel } = await consoleOf(added.json.id);
          expect(url, added.text).toBeNull();
          const [, there = ""] =
            /^ssh -N -L 9001:(\S+:9001) -p \d+ root@127\.0\.0\.1$/.exec(tunnel?.command) ?? [];
          expect(tunnel.url).toBe("http://localhost:9001");
          expect(await (await fetch(`http://${there}/login`)).text()).toContain("MinIO Console");
          const { id } = await named("shop-minio");
          expect(await consoleOf(id)).toEqual({ url: null, tunnel: null, forward: null });
          const postgres = await named("shop-pg15");
          expect(await consoleOf(postgres.id)).toEqual({ url: null, tunnel: null, forward: null });
        },
      );

      test("can be added by hand, after their connection was tried", async () => {
        const base = `/api/projects/${project}/resources`;
        const found = await named("shop-pg15");
        const body = { name: "shop-pg15", type: "postgres", serverId: server, containerId: "shop-pg15" };
        const added = await send(`POST ${base}`, body);
        expect([added.status, added.json.id], added.text).toEqual([201, found.id]);
        const twice = await send(`POST ${base}`, body);
        expect([twice.status, twice.json.code]).toEqual([409, "state.conflict"]);
        const nowhere = await send(`POST ${base}`, { ...body, containerId: "no-such-container" });
        expect([nowhere.status, nowhere.json.code]).toEqual([502, "target.missing"]);
        const unknown = await send(`POST ${base}`, { ...body, type: "oracle" });
        expect([unknown.status, unknown.json.code]).toEqual([422, "engine.unsupported"]);
      });

      test("keep their config when a new one does not work", async () => {
        const redis = await named("shop-redis7");
        const line = `PUT /api/projects/${project}/resources/${redis.id}`;
        const wrong = await send(line, { config: { password: "not its password" } });
        expect([wrong.status, wrong.json.code], wrong.text).toEqual([502, "target.auth"]);
        const nonsense = await send(line, { config: { port: "x" } });
        expect([nonsense.status, nonsense.json.errors[0]?.path]).toEqual([422, "config.port"]);
        const renamed = await send(line, { name: "cache", config: redis.config });
        expect(renamed.json, renamed.text).toMatchObject({
          name: "cache",
          config: { password: { set: true } },
        });
        await send(line, { name: "shop-redis7" });
      });

      test("stay removed at the next scan, and come back with their backups when added again", async () => {
        const redis = await named("shop-redis7-plain");
        expect((await send(`DELETE /api/projects/${project}/resources/${redis.id}`)).status).toBe(204);
        await send(`POST /api/servers/${server}/scan`);
        expect(await named("shop-redis7-plain")).toBeUndefined();
        expect(await named("shop-redis7-plain", "&removed=true")).toMatchObject({ id: redis.id });
        expect((await send(`GET /api/resources/${redis.id}/backups`)).status).toBe(200);
        const body = { name: "again", type: "redis", serverId: server, containerId: "shop-redis7-plain" };
        const back = await send(`POST /api/projects/${project}/resources`, body);
        expect([back.status, back.json.id], back.text).toEqual([201, redis.id]);
      });

      test("are missing once they are gone, and can be restarted while they are there", async () => {
        const redis = await startRedis("7");
        try {
          await send(`POST /api/servers/${server}/scan`);
          const found = await named(redis.name);
          expect(found).toMatchObject({ status: "running" });
          const before = await redis.exec(["cat", "/proc/1/stat"]);
          const restarted = await send(`POST /api/resources/${found.id}/restart`);
          expect(restarted.json, restarted.text).toMatchObject({ id: found.id, status: "running" });
          expect((await redis.exec(["cat", "/proc/1/stat"])).stdout).not.toEqual(before.stdout);
        } finally {
          await redis[Symbol.asyncDispose]();
        }
        await send(`POST /api/servers/${server}/scan`);
        expect(await named(redis.name)).toMatchObject({ status: "missing", safety: { state: "away" } });
      });

      test("are unknown when their server does not answer, which a rescan survives", async () => {
        await plane.deps.db
          .update(resources)
          .set({ status: "running" })
          .where(eq(resources.serverId, server));
        await send(`PUT /api/servers/${server}`, { port: 1, test: false });
        const items = await list("&rescan=true");
        expect(items.find((one: { name: string }) => one.name === "shop-pg15")).toMatchObject({
          status: "unknown",
        });
        const seen = (await send(`GET /api/servers/${server}`)).json;
        expect(seen).toMatchObject({ status: "offline", error: { code: "server.unreachable" } });
        await send(`PUT /api/servers/${server}`, { port: sshServer("docker").port });
        expect((await send(`GET /api/servers/${server}`)).json).toMatchObject({
          status: "online",
          error: null,
        });
      });

      test("a store is tried line by line on the real folder, and refused where nothing can be written", async () => {
        const body = { name: "s", serverId: server, root: "/proc/cofre" };
        const refused = await send("POST /api/stores", body);
        expect([refused.status, refused.json.code], refused.text).toEqual([502, "store.unavailable"]);
        const made = await send("POST /api/stores", { ...body, root: "/tmp/cofre-store-test/" });
        expect(made.json, made.text).toMatchObject({ root: "/tmp/cofre-store-test", isDefault: false });
        const tried = await send(`POST /api/stores/${made.json.id}/test`);
        expect(tried.json.ok, tried.text).toBe(true);
        expect(tried.json.checks.length).toBeGreaterThan(3);
        expect((await send("POST /api/stores", { ...body, root: "/tmp/cofre-store-test" })).status).toBe(409);
      });
    });
  },
);
