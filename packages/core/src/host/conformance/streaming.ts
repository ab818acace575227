import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { breakingSource, drain, type HostGround, hangingSource, isGone } from "./ground.ts";

const MIB = 1024 * 1024;

/** Bytes in large numbers, and streams that must not look whole when they are not. */
export function describeStreaming(ground: () => HostGround): void {
  describe("read", () => {
    test("errors with exit code and stderr when the program fails after its last byte", async () => {
      const script = "head -c 300000 /dev/zero; echo the reason >&2; exit 3";
      const error = await drain(ground().host.read({ argv: ["sh", "-c", script] })).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: "dump.failed", context: { code: 3, stderr: "the reason" } });
    });

    test("errors when the program is killed by -9 half-way", async () => {
      const script = "head -c 300000 /dev/zero; kill -9 $$";
      await expect(drain(ground().host.read({ argv: ["sh", "-c", script] }))).rejects.toThrow(/SIGKILL/);
    });

    test("errors when the program is not there", async () => {
      const stream = ground().host.read({ argv: ["cofre-no-such-program"] });
      await expect(drain(stream)).rejects.toMatchObject({ code: "server.tool-missing" });
    });

    test("stops the program when the reader goes away", async () => {
      const { host } = ground();
      const word = `cofre-reader-${randomBytes(6).toString("hex")}`;
      const stream = host.read({ argv: ["sh", "-c", "cat /dev/zero; exit 0", word] });
      for await (const _chunk of stream) break;
      expect(await isGone(host, word)).toBe(true);
    });

    test("waits for a slow reader", async () => {
      const stream = ground().host.read({ argv: ["sh", "-c", "head -c 30000000 /dev/zero"] });
      let bytes = 0;
      for await (const chunk of stream) {
        bytes += chunk.length;
        if (bytes < 4 * MIB) await sleep(5);
      }
      expect(bytes).toBe(30_000_000);
      expect(stream.readableLength).toBe(0);
    });
  });

  describeWriting(ground);
}

function describeWriting(ground: () => HostGround): void {
  describe("write", () => {
    test("carries 50 MB there and back unchanged", async () => {
      const { host, folder } = ground();
      const sent = randomBytes(50 * MIB);
      const sha256 = createHash("sha256").update(sent).digest("hex");
      const path = `${folder}/fifty`;
      const argv: [string, ...string[]] = ["sh", "-c", 'tee "$1" | sha256sum', "sh", path];
      const ran = await host.write({ argv }, Readable.from([sent], { objectMode: false }));
      expect(ran.stdout).toContain(sha256);
      const back = await buffer(host.read({ argv: ["cat", path] }));
      expect(createHash("sha256").update(back).digest("hex")).toBe(sha256);
      await host.files.remove(path);
    });

    test.for([1, 2, 3])(
      "rejects with the source's error, and the program never sees a peaceful end (%i)",
      async () => {
        const { host, folder } = ground();
        const peace = `${folder}/peace-${randomBytes(4).toString("hex")}`;
        const argv: [string, ...string[]] = ["sh", "-c", 'cat > /dev/null; echo > "$1"', "sh", peace];
        const write = host.write({ argv }, breakingSource("the source broke"));
        await expect(write).rejects.toThrow("the source broke");
        await sleep(500);
        expect(await host.files.stat(peace)).toBeUndefined();
      },
    );

    test("rejects with exit code and stderr when the program fails", async () => {
      const argv: [string, ...string[]] = ["sh", "-c", "head -c 1000 > /dev/null; echo full >&2; exit 5"];
      const write = ground().host.write({ argv }, hangingSource());
      await expect(write).rejects.toMatchObject({ context: { code: 5, stderr: "full" } });
    });

    test("rejects when the program ends well before the source does", async () => {
      const write = ground().host.write({ argv: ["head", "-c", "10"] }, hangingSource());
      await expect(write).rejects.toThrow(/before it had read all its input/);
    });

    test("rejects with the source's error when it broke before the start", async () => {
      const source = new Readable({ read: () => undefined });
      source.on("error", () => undefined).destroy(new Error("broken already"));
      await expect(ground().host.write({ argv: ["cat"] }, source)).rejects.toThrow("broken already");
    });
  });
}
