import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { launch } from "./launcher.ts";

const ENV = { PATH: "/usr/bin:/bin" };

async function say(argv: readonly string[]): Promise<string> {
  const program = await launch(argv, ENV);
  program.stdin.end();
  const [said] = await Promise.all([text(program.stdout), program.ended]);
  return said.trim();
}

/** Of the process that starts programs: their parent. */
async function helperPid(): Promise<number> {
  return Number(await say(["sh", "-c", "echo $PPID"]));
}

/** Words and variables of a process, as `ps` shows them. */
const shown = (pid: number, what: "cmdline" | "environ") =>
  readFileSync(`/proc/${pid}/${what}`, "utf8").split("\0").filter(Boolean);

describe.skipIf(process.platform !== "linux")("the process that starts programs", () => {
  test("is one for all, with no variables of ours, and no program sees more than it was given", async () => {
    const pid = await helperPid();
    expect(await helperPid()).toBe(pid);
    expect(pid).not.toBe(process.pid);
    expect(shown(pid, "environ").filter((line) => !line.startsWith("NODE_CHANNEL_"))).toEqual([]);
    expect((await say(["env"])).split("\n")).toEqual(["PATH=/usr/bin:/bin"]);
  });

  test("outlives a signal to everybody, so that programs can be stopped in order", async () => {
    const pid = await helperPid();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(pid, signal);
    expect(await helperPid()).toBe(pid);
  });

  test("killed, takes its programs along before they take that for the end of their input; the next is started by another", async () => {
    const pid = await helperPid();
    const door = shown(pid, "cmdline").at(-1) ?? "";
    expect(existsSync(door)).toBe(true);
    const program = await launch(["sh", "-c", "cat > /dev/null; echo peace"], ENV);
    process.kill(pid, "SIGKILL");
    const [said, end] = await Promise.all([text(program.stdout), program.ended]);
    expect([said, end]).toEqual(["", { code: null, signal: null }]);
    expect(await helperPid()).not.toBe(pid);
    expect(existsSync(dirname(door))).toBe(false);
  });

  test("hands over nothing mixed up when many start and fail at once", async () => {
    const words = Array.from({ length: 60 }, (_, number) => `word ${number}`);
    const said = await Promise.all(
      words.map(async (word, number) => {
        if (number % 3 === 0) return await launch(["/nowhere/at/all"], ENV).catch((error: unknown) => error);
        return await say(["sh", "-c", 'sleep 0.0$2; echo "$1"', "sh", word, String(number % 7)]);
      }),
    );
    said.forEach((one, number) => {
      if (number % 3 === 0) expect(one).toMatchObject({ code: "ENOENT" });
      else expect(one).toBe(words[number]);
    });
  });

  test("goes with whoever started it, and so does its folder", async () => {
    const module = fileURLToPath(new URL("./launcher.ts", import.meta.url));
    const code = `const { launch } = await import(${JSON.stringify(module)});
      const program = await launch(["sh", "-c", "echo $PPID; exec sleep 60"], { PATH: "/usr/bin:/bin" });
      program.stdout.pipe(process.stdout);`;
    const cofre = await launch([process.execPath, "--input-type=module", "-e", code], ENV);
    const first = await new Promise<Buffer>((resolve) => cofre.stdout.once("data", resolve));
    const pid = Number(String(first));
    const door = shown(pid, "cmdline").at(-1) ?? "";
    expect(existsSync(door)).toBe(true);
    process.kill(cofre.pid, "SIGKILL");
    await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), 5_000);
    expect(existsSync(dirname(door))).toBe(false);
    await cofre.ended;
  });

  test("has its door elsewhere where the folder for temporary files has too long a name for one", async () => {
    const long = join(tmpdir(), "x".repeat(120));
    await mkdir(long, { recursive: true });
    const module = fileURLToPath(new URL("./launcher.ts", import.meta.url));
    const code = `const { launch } = await import(${JSON.stringify(module)});
      console.log((await (await launch(["true"], {})).ended).code);`;
    const cofre = await launch([process.execPath, "--input-type=module", "-e", code], {
      ...ENV,
      TMPDIR: long,
    });
    expect(await text(cofre.stdout)).toBe("0\n");
    await rm(long, { recursive: true });
  });

  test("keeps no process alive that has nothing running", async () => {
    const module = fileURLToPath(new URL("./launcher.ts", import.meta.url));
    const code = `const { launch } = await import(${JSON.stringify(module)});
      const program = await launch(["true"], { PATH: "/usr/bin:/bin" });
      console.log((await program.ended).code);`;
    const cofre = await launch([process.execPath, "--input-type=module", "-e", code], ENV);
    const late = sleep(20_000, "still there", { ref: false });
    expect(await Promise.race([cofre.ended, late])).toEqual({ code: 0, signal: null });
  });
});
