import { describe, expect, test } from "vitest";
import type { ContainerFacts } from "../host/container-facts.ts";
import { detectPostgres } from "./postgres-detect.ts";

function container(facts: Partial<ContainerFacts>): ContainerFacts {
  return {
    id: "c1",
    name: "db",
    image: "postgres:15",
    status: "running",
    health: null,
    env: {},
    labels: {},
    argv: ["docker-entrypoint.sh", "postgres"],
    process: null,
    ports: [],
    mounts: [],
    ...facts,
  };
}

describe("a PostgreSQL container is known", () => {
  test.each([
    "postgres",
    "postgres:15-alpine",
    "docker.io/library/postgres:18@sha256:0123456789abcdef",
    "registry.example.com:5000/team/postgres:15",
    "postgis/postgis:15-3.3",
    "timescale/timescaledb:latest-pg15",
    "timescale/timescaledb-ha:pg16",
    "pgvector/pgvector:pg17",
    "bitnami/postgresql:16.2.0",
    "supabase/postgres:15.1.0.147",
    "ghcr.io/immich-app/postgres:14-vectorchord0.3.0",
    "citusdata/citus:12",
  ])("by its image %s", (image) => {
    expect(detectPostgres(container({ image }))).toBeDefined();
  });

  test("by its process, whatever the image is called", () => {
    expect(detectPostgres(container({ image: "acme/orders-db:7", process: "postgres" }))).toBeDefined();
  });

  test("by what its image sets, when a starter hides the process", () => {
    const env = { PGDATA: "/var/lib/postgresql/data", PG_MAJOR: "16" };
    const found = detectPostgres(container({ image: "acme/orders-db:7", process: "tini", env }));
    expect(found?.version).toBe("16");
  });

  test("by the label of its image", () => {
    const labels = { "org.opencontainers.image.title": "PostgreSQL" };
    expect(detectPostgres(container({ image: "sha256:4f1c", labels }))).toBeDefined();
  });
});

describe("what only speaks to PostgreSQL is not taken for it", () => {
  test.each([
    "edoburu/pgbouncer:1.22",
    "dpage/pgadmin4",
    "quay.io/prometheuscommunity/postgres-exporter",
    "prodrigestivill/postgres-backup-local:16",
    "postgrest/postgrest",
    "supabase/postgres-meta:v0.80",
    "bitnami/postgres-exporter",
    "redis:7",
    "mysql:8",
  ])("%s", (image) => {
    expect(detectPostgres(container({ image, argv: [] }))).toBeUndefined();
  });

  test("an application that carries the database's password", () => {
    const env = { POSTGRES_PASSWORD: "x", POSTGRES_USER: "shop" };
    expect(
      detectPostgres(container({ image: "acme/shop", argv: ["node"], process: "node", env })),
    ).toBeUndefined();
  });

  test("a container from the same image that runs something else", () => {
    expect(detectPostgres(container({ process: "crond", argv: ["crond", "-f"] }))).toBeUndefined();
  });
});

describe("how to reach it", () => {
  test("comes from the environment, with the image's own defaults", () => {
    expect(detectPostgres(container({ env: { POSTGRES_PASSWORD: "pw" } }))?.config).toEqual({
      port: 5432,
      username: "postgres",
      password: "pw",
    });
    const env = { POSTGRES_USER: "app", POSTGRES_PASSWORD: "pw", POSTGRES_DB: "shop" };
    expect(detectPostgres(container({ env }))?.config).toEqual({
      port: 5432,
      username: "app",
      password: "pw",
      database: "shop",
    });
  });

  test("comes from files where the environment names them", () => {
    const env = {
      POSTGRES_USER_FILE: "/run/secrets/user",
      POSTGRES_PASSWORD_FILE: "/run/secrets/pw",
      POSTGRES_DB: "shop",
    };
    const found = detectPostgres(container({ env }));
    expect(found?.files).toEqual({ username: "/run/secrets/user", password: "/run/secrets/pw" });
    expect(found?.config.password).toBeUndefined();
  });

  test("is the superuser's way in where the image has an ordinary user beside", () => {
    const env = {
      POSTGRESQL_USERNAME: "shop",
      POSTGRESQL_PASSWORD: "ordinary",
      POSTGRESQL_POSTGRES_PASSWORD: "admin",
      POSTGRESQL_DATABASE: "shop",
      POSTGRESQL_PORT_NUMBER: "5433",
    };
    const found = detectPostgres(container({ image: "bitnami/postgresql:16", env }));
    expect(found?.config).toEqual({ port: 5433, username: "postgres", password: "admin", database: "shop" });
  });

  test("follows a port given to the server", () => {
    expect(detectPostgres(container({ argv: ["postgres", "-p", "6000"] }))?.config.port).toBe(6000);
    expect(detectPostgres(container({ argv: ["postgres", "-c", "port=6001"] }))?.config.port).toBe(6001);
    expect(detectPostgres(container({ env: { PGPORT: "6002" } }))?.config.port).toBe(6002);
  });

  test.each([
    ["postgres:15-alpine", {}, "15"],
    ["postgres", { PG_MAJOR: "15", PG_VERSION: "15.18-1.pgdg120+1" }, "15.18"],
    ["timescale/timescaledb:latest-pg16", {}, "16"],
    ["bitnami/postgresql:latest", { APP_VERSION: "16.2.0" }, "16.2.0"],
    ["postgres:latest", {}, null],
    ["registry.example.com:5000/postgres", {}, null],
  ])("%s with %o is version %s", (image, env, version) => {
    expect(detectPostgres(container({ image, env }))?.version ?? null).toBe(version);
  });
});
