import { describe, expect, test } from "vitest";
import { Fault } from "../../model/fault.ts";
import { Secret } from "../../model/secret.ts";
import { HOSTILE_WORDS, type HostGround } from "./ground.ts";

/** What a program says and how it ends. */
export function describeRunning(ground: () => HostGround): void {
  describe("run", () => {
    test.for([0, 1, 42, 126, 127, 255])("resolves with the program's own exit code %i", async (code) => {
      const ran = await ground().host.run({ argv: ["sh", "-c", `echo out; echo err >&2; exit ${code}`] });
      expect(ran).toEqual({ code, stdout: "out\n", stderr: "err\n" });
    });

    test("rejects with the program's name when it is not there", async () => {
      const run = ground().host.run({ argv: ["cofre-no-such-program", "secret-looking-word"] });
      await expect(run).rejects.toMatchObject({ code: "server.tool-missing" });
      await expect(run).rejects.toThrow(/cofre-no-such-program/);
      await expect(run).rejects.not.toThrow(/secret-looking-word/);
    });

    test.for(["KILL", "TERM", "SEGV"])("rejects when the program was killed by %s", async (signal) => {
      const run = ground().host.run({ argv: ["sh", "-c", `kill -${signal} $$`] });
      await expect(run).rejects.toSatisfy((error) => error instanceof Fault);
      await expect(run).rejects.toThrow(new RegExp(`SIG${signal}`));
    });

    test("keeps the last 16 KiB of stderr", async () => {
      const script = `i=0; while [ $i -lt 3000 ]; do echo "line number $i" >&2; i=$((i+1)); done; echo the end >&2`;
      const { stderr } = await ground().host.run({ argv: ["sh", "-c", script] });
      expect(stderr.length).toBe(16 * 1024);
      expect(stderr.endsWith("line number 2999\nthe end\n")).toBe(true);
    });

    test("rejects a program that says too much", async () => {
      const run = ground().host.run({ argv: ["cat", "/dev/zero"] }, { limitBytes: 100_000 });
      await expect(run).rejects.toThrow(/more than 100000 bytes/);
    });

    test("gives the program its stdin, and an empty one otherwise", async () => {
      const { host } = ground();
      expect((await host.run({ argv: ["cat"] }, { stdin: "ação\n" })).stdout).toBe("ação\n");
      expect((await host.run({ argv: ["cat"] })).stdout).toBe("");
    });

    test("shows the tag to the program", async () => {
      const tag = "0123456789abcdef0123456789abcdef";
      const { stdout } = await ground().host.run({ argv: ["sh", "-c", 'echo "$COFRE_JOB"'] }, { tag });
      expect(stdout).toBe(`${tag}\n`);
    });

    test("runs 14 programs at once", async () => {
      const runs = Array.from({ length: 14 }, async (_, i) => {
        const ran = await ground().host.run({ argv: ["sh", "-c", `sleep 0.3; echo ${i}`] });
        return Number(ran.stdout);
      });
      expect(await Promise.all(runs)).toEqual(Array.from({ length: 14 }, (_, i) => i));
    });
  });

  describeWords(ground);
}

function describeWords(ground: () => HostGround): void {
  describe("words", () => {
    test("reach the program unchanged, whatever they contain", async () => {
      const words = [...Object.values(HOSTILE_WORDS), ""];
      const { stdout } = await ground().host.run({ argv: ["printf", "%s\\0", "first", ...words] });
      expect(stdout.split("\0").slice(1, -1)).toEqual(words);
    });

    test("reach it as variables and as secrets too", async () => {
      const values = Object.values(HOSTILE_WORDS);
      const names = values.map((_, i) => i);
      const env = Object.fromEntries(names.map((i) => [`PLAIN_${i}`, values[i] ?? ""]));
      const secrets = Object.fromEntries(names.map((i) => [`SECRET_${i}`, new Secret(values[i] ?? "")]));
      const script = names.map((i) => `printf '%s\\0%s\\0' "$PLAIN_${i}" "$SECRET_${i}"`).join("; ");
      const { stdout } = await ground().host.run({ argv: ["sh", "-c", script], env, secrets });
      expect(stdout.split("\0").slice(0, -1)).toEqual(values.flatMap((value) => [value, value]));
    });

    test("with a NUL byte are refused", async () => {
      const { host } = ground();
      const refused = { code: "input.invalid" };
      await expect(host.run({ argv: ["echo", "a\0b"] })).rejects.toMatchObject(refused);
      const secrets = { PASSWORD: new Secret("a\0b") };
      await expect(host.run({ argv: ["true"], secrets })).rejects.toMatchObject(refused);
    });

    test("cannot smuggle a variable in under a false name", async () => {
      const run = ground().host.run({ argv: ["true"], env: { "A=1; touch /tmp/x; B": "" } });
      await expect(run).rejects.toMatchObject({ code: "input.invalid" });
    });
  });
}
