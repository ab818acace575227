import { describe, expect, test } from "vitest";
import { type ArchiveName, archiveKeyOf, keyStem, manifestKey, riderKey, withCollision } from "./layout.ts";
import { slugify } from "./slug.ts";

const AT = new Date("2026-02-09T21:30:59.999Z");

const SHOP: ArchiveName = {
  kind: "database",
  engine: "postgres",
  project: "loja",
  resource: "shop-db",
  units: ["shop"],
  at: AT,
  timeZone: "America/Sao_Paulo",
};

describe("a backup's place in the store", () => {
  test.each<[string, Partial<ArchiveName>, string]>([
    ["a database", {}, "databases/loja/postgres/shop-db/backup-2026-02-09-18-30-shop"],
    ["several units", { units: ["a", "b"] }, "databases/loja/postgres/shop-db/backup-2026-02-09-18-30-all"],
    ["no unit", { units: [] }, "databases/loja/postgres/shop-db/backup-2026-02-09-18-30-all"],
    [
      "files",
      { kind: "files", engine: "files", resource: "site", units: ["/var/www"] },
      "files/loja/site/var-www-2026-02-09-18-30",
    ],
    [
      "another zone",
      { timeZone: "Asia/Kathmandu" },
      "databases/loja/postgres/shop-db/backup-2026-02-10-03-15-shop",
    ],
    [
      "midnight",
      { at: new Date("2026-02-10T03:00:00Z") },
      "databases/loja/postgres/shop-db/backup-2026-02-10-00-00-shop",
    ],
    [
      "names that climb",
      { project: "../..", resource: "/etc", units: [".."] },
      "databases/x-6b3e4cb6/postgres/etc/backup-2026-02-09-18-30-x-5ec1f795",
    ],
  ])("%s", (_name, change, stem) => {
    const made = keyStem({ ...SHOP, ...change });
    expect(made.replace(/x-[0-9a-f]{8}/g, "x-")).toBe(stem.replace(/x-[0-9a-f]{8}/g, "x-"));
  });

  test("refuses a zone that does not exist by name", () => {
    expect(() => keyStem({ ...SHOP, timeZone: "Mars/Olympus" })).toThrow(/Mars\/Olympus is not a time zone/);
  });

  test("the hour that a clock repeats gives the same stem, which collisions tell apart", () => {
    const timeZone = "America/New_York";
    const first = keyStem({ ...SHOP, at: new Date("2026-11-01T05:30:00Z"), timeZone });
    const again = keyStem({ ...SHOP, at: new Date("2026-11-01T06:30:00Z"), timeZone });
    expect(again).toBe(first);
    expect([1, 2, 3].map((n) => withCollision(first, n))).toEqual([first, `${first}-2`, `${first}-3`]);
  });

  test("manifest and riders lie beside the archive", () => {
    const archive = "databases/a/postgres/b/backup-x.dump.zst";
    expect(manifestKey(archive)).toBe(`${archive}.json`);
    expect(archiveKeyOf(manifestKey(archive))).toBe(archive);
    expect(archiveKeyOf(archive)).toBeUndefined();
    expect(riderKey(archive, "globals.sql")).toBe(`${archive}.globals.sql`);
  });
});

describe("a slug", () => {
  test.each([
    ["Loja São João", "loja-sao-joao"],
    ["shop_prod", "shop_prod"],
    ["Straße & Søn Œuvre", "strasse-son-oeuvre"],
    ["--verbose", "verbose"],
    ["a/../b", "a-b"],
    ["$(reboot) `x` \n'\"", "reboot-x"],
    ["ＦＵＬＬ ｗｉｄｔｈ ①", "full-width-1"],
    ["", "unnamed"],
  ])("of %j is %s", (name, slug) => expect(slugify(name)).toBe(slug));

  test.each(["北京", "🗝️", "shop 🗝️", "база", "a".repeat(255), "é".repeat(255), "...", "\u0000", "x\ud800"])(
    "of %j is short, safe, never empty and unchanged when made again",
    (name) => {
      const slug = slugify(name);
      expect(slug).toMatch(/^[a-z0-9_][a-z0-9_-]{0,63}$/);
      expect(slugify(slug)).toBe(slug);
    },
  );

  test("keeps names apart that lost what told them apart", () => {
    const names = [
      "shop 北",
      "shop 京",
      "shop",
      `${"a".repeat(100)}1`,
      `${"a".repeat(100)}2`,
      "база",
      "данные",
    ];
    expect(new Set(names.map(slugify)).size).toBe(names.length);
  });
});
