import { describe, expect, test } from "vitest";
import type { ContainerFacts } from "../host/container-facts.ts";
import { detectMongo } from "./mongodb-detect.ts";

function container(facts: Partial<ContainerFacts>): ContainerFacts {
  return {
    id: "c0ffee",
    name: "documents",
    image: "mongo:7",
    status: "running",
    health: null,
    env: {},
    labels: {},
    argv: ["docker-entrypoint.sh", "mongod"],
    process: null,
    ports: [],
    mounts: [],
    ...facts,
  };
}

describe("what is a MongoDB", () => {
  test.each([
    ["mongo", null],
    ["mongo:8.0.4-noble", "8.0.4"],
    ["registry.local:5000/team/mongo:v7", "7"],
    ["bitnami/mongodb:7.0@sha256:00", "7.0"],
    ["percona/percona-server-mongodb:6.0.9", "6.0.9"],
    ["ghcr.io/ferretdb/ferretdb:2.7.0", "2.7.0"],
    ["mongodb/mongodb-community-server:8.0-ubi9", "8.0"],
  ])("%s, of version %s", (image, version) => {
    expect(detectMongo(container({ image }))?.version).toBe(version);
  });

  test.each([
    ["mongo-express:1", {}],
    ["percona/mongodb_exporter:0.40", {}],
    ["mongo:7", { argv: ["mongos", "--configdb", "c/x:1"] }],
    ["mongo:7", { argv: ["mongod", "--configsvr"] }],
    ["mongo:7", { labels: { "cofre.job": "1" } }],
  ])("not %s with %o", (image, facts) => {
    expect(detectMongo(container({ image, ...facts }))).toBeUndefined();
  });

  test("a build of one's own is known by its main process", () => {
    expect(detectMongo(container({ image: "shop-db:1", process: "mongod" }))).toBeDefined();
  });
});

describe("how it is reached", () => {
  test("as the administrator that the image was told, on the port of its command line", () => {
    const env = { MONGO_INITDB_ROOT_USERNAME: "root", MONGO_INITDB_ROOT_PASSWORD: "p$w" };
    const argv = ["docker-entrypoint.sh", "mongod", "--port", "27100"];
    expect(detectMongo(container({ env, argv }))).toMatchObject({
      config: { host: "127.0.0.1", port: 27_100, username: "root", password: "p$w" },
      files: {},
    });
  });

  test("with user and password from files inside", () => {
    const env = {
      MONGO_INITDB_ROOT_USERNAME_FILE: "/run/secrets/user",
      MONGO_INITDB_ROOT_PASSWORD_FILE: "/run/secrets/password",
    };
    const found = detectMongo(container({ env }));
    expect(found?.files).toEqual({ username: "/run/secrets/user", password: "/run/secrets/password" });
    expect(found?.config).not.toHaveProperty("password");
  });

  test("Bitnami's root needs no user variable, FerretDB's users are PostgreSQL's", () => {
    const bitnami = container({ image: "bitnami/mongodb:7.0", env: { MONGODB_ROOT_PASSWORD: "x" } });
    expect(detectMongo(bitnami)?.config).toMatchObject({ username: "root", password: "x" });
    const env = { POSTGRES_USER: "pg", POSTGRES_PASSWORD: "y" };
    const ferretdb = container({ image: "ghcr.io/ferretdb/ferretdb-eval:2", env });
    expect(detectMongo(ferretdb)?.config).toMatchObject({ username: "pg", password: "y" });
  });

  test("without a login where none was asked for", () => {
    expect(detectMongo(container({}))?.config).toEqual({ host: "127.0.0.1", port: 27_017 });
  });
});
