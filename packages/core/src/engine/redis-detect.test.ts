import { describe, expect, test } from "vitest";
import type { ContainerFacts } from "../host/container-facts.ts";
import { detectRedis } from "./redis-detect.ts";

function container(facts: Partial<ContainerFacts>): ContainerFacts {
  return {
    id: "c0ffee",
    name: "cache",
    image: "redis:7",
    status: "running",
    health: null,
    env: {},
    labels: {},
    argv: ["docker-entrypoint.sh", "redis-server"],
    process: null,
    ports: [],
    mounts: [],
    ...facts,
  };
}

describe("what is a Redis", () => {
  test.each([
    ["redis", null],
    ["redis:7", "7"],
    ["docker.io/library/redis:7.2.4-alpine", "7.2.4"],
    ["registry.local:5000/team/redis:v8", "8"],
    ["valkey/valkey:8.1", "8.1"],
    ["bitnami/redis:7.4@sha256:00", "7.4"],
    ["redis/redis-stack-server:latest", null],
    ["eqalpha/keydb", null],
  ])("%s is one, of version %s", (image, version) => {
    expect(detectRedis(container({ image }))).toMatchObject({ version, config: { port: 6379 } });
  });

  test("a renamed image is known by its process", () => {
    expect(detectRedis(container({ image: "our/cache:2", process: "valkey-server" }))).toBeDefined();
    expect(detectRedis(container({ image: "our/cache:2", process: "node" }))).toBeUndefined();
  });

  test.each([
    { image: "rediscommander/redis-commander" },
    { image: "oliver006/redis_exporter" },
    { image: "bitnami/redis-sentinel:7", process: "redis-sentinel" },
    { image: "redis:7", argv: ["redis-sentinel", "/etc/sentinel.conf"] },
    { image: "redis:7", argv: ["redis-server", "/etc/s.conf", "--sentinel"] },
    { image: "redis:7", labels: { "cofre.job": "00" } },
  ])("%j is none", (facts) => {
    expect(detectRedis(container(facts))).toBeUndefined();
  });
});

describe("its password", () => {
  const server = (...words: string[]) => ["docker-entrypoint.sh", "redis-server", ...words];

  test.each([
    ["a word of its own", { argv: server("--requirepass", 'p w"$HOME') }, 'p w"$HOME'],
    ["joined with =", { argv: server("--requirepass=x=y") }, "x=y"],
    ["inside a shell line", { argv: ["sh", "-c", "redis-server --requirepass 'p w' --port 7000"] }, "p w"],
    [
      "a variable in a shell line",
      { argv: ["sh", "-c", 'exec redis-server --requirepass "$PW"'], env: { PW: "a b" } },
      "a b",
    ],
    ["of the environment", { env: { REDIS_PASSWORD: "env" } }, "env"],
    ["of redis-stack", { env: { REDIS_ARGS: "--requirepass stack --appendonly yes" } }, "stack"],
    [
      "on the command line before the environment",
      { argv: server("--requirepass", "argv"), env: { REDIS_PASSWORD: "env" } },
      "argv",
    ],
  ])("%s", (_, facts, password) => {
    expect(detectRedis(container(facts))?.config).toMatchObject({ password });
  });

  test("in a file is left to be read there", () => {
    const detected = detectRedis(container({ env: { REDIS_PASSWORD_FILE: "/run/secrets/redis" } }));
    expect(detected).toMatchObject({ files: { password: "/run/secrets/redis" } });
    expect(detected?.config).not.toHaveProperty("password");
  });

  test("that is not there is none", () => {
    expect(detectRedis(container({}))).toEqual({
      config: { host: "127.0.0.1", port: 6379 },
      files: {},
      version: "7",
    });
  });
});

test("its port is that of its command line or its environment", () => {
  expect(detectRedis(container({ argv: ["redis-server", "--port", "7000"] }))?.config).toMatchObject({
    port: 7000,
  });
  expect(detectRedis(container({ env: { REDIS_PORT_NUMBER: "7001" } }))?.config).toMatchObject({
    port: 7001,
  });
});
