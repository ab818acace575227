import { Fault } from "@cofre/core/model";
import { z } from "zod";
import type { WebContext } from "../web/request.ts";
import type { RestRoute } from "./routes.ts";

/** Path, query and body as the procedure's input. A path's words win over the body's: a route cannot be talked into another object. */
export async function readInput(route: RestRoute, c: WebContext): Promise<Record<string, unknown>> {
  const words = { ...c.req.query(), ...c.req.param() };
  const typed = Object.fromEntries(
    Object.entries(words).map(([name, text]) => [name, typedWord(route.shape[name], text)]),
  );
  if (route.method === "GET" || route.method === "DELETE") return typed;
  return { ...(await readBody(c)), ...typed };
}

/** Text of a URL as the schema wants it: `true` is a boolean where one is asked, digits a number. Whatever does not fit stays text and fails there. */
export function typedWord(schema: unknown, text: string): unknown {
  const kind = kindOf(schema);
  if (kind === "boolean" && (text === "true" || text === "1")) return true;
  if (kind === "boolean" && (text === "false" || text === "0")) return false;
  if (kind === "number" && /^-?\d+$/.test(text)) return Number(text);
  return text;
}

function kindOf(schema: unknown): "boolean" | "number" | "other" {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return kindOf(schema.unwrap());
  }
  if (schema instanceof z.ZodBoolean) return "boolean";
  return schema instanceof z.ZodNumber ? "number" : "other";
}

/** An object from a JSON body; none at all is an empty one. */
export async function readBody(c: WebContext): Promise<Record<string, unknown>> {
  const text = await c.req.text();
  if (text.trim() === "") return {};
  const type = c.req.header("content-type") ?? "";
  if (!/^application\/([a-z.-]+\+)?json\b/i.test(type)) {
    throw new Fault(
      "input.invalid",
      `the body must be application/json, not ${type === "" ? "untyped" : type}`,
      {
        hint: "Send `Content-Type: application/json`.",
      },
    );
  }
  const parsed = Body.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new Fault("input.invalid", "the body is not a JSON object");
}

const Body = z.record(z.string(), z.unknown());

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: undefined is no object either.
    return undefined;
  }
}
