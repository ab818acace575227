import type { Server } from "node:http";
import { Fault } from "@cofre/core/model";
import { createAdaptorServer } from "@hono/node-server";

/** What answers requests once it is there. */
export interface Answering {
  fetch(request: Request, env: object): Response | Promise<Response>;
}

export interface Listening {
  /** The real one, where 0 was asked for. */
  readonly port: number;
  /** From now on requests are answered; those that came before have waited. */
  open(app: Answering): void;
  /** No new connections; streams are cut after the others had a moment to end. */
  close(): Promise<void>;
}

const GRACE_MS = 2_000;

/**
 * Takes the port before anything else is ready: a second start fails at once, and the first request waits for the database instead
 * of being refused.
 *
 * @throws Fault `state.conflict` when the port is taken
 */
export async function listen({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<Listening> {
  const opened = Promise.withResolvers<Answering>();
  // checked: without http2 options the adaptor makes a plain server
  const server = createAdaptorServer({
    fetch: async (request, env) => {
      if (new URL(request.url).pathname === "/api/health") return Response.json({ status: "ok" });
      return await (await opened.promise).fetch(request, env);
    },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(portTaken(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    open: (app) => opened.resolve(app),
    close: () => close(server),
  };
}

function portTaken(error: Error, host: string, port: number): Error {
  if (!("code" in error) || error.code !== "EADDRINUSE") return error;
  return new Fault("state.conflict", `another program listens on ${host}:${port}`, {
    hint: "Stop it, or choose another port with COFRE_PORT.",
    cause: error,
  });
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearTimeout(cut);
}
