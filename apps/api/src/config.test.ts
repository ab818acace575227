import { describe, expect, test } from "vitest";
import { readConfig } from "./config.ts";

describe("the configuration", () => {
  test("needs nothing, and listens on this machine alone", () => {
    const config = readConfig({ HOME: "/root" });
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 3210,
      databaseUrl: undefined,
      apiKey: undefined,
    });
    expect(config.dataDir).toMatch(/\/\.local\/share\/cofre$/);
    expect(Object.isFrozen(config)).toBe(true);
  });

  test("follows XDG_DATA_HOME, unless it is relative, and COFRE_DATA_DIR before it", () => {
    expect(readConfig({ XDG_DATA_HOME: "/data" }).dataDir).toBe("/data/cofre");
    expect(readConfig({ XDG_DATA_HOME: "data" }).dataDir).not.toContain("data/cofre");
    expect(readConfig({ XDG_DATA_HOME: "/data", COFRE_DATA_DIR: "/srv/c" }).dataDir).toBe("/srv/c");
  });

  test("an empty variable is as none", () => {
    expect(readConfig({ COFRE_PORT: "", DATABASE_URL: "" })).toMatchObject({
      port: 3210,
      databaseUrl: undefined,
    });
  });

  test("a master key is 32 bytes, in hex or either base64", () => {
    const key = Buffer.alloc(32, 0xfb);
    for (const text of [key.toString("hex"), key.toString("base64"), key.toString("base64url")]) {
      expect(readConfig({ COFRE_MASTER_KEY: text }).masterKey).toEqual(key);
    }
  });

  test.each([
    ["COFRE_PORT", "http"],
    ["COFRE_PORT", "70000"],
    ["DATABASE_URL", "mysql://root:hunter2@db"],
    ["COFRE_MASTER_KEY", "hunter2"],
    ["COFRE_PUBLIC_URL", "cofre.example"],
    ["COFRE_ADMIN_EMAIL", "ana"],
    ["COFRE_ADMIN_PASSWORD", "hunter2"],
    ["COFRE_API_KEY", "hunter2"],
    ["COFRE_LOG_LEVEL", "loud"],
  ])("%s that cannot be used is named, and its value is not shown", (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(name);
    expect(() => readConfig({ [name]: value })).not.toThrow("hunter2");
  });

  test("all that is wrong is named at once", () => {
    expect(() => readConfig({ COFRE_PORT: "x", COFRE_LOG_LEVEL: "x" })).toThrow(
      /COFRE_PORT.*\n.*COFRE_LOG_LEVEL/,
    );
  });

  test("an owner has both an e-mail and a password", () => {
    expect(() => readConfig({ COFRE_ADMIN_EMAIL: "a@example.com" })).toThrow("together");
  });
});
