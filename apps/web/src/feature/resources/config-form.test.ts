import type { PanelFault } from "@cofre/sdk/panel";
import { describe, expect, test } from "vitest";
import { configFrom, fieldError, valuesOf } from "./config-form.ts";
import type { ConfigField } from "./queries.ts";

const field = (name: string, more: Partial<ConfigField> = {}): ConfigField => ({
  name,
  kind: "text",
  secret: false,
  required: false,
  choices: [],
  fallback: null,
  ...more,
});
const FIELDS = [
  field("host"),
  field("port", { kind: "number", fallback: 5432 }),
  field("password", { secret: true }),
  field("paths", { kind: "list" }),
  field("tls", { kind: "flag", fallback: true }),
  field("containers", { kind: "choice", choices: ["run", "stop"] }),
];

describe("a new resource", () => {
  test("starts empty, with the engine's own flags", () => {
    expect(valuesOf(FIELDS)).toEqual({
      host: "",
      port: "",
      password: "",
      paths: "",
      tls: true,
      containers: "run",
    });
  });
  test("sends what was typed, in the kinds the engine wants, and nothing that was left empty", () => {
    const values = { host: "db", port: "5433", password: "", paths: " /srv/a \n\n/srv/b", tls: false };
    expect(configFrom(FIELDS, values)).toEqual({
      host: "db",
      port: 5433,
      paths: ["/srv/a", "/srv/b"],
      tls: false,
    });
  });
});

describe("a resource that is edited", () => {
  const before = { host: "db", port: 5433, password: { set: true }, paths: ["/srv/a"] };
  test("never shows a secret and leaves it alone unless it is replaced", () => {
    const values = valuesOf(FIELDS, before);
    expect(values).not.toHaveProperty("password");
    expect(configFrom(FIELDS, values, before)).not.toHaveProperty("password");
    expect(configFrom(FIELDS, { ...values, password: "new" }, before)).toHaveProperty("password", "new");
  });
  test("forgets a field that was emptied", () => {
    expect(configFrom(FIELDS, { ...valuesOf(FIELDS, before), host: "" }, before)).toHaveProperty(
      "host",
      null,
    );
  });
});

test("a field finds its own error, whether the path counts from the config or from the request", () => {
  const fault: PanelFault = {
    code: "input.invalid",
    message: "",
    hint: null,
    status: 422,
    requestId: "",
    context: {},
    errors: [
      { path: "config.port", message: "too large" },
      { path: "paths.0", message: "not absolute" },
    ],
  };
  expect(fieldError(fault, "port")).toBe("too large");
  expect(fieldError(fault, "host")).toBeUndefined();
});
