import { describe, expect, test } from "vitest";
import type { ContainerFacts } from "../host/container-facts.ts";
import { mariadb } from "./mariadb.ts";
import { mysql } from "./mysql.ts";

function container(facts: Partial<ContainerFacts>): ContainerFacts {
  return {
    ...{ id: "c0ffee", name: "shop-db", image: "mysql:9.7", status: "running", health: null },
    ...{ env: {}, labels: {}, argv: [], process: null, ports: [], mounts: [] },
    ...facts,
  };
}

function whose(facts: Partial<ContainerFacts>): string | null {
  const found = [mysql, mariadb].filter((engine) => engine.detect(container(facts)) !== undefined);
  expect(found.length).toBeLessThan(2);
  return found[0]?.id ?? null;
}

describe("what is a MySQL, and what a MariaDB", () => {
  test.each([
    ["mysql", "mysql"],
    ["registry.local:5000/team/mysql:8.4.3@sha256:00", "mysql"],
    ["mysql/mysql-server:8.0", "mysql"],
    ["bitnami/mysql:9.1", "mysql"],
    ["percona/percona-server:8.0", "mysql"],
    ["mariadb:11.8", "mariadb"],
    ["bitnami/mariadb-galera:11", "mariadb"],
    ["lscr.io/linuxserver/mariadb", "mariadb"],
    ["prom/mysqld-exporter", null],
    ["phpmyadmin", null],
    ["fradelg/mysql-cron-backup", null],
    ["mysql/mysql-router:9", null],
    ["wordpress:php8.3", null],
  ])("%s", (image, expected) => {
    expect(whose({ image })).toBe(expected);
  });

  test("an image of an own name is told by its process and what the image sets", () => {
    expect(whose({ image: "acme/db", process: "mariadbd" })).toBe("mariadb");
    expect(whose({ image: "acme/db", process: "mysqld", env: { MARIADB_VERSION: "1:10.6.20" } })).toBe(
      "mariadb",
    );
    expect(whose({ image: "acme/db", process: "mysqld" })).toBe("mysql");
    expect(whose({ image: "mysql:9.7", process: "mysqldump" })).toBeNull();
  });
});

describe("its login", () => {
  const configOf = (env: Record<string, string>, image = "mariadb:11.8") =>
    [mysql, mariadb]
      .map((engine) => engine.detect(container({ image, env })))
      .find((one) => one !== undefined);

  test("is root's, by value or file, whatever vendor's name it has", () => {
    expect(
      configOf({ MARIADB_ROOT_PASSWORD: "r", MARIADB_USER: "app", MARIADB_PASSWORD: "a" }),
    ).toMatchObject({
      config: { username: "root", password: "r", port: 3306 },
      version: "11.8",
    });
    expect(configOf({ MYSQL_ROOT_PASSWORD: "r" })?.config).toMatchObject({ username: "root", password: "r" });
    expect(configOf({ MYSQL_ROOT_PASSWORD_FILE: "/run/secrets/root" }, "mysql:9.7")).toMatchObject({
      config: { username: "root" },
      files: { password: "/run/secrets/root" },
    });
    expect(configOf({ FILE__MYSQL_ROOT_PASSWORD: "/run/secrets/root" })?.files).toEqual({
      password: "/run/secrets/root",
    });
  });

  test("is the application's where root's is not known, and root's without a password where that is allowed", () => {
    expect(
      configOf({ MYSQL_RANDOM_ROOT_PASSWORD: "yes", MYSQL_USER: "app", MYSQL_PASSWORD: "a" }, "mysql:9.7")
        ?.config,
    ).toEqual({ username: "app", password: "a", port: 3306 });
    expect(configOf({ MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: "1", MARIADB_USER: "app" })?.config).toEqual({
      username: "root",
      port: 3306,
    });
  });
});
