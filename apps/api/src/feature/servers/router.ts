import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { later } from "../../trpc/later.ts";
import { admin, operator, viewer } from "../../trpc/procedures.ts";
import { PageInput, pageOf } from "../page.ts";
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
    .query(() => later()),
  get: viewer
    .meta({ openapi: { method: "GET", path: "/servers/{id}", tags: ["servers"] } })
    .input(ById)
    .output(ServerView)
    .query(() => later()),
  /** The key that a server shows, to be compared by a person before it is confirmed by adding the server with it. */
  hostKey: admin
    .meta({ organizationWide: true })
    .input(ReadHostKey)
    .output(HostKeyView)
    .mutation(() => later()),
  add: admin
    .meta({
      openapi: { method: "POST", path: "/servers", tags: ["servers"] },
      status: 201,
      organizationWide: true,
    })
    .input(AddServer)
    .output(ServerView)
    .mutation(() => later()),
  change: admin
    .meta({ openapi: { method: "PUT", path: "/servers/{id}", tags: ["servers"] }, organizationWide: true })
    .input(ChangeServer)
    .output(ServerView)
    .mutation(() => later()),
  put: admin
    .meta({
      openapi: { method: "PUT", path: "/servers/by-external-id/{externalId}", tags: ["servers"] },
      organizationWide: true,
    })
    .input(PutServer)
    .output(ServerView)
    .mutation(() => later()),
  remove: admin
    .meta({
      openapi: { method: "DELETE", path: "/servers/{id}", tags: ["servers"] },
      status: 204,
      organizationWide: true,
    })
    .input(ById)
    .output(z.void())
    .mutation(() => later()),
  test: operator
    .meta({
      openapi: { method: "POST", path: "/servers/{id}/test", tags: ["servers"] },
      organizationWide: true,
    })
    .input(ById)
    .output(ServerTestView)
    .mutation(() => later()),
  scan: operator
    .meta({
      openapi: { method: "POST", path: "/servers/{id}/scan", tags: ["servers"] },
      organizationWide: true,
    })
    .input(ById)
    .output(ScanView)
    .mutation(() => later()),
});
