import { describe, expect, test } from "vitest";
import type { ContainerFacts } from "../host/container-facts.ts";
import { s3 } from "./s3.ts";

function container(more: Partial<ContainerFacts>): ContainerFacts {
  return {
    ...{ id: "1", name: "store", image: "minio/minio", status: "running", health: null, process: null },
    ...{ env: {}, labels: {}, argv: [], ports: [], mounts: [] },
    ...more,
  };
}

describe("object stores are known", () => {
  const keys = { MINIO_ROOT_USER: "ana", MINIO_ROOT_PASSWORD: "long secret" };

  test.each([
    ["minio/minio:RELEASE.2025-09-07T16-13-09Z", "2025-09-07T16-13-09Z"],
    ["registry.example/bitnami/minio:2024.1.1", "2024.1.1"],
    ["quay.io/minio/minio@sha256:0123", null],
  ])("%s by its image, with the keys of its environment", (image, version) => {
    const detected = s3.detect(container({ image, env: keys }));
    expect(detected).toMatchObject({
      config: { host: "127.0.0.1", port: 9000, accessKey: "ana", secretKey: "long secret" },
      version,
    });
    expect(s3.configSchema.safeParse(detected?.config).success).toBe(true);
  });

  test("by old variables, by files of Docker's secrets, and by MinIO's well-known keys", () => {
    const old = { MINIO_ACCESS_KEY: "a", MINIO_SECRET_KEY: "b" };
    expect(s3.detect(container({ env: old }))?.config).toMatchObject({ accessKey: "a", secretKey: "b" });
    const files = { MINIO_ROOT_USER_FILE: "minio_user", MINIO_ROOT_PASSWORD_FILE: "/keys/secret" };
    expect(s3.detect(container({ env: files }))?.files).toEqual({
      accessKey: "/run/secrets/minio_user",
      secretKey: "/keys/secret",
    });
    expect(s3.detect(container({}))?.config).toMatchObject({ secretKey: "minioadmin" });
  });

  test("on another port, and where it speaks TLS", () => {
    const argv = ["minio", "server", "--address", ":9900", "/data"];
    const mounts = [{ kind: "bind", source: "/x", path: "/root/.minio/certs" }];
    expect(s3.detect(container({ argv, mounts }))?.config).toMatchObject({ port: 9900, tls: true });
    const weed = {
      image: "chrislusf/seaweedfs:3.80",
      env: { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" },
    };
    expect(s3.detect(container(weed))?.config).toMatchObject({ port: 8333, accessKey: "a" });
  });

  test.each<[string, Partial<ContainerFacts>, unknown]>([
    [
      "by its option",
      { argv: ["server", "/data", "--console-address", ":9001"] },
      { port: 9001, tls: false, url: null },
    ],
    [
      "by its variable",
      { env: { MINIO_CONSOLE_ADDRESS: "0.0.0.0:9443" } },
      { port: 9443, tls: false, url: null },
    ],
    ["as Bitnami starts it", { image: "bitnami/minio:2024" }, { port: 9001, tls: false, url: null }],
    [
      "where its owner says",
      {
        argv: ["--console-address=:9001"],
        env: { MINIO_BROWSER_REDIRECT_URL: "https://minio.loja.com.br/ui" },
      },
      { port: 9001, tls: false, url: "https://minio.loja.com.br/ui" },
    ],
    [
      "and no address that is none of the web",
      { argv: ["--console-address=:9001"], env: { MINIO_BROWSER_REDIRECT_URL: "javascript:alert(1)" } },
      { port: 9001, tls: false, url: null },
    ],
    ["not where its port is left to chance", { argv: ["server", "/data"] }, undefined],
    ["not where it is off", { argv: ["--console-address=:9001"], env: { MINIO_BROWSER: "off" } }, undefined],
    ["not of another product", { image: "garage", argv: ["--console-address=:9001"] }, undefined],
  ])("their console %s", (_, facts, expected) => {
    expect(s3.webConsole?.(container(facts))).toEqual(expected);
  });

  test("and what only talks to one is not one", () => {
    for (const image of ["minio/mc", "minio/console", "postgres:17", "my/minio-backup:1"]) {
      expect(s3.detect(container({ image, env: keys }))).toBeUndefined();
    }
    expect(s3.detect(container({ labels: { "cofre.job": "x" } }))).toBeUndefined();
  });
});
