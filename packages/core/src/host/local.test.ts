import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeDialing } from "./conformance/dialing.ts";
import { describeHost } from "./conformance.ts";
import { createLocalServer } from "./local.ts";

describeHost("this machine", async () => {
  const host = createLocalServer();
  const folder = await mkdtemp(join(tmpdir(), "cofre-local-"));
  return {
    host,
    folder,
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
});

describeDialing("this machine", async () => {
  const server = createLocalServer();
  return { server, home: "127.0.0.1", [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
});

test("programs on this machine see nothing of our own environment", async () => {
  process.env.COFRE_MASTER_KEY_FOR_TEST = "must stay here";
  await using server = createLocalServer();
  const { stdout } = await server.run({ argv: ["env"] });
  delete process.env.COFRE_MASTER_KEY_FOR_TEST;
  expect(stdout).toContain("PATH=");
  expect(stdout).not.toContain("must stay here");
});

test("this machine tells who it is", async () => {
  await using server = createLocalServer();
  const facts = await server.facts();
  expect(facts.cores).toBeGreaterThan(0);
  expect(facts.tools).toContain("gzip");
  expect(facts.os).not.toBe("");
});
