import { generateOpenApiDocument } from "trpc-to-openapi";
import { appRouter } from "../trpc/root.ts";
import { VERSION } from "../version.ts";
import { byteRoutes } from "./openapi-bytes.ts";
import { type RestRoute, restRoutes } from "./routes.ts";

type Loose = Record<string, unknown>;

const PROBLEM = {
  type: "object",
  required: ["type", "title", "status", "detail", "code", "requestId"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string", description: "The fault's code; the SDK and the panel use the same." },
    hint: { type: ["string", "null"], description: "The next thing to do." },
    requestId: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: { path: { type: "string" }, message: { type: "string" } },
      },
    },
    context: { type: "object", additionalProperties: true },
  },
};

const problemAnswer = {
  description: "What went wrong, and what to do",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

/** The whole contract, and exactly what is answered: statuses and problems are put in after the generator, which knows only 200. */
export function openApiDocument(baseUrl: string): Loose {
  const document: Loose = JSON.parse(
    JSON.stringify(
      generateOpenApiDocument(appRouter, { title: "Cofre", version: VERSION, baseUrl: `${baseUrl}/api` }),
    ),
  );
  const paths = objectIn(document, "paths");
  for (const route of restRoutes())
    mendOperation(route, objectIn(objectIn(paths, route.path), route.method.toLowerCase()));
  for (const [path, operations] of Object.entries(byteRoutes(problemAnswer))) {
    paths[path] = { ...objectIn(paths, path), ...operations };
  }
  const components = objectIn(document, "components");
  components.schemas = { ...objectIn(components, "schemas"), Problem: PROBLEM };
  return document;
}

function mendOperation(route: RestRoute, operation: Loose): void {
  const responses = objectIn(operation, "responses");
  const good = objectIn(responses, "200");
  const status = route.meta.status ?? 200;
  const location = {
    Location: { schema: { type: "string" }, description: "Where the new thing, or the job, is." },
  };
  const headers = status === 201 || status === 202 ? { headers: location } : {};
  const speaks = route.meta.mayTell === true ? { 200: { ...good, description: "What stayed behind" } } : {};
  operation.responses = {
    ...speaks,
    [status]: status === 204 ? { description: "Gone" } : { ...good, ...headers },
    default: problemAnswer,
  };
  if (route.method === "POST") operation.parameters = [...parametersOf(operation), ...postHeaders(route)];
}

function parametersOf(operation: Loose): unknown[] {
  return Array.isArray(operation.parameters) ? operation.parameters : [];
}

function postHeaders({ meta }: RestRoute): Loose[] {
  const header = (name: string, description: string) => ({
    in: "header",
    name,
    required: false,
    schema: { type: "string" },
    description,
  });
  const wait = header("Prefer", "`wait=30` waits up to that many seconds for the job's end.");
  const once = header("Idempotency-Key", "The same key and body within 24 h answers the first result again.");
  return [...(meta.long === true ? [wait] : []), ...(meta.unrepeatable === true ? [] : [once])];
}

/** The object at a key, made when it is not there. */
function objectIn(parent: Loose, key: string): Loose {
  const value = parent[key];
  // checked: the document is plain JSON
  if (typeof value === "object" && value !== null) return value as Loose;
  const made: Loose = {};
  parent[key] = made;
  return made;
}
