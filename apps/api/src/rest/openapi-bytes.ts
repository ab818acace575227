type Loose = Record<string, unknown>;

const inPath = (name: string) => ({ in: "path", name, required: true, schema: { type: "string" } });
const needed = (name: string) => ({ in: "query", name, required: true, schema: { type: "string" } });
const optional = (where: "query" | "header", name: string, description: string) => ({
  in: where,
  name,
  required: false,
  schema: { type: "string" },
  description,
});
const bytes = (description: string) => ({
  description,
  content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
});
const bearer = [{ Authorization: [] }];

/** The routes that are not procedures: bytes, streams, and what a machine asks of a machine. */
export function byteRoutes(problem: Loose): Record<string, Loose> {
  return {
    "/jobs/{id}/events": { get: jobEvents(problem) },
    "/resources/{resourceId}/backups/{id}/download": { get: download(problem) },
    "/resources/{resourceId}/minio/object": objects(problem),
    "/resources/{resourceId}/minio/zip": { get: zip(problem) },
    "/health": { get: { operationId: "health", security: [], responses: { 200: { description: "Alive" } } } },
    "/ready": { get: READY },
  };
}

const READY: Loose = {
  operationId: "ready",
  security: [],
  responses: {
    200: { description: "Database and queue answer" },
    503: { description: "Not yet, or no longer" },
  },
};

function jobEvents(problem: Loose): Loose {
  const description =
    "Server-sent events named `job`, each with the job as JSON; the stream ends with the job.";
  return {
    operationId: "jobs-events",
    tags: ["jobs"],
    security: bearer,
    parameters: [inPath("id")],
    responses: {
      200: { description, content: { "text/event-stream": { schema: { type: "string" } } } },
      default: problem,
    },
  };
}

const ofObject = [inPath("resourceId"), needed("bucket"), needed("key")];

function objects(problem: Loose): Loose {
  const common = { tags: ["buckets"], security: bearer, parameters: ofObject };
  const range = optional("header", "Range", "`bytes=0-1023`: a part of the object.");
  const done = (description: string) => ({ description });
  return {
    get: {
      ...common,
      operationId: "buckets-readObject",
      parameters: [...ofObject, range],
      responses: { 200: bytes("The object."), 206: bytes("A part of the object."), default: problem },
    },
    put: {
      ...common,
      operationId: "buckets-writeObject",
      requestBody: bytes("The object's bytes; Content-Type is kept with them."),
      responses: { 201: done("Written whole"), default: problem },
    },
    delete: {
      ...common,
      operationId: "buckets-removeObject",
      responses: { 204: done("Removed"), default: problem },
    },
  };
}

function zip(problem: Loose): Loose {
  return {
    operationId: "buckets-zip",
    tags: ["buckets"],
    security: bearer,
    parameters: [inPath("resourceId"), needed("bucket"), optional("query", "prefix", "Only what begins so.")],
    responses: { 200: bytes("A zip of everything below the prefix."), default: problem },
  };
}

function download(problem: Loose): Loose {
  return {
    operationId: "backups-download",
    tags: ["backups"],
    security: [...bearer, {}],
    parameters: [
      inPath("resourceId"),
      inPath("id"),
      optional("query", "token", "Of a download link; instead of a key."),
      optional("query", "decrypt", "`true` takes the encryption off; then without ranges, size and ETag."),
      optional("header", "Range", "`bytes=0-1023`: a part of the archive."),
    ],
    responses: {
      200: bytes("The whole archive; ETag is its sha256."),
      206: bytes("A part of the archive."),
      default: problem,
    },
  };
}
