import { randomBytes } from "node:crypto";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createLocalServer } from "../host/local.ts";
import { directoryStore } from "../store/directory.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { sweepAbandoned } from "./sweep.ts";

const TWO_HOURS_AGO = new Date(Date.now() - 2 * 3_600_000);

test("partial files that a killed attempt of ours left are swept, those of others and those that grow are not", async () => {
  await using folder = await temporaryFolder();
  await using server = createLocalServer();
  const owner = randomBytes(16).toString("hex");
  const root = join(folder.path, "store");
  const store = directoryStore({ server, root, owner });
  const sweep = () => sweepAbandoned({ server, store, owner, isWanted: async () => false });
  expect(await sweep()).toBe(0);

  const shop = join(root, "shop");
  await mkdir(shop, { recursive: true });
  const source = new PassThrough();
  source.write("some bytes");
  const put = store.put("shop/archive", source);
  put.catch(() => undefined);
  let written: string[] = [];
  for (; written.length === 0; await sleep(20)) written = await readdir(shop);
  expect(written).toEqual([expect.stringMatching(new RegExp(`^\\.cofre-${owner}-[0-9a-f]{32}\\.partial$`))]);
  expect(await sweep()).toBe(0);
  expect(await readdir(shop)).toEqual(written);
  source.destroy(new Error("the attempt is over"));
  await expect(put).rejects.toThrow();

  // As kill -9 leaves them, in the put's two steps.
  const ours = [...written, written[0]?.replace(".cofre-", ".") ?? ""];
  const others = [
    "archive",
    `.${randomBytes(16).toString("hex")}.partial`,
    `.cofre-${"0".repeat(32)}-1.partial`,
  ];
  for (const name of [...ours, ...others]) {
    await writeFile(join(shop, name), "bytes");
    await utimes(join(shop, name), TWO_HOURS_AGO, TWO_HOURS_AGO);
  }
  expect(await sweep()).toBe(2);
  expect((await readdir(shop)).toSorted()).toEqual(others.toSorted());
});
