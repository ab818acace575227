import { expect, test } from "vitest";
import { attachment } from "./content-disposition.ts";

test("a plain name is the same in both forms", () => {
  expect(attachment("backup-2026-02-09-18-30-shop.dump.zst")).toBe(
    `attachment; filename="backup-2026-02-09-18-30-shop.dump.zst"; filename*=UTF-8''backup-2026-02-09-18-30-shop.dump.zst`,
  );
});

test("a name with everything in it breaks no header", () => {
  const header = attachment(`ação "x"\r\nset-cookie: a=b\\ %41 'ü' 🐘(*).zst`);
  expect(header).not.toMatch(/[\r\n]/);
  expect(header).toMatch(
    /^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[A-Za-z0-9%._~!$&+^`|#-]*$/,
  );
  const [, encoded = ""] = /filename\*=UTF-8''(.*)$/.exec(header) ?? [];
  expect(decodeURIComponent(encoded)).toBe(`ação "x"\r\nset-cookie: a=b\\ %41 'ü' 🐘(*).zst`);
});
