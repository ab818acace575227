import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openApiDocument } from "./openapi.ts";
import { typedWord } from "./read-input.ts";
import { restRoutes } from "./routes.ts";

interface Operation {
  readonly operationId: string;
  readonly responses: Record<string, { content?: Record<string, unknown> }>;
  readonly parameters?: { in: string; name: string }[];
}

const paths = openApiDocument("http://localhost").paths as Record<string, Record<string, Operation>>;

describe("the OpenAPI document", () => {
  test.each(restRoutes())("says what $method $path answers", ({ method, path, meta }) => {
    const operation = paths[path]?.[method.toLowerCase()];
    const told = meta.mayTell === true ? ["200"] : [];
    expect(Object.keys(operation?.responses ?? {})).toEqual([...told, String(meta.status ?? 200), "default"]);
    expect(operation?.responses.default?.content).toHaveProperty("application/problem+json");
  });

  test("has the routes of the contract that exist by now, and no other", () => {
    const known = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(known.toSorted()).toEqual(CONTRACT.toSorted());
  });

  test("names every operation once", () => {
    const ids = Object.values(paths).flatMap((operations) =>
      Object.values(operations).map((one) => one.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("tells of Prefer where the work is long, and of Idempotency-Key where it counts", () => {
    const headers = (path: string) =>
      paths[path]?.post?.parameters?.filter((one) => one.in === "header").map((one) => one.name) ?? [];
    const backups = "/resources/{resourceId}/backups";
    expect(headers(backups)).toEqual(["Prefer", "Idempotency-Key"]);
    expect(headers(`${backups}/{id}/download-link`)).toEqual([]);
  });
});

describe("a word of a URL", () => {
  test.each([
    ["true", z.boolean().optional(), true],
    ["0", z.boolean(), false],
    ["yes", z.boolean(), "yes"],
    ["12", z.number().int().optional(), 12],
    ["1e3", z.number(), "1e3"],
    ["12", z.string(), "12"],
    ["true", undefined, "true"],
  ])("%s becomes what the schema asks for", (word, schema, value) => {
    expect(typedWord(schema, word)).toBe(value);
  });
});

/** rest.md's routes, without those of later issues. */
const CONTRACT = [
  "GET /projects/{projectId}/resources",
  "POST /projects/{projectId}/resources",
  "GET /projects/{projectId}/resources/{id}",
  "PUT /projects/{projectId}/resources/{id}",
  "DELETE /projects/{projectId}/resources/{id}",
  "PUT /resources/by-external-id/{externalId}",
  "GET /resources/{resourceId}/backups",
  "POST /resources/{resourceId}/backups",
  "GET /resources/{resourceId}/backups/{id}",
  "DELETE /resources/{resourceId}/backups/{id}",
  "GET /resources/{resourceId}/backups/{id}/download",
  "POST /resources/{resourceId}/backups/{id}/download-link",
  "POST /resources/{resourceId}/backups/{id}/validate",
  "POST /resources/{resourceId}/backups/{id}/restore",
  "GET /resources/{resourceId}/backups/{id}/copies",
  "POST /resources/{resourceId}/backups/{id}/copies",
  "DELETE /resources/{resourceId}/backups/{id}/copies/{copyId}",
  "GET /resources/{resourceId}/encryption",
  "PUT /resources/{resourceId}/encryption",
  "GET /projects/{projectId}/encryption",
  "PUT /projects/{projectId}/encryption",
  "GET /resources/{resourceId}/minio/buckets",
  "GET /resources/{resourceId}/minio/browse",
  "POST /resources/{resourceId}/minio/backup",
  "GET /resources/{resourceId}/minio/object",
  "PUT /resources/{resourceId}/minio/object",
  "DELETE /resources/{resourceId}/minio/object",
  "GET /resources/{resourceId}/minio/zip",
  "GET /resources/{resourceId}/hooks",
  "PUT /resources/{resourceId}/hooks",
  "GET /resources/{resourceId}/sync",
  "PUT /resources/{resourceId}/sync",
  "POST /resources/{resourceId}/sync",
  "GET /resources/{resourceId}/schedule",
  "PUT /resources/{resourceId}/schedule",
  "GET /projects",
  "POST /projects",
  "GET /projects/{id}",
  "PUT /projects/{id}",
  "DELETE /projects/{id}",
  "PUT /projects/by-external-id/{externalId}",
  "GET /servers",
  "POST /servers",
  "GET /servers/{id}",
  "PUT /servers/{id}",
  "DELETE /servers/{id}",
  "PUT /servers/by-external-id/{externalId}",
  "POST /servers/{id}/test",
  "POST /servers/{id}/scan",
  "GET /resources/{id}/logs",
  "POST /resources/{id}/restart",
  "GET /jobs",
  "GET /jobs/{id}",
  "GET /jobs/{id}/events",
  "POST /jobs/{id}/cancel",
  "GET /stores",
  "POST /stores",
  "GET /stores/{id}",
  "PUT /stores/{id}",
  "DELETE /stores/{id}",
  "POST /stores/{id}/test",
  "GET /resources/{resourceId}/stores",
  "PUT /resources/{resourceId}/stores",
  "GET /projects/{projectId}/stores",
  "PUT /projects/{projectId}/stores",
  "GET /keys",
  "POST /keys",
  "GET /keys/{id}",
  "DELETE /keys/{id}",
  "POST /keys/{id}/recovery-kit",
  "POST /keys/{id}/recovery-kit/confirm",
  "GET /health",
  "GET /ready",
];
