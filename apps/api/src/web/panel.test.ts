import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { servePanel } from "./panel.ts";
import type { WebEnv } from "./request.ts";
import { securityHeaders } from "./security-headers.ts";

describe("the panel's files", () => {
  let root: string;
  let app: Hono<WebEnv>;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "cofre-panel-"));
    await mkdir(join(root, "dist/assets"), { recursive: true });
    await writeFile(join(root, "secret.txt"), "not yours");
    await writeFile(join(root, "dist/index.html"), "<title>Cofre</title>");
    await writeFile(join(root, "dist/assets/app-1a2b.js"), "export {};");
    app = new Hono<WebEnv>();
    app.use(securityHeaders(true));
    servePanel(app, join(root, "dist"));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  test("are served with their types; those named by digest may be kept for ever", async () => {
    const script = await app.request("/assets/app-1a2b.js");
    expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(script.headers.get("cache-control")).toContain("immutable");
    expect(await script.text()).toBe("export {};");
  });

  test("stand for every page of its own, which must be asked for again", async () => {
    for (const path of ["/", "/projects/1/resources/2", "/assets/app-gone.js"]) {
      const page = await app.request(path);
      expect(await page.text()).toBe("<title>Cofre</title>");
      expect(page.headers.get("cache-control")).toBe("no-cache");
    }
  });

  test.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/%00",
    "/%zz",
  ])("never come from outside of their folder: %s", async (path) => {
    const answer = await app.request(new Request(`http://localhost${path}`));
    expect(await answer.text()).not.toContain("not yours");
  });

  test("do not stand for an API path that is not there", async () => {
    expect((await app.request("/api/nothing")).status).toBe(404);
  });

  test("run no script but our own, in nobody's frame, and over https only once it was used", async () => {
    const { headers } = await app.request("/");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("strict-transport-security")).toContain("max-age");
  });

  test("that were never built say how to build them", async () => {
    const empty = new Hono<WebEnv>();
    servePanel(empty, join(root, "nothing"));
    const answer = await empty.request("/");
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("pnpm@12 start");
  });
});
