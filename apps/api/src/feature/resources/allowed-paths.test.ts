import { engineById } from "@cofre/core";
import { describe, expect, test } from "vitest";
import type { Actor } from "../../auth/actor.ts";
import { type AllowingServer, requireAllowed } from "./allowed-paths.ts";

const owner: Actor = {
  kind: "user",
  id: "u",
  name: "u",
  organizationId: "o",
  role: "owner",
  projectId: null,
  isInstanceOwner: true,
};
const member: Actor = { ...owner, isInstanceOwner: false };
const server: AllowingServer = {
  kind: "ssh",
  name: "web-1",
  allowedRoots: ["/srv/data", "/var/www/"],
};
const files = engineById("files");

const asked = (actor: Actor, paths: readonly string[], on = server) =>
  requireAllowed(actor, { server: on, engine: files, config: { paths } });

describe("files that somebody may take", () => {
  test.each([["/srv/data"], ["/srv/data/shop"], ["/var/www/site"], ["/srv/data/../data/shop"]])(
    "%s is below an allowed folder",
    (path) => {
      expect(() => asked(member, [path])).not.toThrow();
    },
  );

  test.each([["/etc"], ["/srv/database"], ["/srv/data/../../etc"], ["/"], ["/srv"]])("%s is not", (path) => {
    expect(() => asked(member, [path])).toThrow("not below a folder");
    expect(() => asked(member, ["/srv/data", path])).toThrow("not below a folder");
  });

  test("volumes, and containers to be stopped, are the installation's owner's alone", () => {
    for (const config of [
      { paths: [], volumes: ["shop"] },
      { paths: ["/srv/data"], containers: "stop" },
    ]) {
      expect(() => requireAllowed(owner, { server, engine: files, config })).not.toThrow();
      expect(() => requireAllowed(member, { server, engine: files, config })).toThrow("owner alone");
    }
  });

  test("the installation's owner may take any, and alone may use its own machine", () => {
    expect(() => asked(owner, ["/etc"])).not.toThrow();
    const here: AllowingServer = { ...server, kind: "local" };
    expect(() => asked(owner, ["/srv/data"], here)).not.toThrow();
    expect(() => asked(member, ["/srv/data"], here)).toThrow("owner alone");
  });
});
