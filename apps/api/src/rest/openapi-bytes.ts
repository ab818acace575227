type Loose = Record<string, unknown>;

const id = (name: string) => ({ in: "path", name, required: true, schema: { type: "string" } });
const bearer = [{ Authorization: [] }];

/** The routes that are not procedures: bytes, streams, and what a machine asks of a machine. */
export function byteRoutes(problem: Loose): Record<string, Loose> {
  const text = (description: string, type: string) => ({
    description,
    content: { [type]: { schema: { type: "string" } } },
  });
  const bytes = (description: string) => ({
    description,
    content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
  });
  return {
    "/jobs/{id}/events": {
      get: {
        operationId: "jobs-events",
        tags: ["jobs"],
        security: bearer,
        parameters: [id("id")],
        responses: {
          200: text(
            "Server-sent events named `job`, each with the job as JSON; the stream ends with the job.",
            "text/event-stream",
          ),
          default: problem,
        },
      },
    },
    "/resources/{resourceId}/backups/{id}/download": {
      get: {
        operationId: "backups-download",
        tags: ["backups"],
        security: [...bearer, {}],
        parameters: [
          id("resourceId"),
          id("id"),
          {
            in: "query",
            name: "token",
            required: false,
            schema: { type: "string" },
            description: "Of a download link; instead of a key.",
          },
          { in: "header", name: "Range", required: false, schema: { type: "string" } },
        ],
        responses: {
          200: bytes("The whole archive; ETag is its sha256."),
          206: bytes("A part of the archive."),
          default: problem,
        },
      },
    },
    "/health": { get: { operationId: "health", security: [], responses: { 200: { description: "Alive" } } } },
    "/ready": {
      get: {
        operationId: "ready",
        security: [],
        responses: {
          200: { description: "Database and queue answer" },
          503: { description: "Not yet, or no longer" },
        },
      },
    },
  };
}
