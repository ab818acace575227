import { describe, expect, test } from "vitest";
import { listEngines } from "./list.ts";
import { EngineView } from "./view.ts";

describe("the engines as data", () => {
  const { items } = listEngines();

  test.each(items)("$id has all that a form and a warning need", (engine) => {
    expect(() => EngineView.parse(engine)).not.toThrow();
    expect(engine.config.length).toBeGreaterThan(0);
    expect(engine.formats.length).toBeGreaterThan(0);
  });

  test("a password is a secret, a port a number with its usual value, paths a list", () => {
    const field = (engine: string, name: string) =>
      items.find((one) => one.id === engine)?.config.find((one) => one.name === name);
    expect(field("postgres", "password")).toMatchObject({ secret: true, kind: "text" });
    expect(field("redis", "port")).toMatchObject({ fallback: 6379, required: false });
    expect(field("files", "paths")).toMatchObject({ kind: "list", secret: false, required: false });
  });

  // A form sends what stands in a number's field as a number, and what stands in a text's as text: engines refuse "5432".
  test.each(items.filter(({ defaultPort }) => defaultPort !== null))(
    "$id takes its port as a number",
    (one) => expect(one.config.find(({ name }) => name === "port")).toMatchObject({ kind: "number" }),
  );
});
