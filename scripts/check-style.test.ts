import { describe, expect, test } from "vitest";
import { styleFindings } from "./check-style.ts";
import { readSourceFile } from "./source-file.ts";

function rulesBroken(path: string, text: string): string[] {
  return styleFindings(readSourceFile(path, text)).map(({ line, rule }) => `${line} ${rule}`);
}

const lines = (count: number) => "  work();\n".repeat(count);

describe("sizes", () => {
  test("a file of 250 lines passes and one of 251 does not", () => {
    expect(rulesBroken("packages/core/src/policy/due.ts", "a();\n".repeat(250))).toEqual([]);
    expect(rulesBroken("packages/core/src/policy/due.ts", "a();\n".repeat(251))).toEqual(["251 file-length"]);
  });

  test("a function of 41 lines does not pass, unless it is made of tests", () => {
    const long = `function f() {\n${lines(39)}}\n`;
    expect(rulesBroken("apps/api/src/app.ts", long)).toEqual(["1 function-length"]);
    const suite = `describe("f", () => {\n${lines(39)}});\n`;
    expect(rulesBroken("apps/api/src/app.test.ts", suite)).toEqual([]);
    expect(rulesBroken("apps/api/src/app.test.ts", suite.replace("describe", "describe.runIf(ok)"))).toEqual(
      [],
    );
    expect(rulesBroken("apps/api/src/app.test.ts", long)).toEqual(["1 function-length"]);
  });

  test("a component may have 100 lines", () => {
    const component = (count: number) => `function C() {\n${lines(count)}  return <p />;\n}\n`;
    expect(rulesBroken("apps/web/src/ui/field.tsx", component(97))).toEqual([]);
    expect(rulesBroken("apps/web/src/ui/field.tsx", component(98))).toEqual(["1 function-length"]);
  });

  test("depth counts statements, and else-if is one ladder", () => {
    const ladder = "if (a) b();\nelse if (c) d();\nelse if (e) f();\nelse if (g) h();\n";
    expect(rulesBroken("apps/api/src/app.ts", `function f() {\n${ladder}}\n`)).toEqual([]);
    const deep = "function f() {\nfor (;;)\nif (a)\nwhile (b)\ntry { c(); } finally { d(); }\n}\n";
    expect(rulesBroken("apps/api/src/app.ts", deep)).toEqual(["5 depth"]);
  });

  test("a fourth parameter does not pass, a destructured object is one", () => {
    expect(rulesBroken("apps/api/src/app.ts", "const f = (a, b, c, d) => a;\n")).toEqual(["1 parameters"]);
    expect(rulesBroken("apps/api/src/app.ts", "const f = ({ a, b, c, d }) => a;\n")).toEqual([]);
    expect(rulesBroken("apps/api/src/app.ts", "on((a, b, c, d) => a);\n")).toEqual([]);
  });
});

describe("words", () => {
  test("a cast needs the check that stands beside it, `as const` needs none", () => {
    expect(rulesBroken("apps/api/src/app.ts", "const a = b as string;\n")).toEqual(["1 cast"]);
    expect(rulesBroken("apps/api/src/app.ts", "const a = ['b'] as const;\n")).toEqual([]);
    expect(rulesBroken("apps/api/src/app.ts", "// checked: zod above\nconst a = b as string;\n")).toEqual([]);
    expect(rulesBroken("apps/api/src/app.ts", "import { a as b } from 'c';\n")).toEqual([]);
  });

  test("types are not switched off", () => {
    expect(rulesBroken("apps/api/src/app.ts", "// @ts-ignore\na();\n")).toEqual(["1 types-off"]);
    expect(rulesBroken("apps/api/src/app.ts", "// @ts-expect-error\na();\n")).toEqual(["1 types-off"]);
    expect(rulesBroken("apps/api/src/app.test.ts", "// @ts-expect-error\na();\n")).toEqual([]);
  });

  test("a name that hides what is inside does not pass", () => {
    expect(rulesBroken("apps/api/src/utils.ts", "a();\n")).toEqual(["1 file-name"]);
    expect(rulesBroken("apps/api/src/shared/a.ts", "a();\n")).toEqual(["1 file-name"]);
  });
});

describe("the law of imports", () => {
  const importing = (path: string, target: string) => rulesBroken(path, `import { a } from "${target}";\n`);

  test("a folder of core sees only what stands below it", () => {
    expect(importing("packages/core/src/engine/redis.ts", "../host/host.ts")).toEqual([]);
    expect(importing("packages/core/src/engine/redis.ts", "../host/ssh.ts")).toEqual(["1 import-layer"]);
    expect(importing("packages/core/src/engine/redis.ts", "../store/store.ts")).toEqual(["1 import-layer"]);
    expect(importing("packages/core/src/engine/redis.test.ts", "../host/ssh.ts")).toEqual([]);
    expect(importing("packages/core/src/host/ssh.ts", "../engine/engine.ts")).toEqual(["1 import-layer"]);
    expect(importing("packages/core/src/model/backup.ts", "../host/host.ts")).toEqual(["1 import-layer"]);
    expect(importing("packages/core/src/operation/take-backup.ts", "../store/store.ts")).toEqual([]);
  });

  test("packages meet by name, files by path", () => {
    expect(importing("apps/web/src/main.tsx", "../../api/src/app.ts")).toEqual(["1 import-across"]);
    expect(importing("packages/core/src/operation/work.ts", "../model/index.ts")).toEqual(["1 import-index"]);
    expect(importing("packages/core/src/index.ts", "./model/index.ts")).toEqual([]);
    expect(importing("apps/api/src/worker.ts", "./main.ts")).toEqual(["1 import-root"]);
  });

  test("exports and lazy imports are imports too", () => {
    const path = "packages/core/src/policy/due.ts";
    expect(rulesBroken(path, 'export { a } from "../store/store.ts";\n')).toEqual(["1 import-layer"]);
    expect(rulesBroken(path, 'const a = () => import("../store/store.ts");\n')).toEqual(["1 import-layer"]);
  });
});
