import { describe, expect, test } from "vitest";
import { canonicalJson } from "./canonical-json.ts";
import type { Manifest } from "./manifest.ts";
import { createInstallation, createInstallationKey, openManifest, sealManifest } from "./seal.ts";

const OURS = createInstallation("inst-1", createInstallationKey());
const THEIRS = createInstallation("inst-2", createInstallationKey());

const MANIFEST: Manifest = {
  cofre: "backup",
  version: 1,
  installationId: "inst-1",
  backupId: "b-1",
  runId: "r-1",
  organizationId: "o-1",
  project: { id: "p-1", name: "Loja São João 🗝️", slug: "loja-sao-joao" },
  resource: { id: "x-1", name: "shop-db", slug: "shop-db", engine: "postgres" },
  server: { id: "s-1", name: "web-1" },
  origin: "manual",
  engineVersion: "15.18",
  image: null,
  format: { name: "postgres-custom", version: "1.14-0", extension: ".dump" },
  tools: { pg_dump: "15.18", zstd: "1.5.4" },
  units: [{ name: "shop", counts: { 'public.it\'s "odd"': 3, 'a\n"b"': 0 } }],
  warnings: [],
  archive: { key: "databases/a.dump.zst", bytes: 9, sha256: "0".repeat(64), stages: ["zstd"] },
  riders: [],
  startedAt: "2026-02-09T21:30:00.000Z",
  completedAt: "2026-02-09T21:30:05.000Z",
  cofreVersion: "0.1.0",
};

describe("a sealed manifest", () => {
  test("opens as it was, and is our own", () => {
    expect(openManifest(sealManifest(MANIFEST, OURS), OURS)).toEqual({ manifest: MANIFEST, standing: "own" });
  });

  test("is still our own when its file was laid out again and its members sorted otherwise", () => {
    const { manifest, signature } = JSON.parse(sealManifest(MANIFEST, OURS));
    const turned = Object.fromEntries(Object.entries(manifest).reverse());
    expect(openManifest(JSON.stringify({ signature, manifest: turned }), OURS).standing).toBe("own");
  });

  test("is forged when anything in it was changed", () => {
    const text = sealManifest(MANIFEST, OURS);
    const changed = [
      text.replace('"bytes": 9', '"bytes": 8'),
      text.replace('"key": "databases/a', '"key": "databases/b'),
      text.replace('"signature": "ed25519:', '"signature": "ed25519:AAAA'),
      text.replace('"signature": "ed25519:', '"signature": "'),
      JSON.stringify({ manifest: MANIFEST }),
      text.replace('"cofreVersion"', '"extra": 1, "cofreVersion"'),
    ];
    for (const forged of changed) {
      expect(forged).not.toBe(text);
      expect(openManifest(forged, OURS).standing).toBe("forged");
    }
  });

  test("of another installation is foreign, and forged when it claims to be ours", () => {
    expect(openManifest(sealManifest({ ...MANIFEST, installationId: "inst-2" }, THEIRS), OURS).standing).toBe(
      "foreign",
    );
    expect(openManifest(sealManifest(MANIFEST, THEIRS), OURS).standing).toBe("forged");
  });

  test("with members that a later version added is still verified whole", () => {
    const later = { ...MANIFEST, proofs: [{ at: "2027-01-01" }] };
    const text = JSON.stringify({ manifest: later, signature: OURS.sign(canonicalJson(later)) });
    expect(openManifest(text, OURS).standing).toBe("own");
    expect(openManifest(text.replace("2027", "2028"), OURS).standing).toBe("forged");
  });

  test.each(["", "{", '{"manifest":', "\u0000"])("that is cut is damaged: %j", (text) => {
    expect(() => openManifest(text, OURS)).toThrow(expect.objectContaining({ code: "archive.damaged" }));
  });

  test.each([
    "null",
    "[]",
    '{"name":"package.json"}',
    JSON.stringify({ manifest: { ...MANIFEST, version: 2 } }),
  ])("that is something else is foreign to us: %j", (text) => {
    expect(() => openManifest(text, OURS)).toThrow(expect.objectContaining({ code: "archive.foreign" }));
  });
});

describe("an installation", () => {
  test("knows its signatures again after a restart, and nobody else's", () => {
    const key = createInstallationKey();
    const signature = createInstallation("a", key).sign("text");
    expect(createInstallation("a", key).verify("text", signature)).toBe(true);
    expect(createInstallation("a", key).verify("text!", signature)).toBe(false);
    expect(OURS.verify("text", signature)).toBe(false);
    expect(OURS.verify("text", "ed25519:")).toBe(false);
  });

  test("refuses what is no Ed25519 key, without quoting it", () => {
    expect(() => createInstallation("a", "hunter2-not-a-key")).toThrow(
      expect.objectContaining({ code: "input.invalid", message: expect.not.stringContaining("hunter2") }),
    );
  });
});

test("canonical JSON sorts members by code units, drops what has no value and keeps every name", () => {
  const odd = JSON.parse(
    '{"__proto__": 1, "\u20ac": 2, "\\r": 3, "1": 4, "\ud83d\ude02": 5, "10": [true, null, "é"]}',
  );
  expect(canonicalJson({ b: undefined, a: [undefined, 1] })).toBe('{"a":[null,1]}');
  expect(canonicalJson(odd)).toBe('{"\\r":3,"1":4,"10":[true,null,"é"],"__proto__":1,"€":2,"😂":5}');
});
