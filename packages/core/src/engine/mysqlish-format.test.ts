import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { absentReason, readLab } from "@cofre/lab";
import { describe, expect, onTestFinished, test } from "vitest";
import { startMysqlSpecimen } from "../testing/mysqlish-specimen.ts";
import { dumpOf, fileAround, removeArchive } from "./conformance/carry.ts";
import { takeArchive } from "./conformance/take-archive.ts";
import { mariadb } from "./mariadb.ts";
import { mysql } from "./mysql.ts";

const FORMAT = await readFile(new URL("../../FORMAT.md", import.meta.url), "utf8");
const LATEST = { mysql: "9.7", mariadb: "11.8" } as const;

/** Runs the block of FORMAT.md that carries this word behind `sh`, in a POSIX shell where `docker` is the lab's. */
function byHand(word: string, env: Readonly<Record<string, string>>) {
  const block = new RegExp(`^\`\`\`sh ${word}\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(FORMAT)?.[1];
  if (block === undefined) throw new Error(`FORMAT.md has no command ${word}`);
  const script = `docker() { command ${readLab().docker.join(" ")} "$@"; }\n${block}`;
  const { status, stderr } = spawnSync("sh", ["-c", script], {
    env: { PATH: process.env.PATH, ...env },
    encoding: "utf8",
  });
  return { status, stderr };
}

describe.each([mysql, mariadb])("without Cofre, FORMAT.md restores $label", (engine) => {
  const id = engine.id === "mysql" ? "mysql" : "mariadb";
  test.skipIf(absentReason({ engine: id, version: LATEST[id] }))(
    "under a new name, under its own, and never from half a dump",
    { timeout: 240_000 },
    async () => {
      await using specimen = await startMysqlSpecimen(id, LATEST[id]);
      await specimen.empty();
      await specimen.fill();
      const before = await specimen.fingerprint(["shop"]);
      const carrier = { reach: specimen.reach(), journals: specimen.journals };
      const archive = await takeArchive(engine, carrier, { units: ["shop"] });
      onTestFinished(() => removeArchive(archive));
      for (const { name, text } of archive.riders) await writeFile(`${archive.path}.${name}`, text);
      const { id: CONTAINER, rootPassword: MYSQL_PWD } = specimen.started;
      const env = {
        ARCHIVE: archive.path,
        CONTAINER,
        MYSQL_PWD,
        CLIENT: id,
        DBUSER: "root",
        DATABASE: "by hand",
      };
      expect(byHand("mysql-new", env)).toEqual({ status: 0, stderr: "" });
      expect(byHand("mysql", env)).toEqual({ status: 0, stderr: "" });
      expect(withoutSchema(await specimen.fingerprint(["by hand"]))).toBe(withoutSchema(before));

      await specimen.sql("drop database shop");
      expect(byHand("mysql-database", env)).toEqual({ status: 0, stderr: "" });
      expect(byHand("mysql", { ...env, DATABASE: "shop" }).status).toBe(0);
      expect(await specimen.fingerprint(["shop"])).toBe(before);

      const whole = await readFile(archive.path);
      const cut = await fileAround(archive, whole.subarray(0, whole.length - 2000));
      onTestFinished(() => removeArchive(cut));
      byHand("mysql-new", { ...env, DATABASE: "cut" });
      expect(byHand("mysql", { ...env, ARCHIVE: cut.path, DATABASE: "cut" }).status).not.toBe(0);
      expect(await specimen.sql("show tables", "cut")).toBe("");
      expect((await dumpOf(archive)).length).toBeGreaterThan(whole.length);
    },
  );
});

/** The character set of the database itself belongs to its name, not to what is in it; sequences are of that set too. */
function withoutSchema(fingerprint: string): string {
  return fingerprint.replace(/^schema\t.*\n/, "").replaceAll(/^table\t.*\tSEQUENCE\t.*\n/gm, "");
}
