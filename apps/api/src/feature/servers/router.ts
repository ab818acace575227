import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { admin, operator, viewer } from "../../trpc/procedures.ts";
import { PageInput, pageOf } from "../page.ts";
import { addServer, showHostKey } from "./add.ts";
import { changeServer, putServer } from "./change.ts";
import { getServer, listServers } from "./get.ts";
import { RemovedServer, RemoveServer, removeServer } from "./remove.ts";
import { scan } from "./scan.ts";
import { testServer } from "./try-server.ts";
import {
  AddServer,
  ChangeServer,
  HostKeyView,
  PutServer,
  ReadHostKey,
  ScanView,
  ServerTestView,
  ServerView,
} from "./view.ts";

const ById = z.object({ id: z.string() });

export const serversRouter = router({
  list: viewer
    .meta({ openapi: { method: "GET", path: "/servers", tags: ["servers"] } })
    .input(z.object(PageInput))
    .output(pageOf(ServerView))
    .query(({ ctx, input }) => listServers(ctx, input)),
  get: viewer
    .meta({ openapi: { method: "GET", path: "/servers/{id}", tags: ["servers"] } })
    .input(ById)
    .output(ServerView)
    .query(({ ctx, input }) => getServer(ctx, input)),
  /** The key that a server shows, to be compared by a person before it is confirmed by adding the server with it. */
  hostKey: admin
    .meta({ organizationWide: true, unaudited: true })
    .input(ReadHostKey)
    .output(HostKeyView)
    .mutation(({ input }) => showHostKey(input)),
  add: admin
    .meta({
      openapi: { method: "POST", path: "/servers", tags: ["servers"] },
      status: 201,
      organizationWide: true,
    })
    .input(AddServer)
    .output(ServerView)
    .mutation(({ ctx, input }) => addServer(ctx, input)),
  change: admin
    .meta({ openapi: { method: "PUT", path: "/servers/{id}", tags: ["servers"] }, organizationWide: true })
    .input(ChangeServer)
    .output(ServerView)
    .mutation(({ ctx, input }) => changeServer(ctx, input)),
  put: admin
    .meta({
      openapi: { method: "PUT", path: "/servers/by-external-id/{externalId}", tags: ["servers"] },
      organizationWide: true,
    })
    .input(PutServer)
    .output(ServerView)
    .mutation(({ ctx, input }) => putServer(ctx, input)),
  remove: admin
    .meta({
      openapi: { method: "DELETE", path: "/servers/{id}", tags: ["servers"] },
      status: 204,
      mayTell: true,
      organizationWide: true,
    })
    .input(RemoveServer)
    .output(RemovedServer)
    .mutation(({ ctx, input }) => removeServer(ctx, input)),
  test: operator
    .meta({
      openapi: { method: "POST", path: "/servers/{id}/test", tags: ["servers"] },
      organizationWide: true,
    })
    .input(ById)
    .output(ServerTestView)
    .mutation(({ ctx, input }) => testServer(ctx, input)),
  scan: operator
    .meta({
      openapi: { method: "POST", path: "/servers/{id}/scan", tags: ["servers"] },
      organizationWide: true,
    })
    .input(ById)
    .output(ScanView)
    .mutation(({ ctx, input }) => scan(ctx, input)),
});
