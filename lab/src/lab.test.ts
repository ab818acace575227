import { describe, expect, test } from "vitest";
import {
  absentReason,
  sshServer,
  startMariadb,
  startMinio,
  startMongo,
  startMysql,
  startOtherS3,
  startPostgres,
  startRedis,
} from "./lab.ts";

for (const version of ["13", "15", "17", "18"]) {
  describe.skipIf(absentReason({ engine: "postgres", version }))(`PostgreSQL ${version} of the lab`, () => {
    test("is ready when started and keeps its data over a stop and a start", async () => {
      await using server = await startPostgres(version, { inMemory: false });
      expect(await server.sql("create table t as select 'ção' as word; show server_version_num")).toMatch(
        new RegExp(`^${version}`),
      );
      await server.stop();
      const { port } = await server.start();
      await server.ready(port);
      expect(await server.sql("select word from t")).toBe("ção");
      await expect(server.sql("select nothing")).rejects.toThrow(/column "nothing" does not exist/);
    });
  });
}

for (const version of ["6", "7", "8"]) {
  describe.skipIf(absentReason({ engine: "redis", version }))(`Redis ${version} of the lab`, () => {
    test("answers to its password only, and an error reply is an error", async () => {
      await using server = await startRedis(version, { password: `a "b' $1`, appendonly: true });
      await server.cli(["set", "key", "ção"]);
      expect(await server.cli(["get", "key"])).toBe("ção");
      expect(await server.cli(["info", "server"])).toContain(`redis_version:${version}.`);
      await expect(server.cli(["lpush", "key", "x"])).rejects.toThrow(/WRONGTYPE/);
      const stranger = await server.exec(["redis-cli", "get", "key"]);
      expect(stranger.stdout.toString()).toMatch(/^NOAUTH/);
    });
  });
}

for (const [engine, version, start] of [
  ["mariadb", "10.11", startMariadb],
  ["mariadb", "11.8", startMariadb],
  ["mysql", "9.7", startMysql],
] as const) {
  describe.skipIf(absentReason({ engine, version }))(`${engine} ${version} of the lab`, () => {
    test("is ready when started, and lets the application's user in", async () => {
      await using server = await start(version);
      await server.sql("create table t as select 'ção' as word");
      expect(await server.sql("select version(), word from t")).toMatch(new RegExp(`^${version}.*\tção$`));
      await expect(server.sql("select nothing")).rejects.toThrow(/Unknown column 'nothing'/);
      const client = engine === "mysql" ? "mysql" : "mariadb";
      const login = [client, "-h127.0.0.1", `-u${server.user}`, "-BNe", "show databases like 'shop'"];
      const app = await server.exec(login, { env: { MYSQL_PWD: server.password } });
      expect(app.stdout.toString().trim()).toBe("shop");
      const stranger = await server.exec(login, { env: { MYSQL_PWD: "wrong" } });
      expect(stranger.stderr).toMatch(/ERROR 1045/);
    });
  });
}

const ferretdb = { engine: "mongodb", version: "ferretdb-2.7" } as const;
describe.skipIf(absentReason(ferretdb))("FerretDB of the lab", () => {
  test("is ready when started, takes what MongoDB's tools dumped, and keeps it over a stop and a start", async () => {
    await using server = await startMongo({ inMemory: false });
    const tool = (argv: readonly string[], stdin?: Uint8Array, password = server.password) => {
      const login = `exec "$@" -u "$LOGIN" --authenticationDatabase=admin --config=<(printf 'password: %s' "$WORD")`;
      const env = { LOGIN: server.user, WORD: JSON.stringify(password) };
      return server.exec(["bash", "-c", login, "tool", ...argv], { env, stdin });
    };
    const insert = `select documentdb_api.insert_one('shop', 'words', '{"_id": 1, "word": "ção"}')`;
    expect(await server.exec(["gosu", "postgres", "psql", "-c", insert])).toMatchObject({ code: 0 });
    const { stdout } = await tool(["mongodump", "--quiet", "--db=shop", "--archive"]);
    const renamed = ["--archive", "--nsFrom=shop.*", "--nsTo=other.*"];
    expect(await tool(["mongorestore", ...renamed], stdout)).toMatchObject({ code: 0 });
    await server.stop();
    const { port } = await server.start();
    await server.ready(port);
    const bson = await tool(["mongodump", "--db=other", "--collection=words", "--out=-"]);
    const json = await server.exec(["bsondump", "--quiet"], { stdin: bson.stdout });
    expect(JSON.parse(json.stdout.toString())).toMatchObject({ word: "ção" });
    const stranger = await tool(["mongodump", "--archive"], undefined, "wrong");
    expect([stranger.code, stranger.stderr]).toEqual([1, expect.stringContaining("AuthenticationFailed")]);
  });
});

for (const [engine, version, start] of [
  ["minio", "RELEASE.2025-09-07T16-13-09Z", startMinio],
  ["versitygw", "v1.8.0", startOtherS3],
] as const) {
  describe.skipIf(absentReason({ engine, version }))(`${engine} of the lab`, () => {
    test("is ready when started, and refuses who has no key in the words of S3", async () => {
      await using server = await start();
      const answer = await fetch(`${server.endpoint}/`);
      expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("AccessDenied")]);
    });
  });
}

describe.skipIf(absentReason({ ssh: "own" }))("the SSH server with its own engine", () => {
  test("runs the containers that lab.json describes", async () => {
    const own = sshServer("own");
    const { stdout } = await own.exec(["docker", "ps", "--format", "{{.Names}}"]);
    expect(stdout.toString().trim().split("\n").sort()).toEqual(Object.keys(own.inner ?? {}).sort());
  });
});
