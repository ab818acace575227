import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";

const TESTS = ["src/**/*.test.{ts,tsx}", "test/**/*.test.{ts,tsx}"];

/** One project per package. Tests run in Node; those in a browser drive Chromium themselves (`*.e2e.test.ts`). */
function project(name: string, root: string) {
  return {
    extends: true as const,
    root,
    test: { name, include: TESTS, environment: "node" as const },
  };
}

export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    // Tests of the lab's servers wait for them now and then: a third goes on meanwhile on two cores.
    maxWorkers: 3,
    // A worker keeps its modules, its compiled database and its server from file to file: loading them again took half of most files' time.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      project("core", "packages/core"),
      project("api", "apps/api"),
      project("sdk", "packages/sdk"),
      project("scripts", "packages/scripts"),
      // Without an explicit "node" the Solid plugin demands jsdom.
      { ...project("web", "apps/web"), plugins: [solid()] },
      { ...project("lab", "lab"), test: { ...project("lab", "lab").test, include: [...TESTS, "*.test.ts"] } },
      {
        ...project("tools", "scripts"),
        test: { ...project("tools", "scripts").test, include: ["*.test.ts"] },
      },
    ],
  },
});
