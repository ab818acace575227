import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const TESTS = ["src/**/*.test.{ts,tsx}", "test/**/*.test.{ts,tsx}"];

/** One project per package. Tests run in Node; those in a browser drive Chromium themselves (`*.e2e.test.ts`). */
function project(name: string, root: string) {
  return {
    extends: true as const,
    root,
    test: { name, include: TESTS, environment: "node" as const },
  };
}

/** The parts of the suite in the order in which they start; what is in none of them comes last. */
const PARTS: readonly ((file: TestSpecification) => boolean)[] = [
  ({ project }) => project.name === "scripts" || project.name === "sdk",
  ({ project }) => project.name === "api",
  ({ project }) => project.name === "web",
  ({ project, moduleId }) => project.name === "core" && /\/src\/(engine|operation)\//.test(moduleId),
];

/** Files that take a minute come first, so that at the end all workers have something to do. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const partOf = (file: TestSpecification) => {
      const part = PARTS.findIndex((isIn) => isIn(file));
      return part === -1 ? PARTS.length : part;
    };
    return (await super.sort(files)).toSorted((one, other) => partOf(one) - partOf(other));
  }
}

export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    // Tests of the lab's servers wait for them now and then: with three workers two cores were idle for a seventh of the time.
    maxWorkers: 4,
    // A worker keeps its modules, its compiled database and its server from file to file: loading them again took half of most files' time.
    isolate: false,
    sequence: { sequencer: LongestFirst },
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
