import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { admin, owner, viewer } from "../../trpc/procedures.ts";
import { PageInput, pageOf } from "../page.ts";
import { createKey, removeKey } from "./change.ts";
import {
  getProjectEncryption,
  getResourceEncryption,
  putProjectEncryption,
  putResourceEncryption,
} from "./choose.ts";
import { getKey, listKeys } from "./get.ts";
import { confirmKit, makeKit } from "./kit.ts";
import {
  ConfirmKit,
  CreateEncryptionKey,
  EncryptionChoice,
  EncryptionKeyView,
  RecoveryKitView,
} from "./view.ts";

const tags = ["encryption"];
const organizationWide = true;
const OfResource = z.object({ resourceId: z.string() });
const OfProject = z.object({ projectId: z.string() });
const ById = z.object({ id: z.string() });

/** Keys that archives are encrypted for. Private parts go in and never come out, but in a recovery kit, under its passphrase. */
export const encryptionRouter = router({
  list: viewer
    .meta({ openapi: { method: "GET", path: "/keys", tags }, organizationWide })
    .input(z.object(PageInput))
    .output(pageOf(EncryptionKeyView))
    .query(({ ctx, input }) => listKeys(ctx, input)),
  get: viewer
    .meta({ openapi: { method: "GET", path: "/keys/{id}", tags }, organizationWide })
    .input(ById)
    .output(EncryptionKeyView)
    .query(({ ctx, input }) => getKey(ctx, input)),
  create: admin
    .meta({
      openapi: { method: "POST", path: "/keys", tags },
      status: 201,
      unrepeatable: true,
      organizationWide,
    })
    .input(CreateEncryptionKey)
    .output(EncryptionKeyView)
    .mutation(({ ctx, input }) => createKey(ctx, input)),
  remove: admin
    .meta({ openapi: { method: "DELETE", path: "/keys/{id}", tags }, status: 204, organizationWide })
    .input(ById)
    .output(z.void())
    .mutation(({ ctx, input }) => removeKey(ctx, input)),
  recoveryKit: owner
    .meta({
      openapi: { method: "POST", path: "/keys/{id}/recovery-kit", tags },
      unrepeatable: true,
      organizationWide,
    })
    .input(ById)
    .output(RecoveryKitView)
    .mutation(({ ctx, input }) => makeKit(ctx, input)),
  confirmKit: owner
    .meta({
      openapi: { method: "POST", path: "/keys/{id}/recovery-kit/confirm", tags },
      organizationWide,
    })
    .input(ConfirmKit)
    .output(EncryptionKeyView)
    .mutation(({ ctx, input }) => confirmKit(ctx, input)),
  /** Whether backups of a resource are encrypted unless told otherwise, those of its schedule among them. */
  ofResource: viewer
    .meta({ openapi: { method: "GET", path: "/resources/{resourceId}/encryption", tags } })
    .input(OfResource)
    .output(EncryptionChoice)
    .query(({ ctx, input }) => getResourceEncryption(ctx, input)),
  chooseForResource: admin
    .meta({ openapi: { method: "PUT", path: "/resources/{resourceId}/encryption", tags } })
    .input(OfResource.extend(EncryptionChoice.shape))
    .output(EncryptionChoice)
    .mutation(({ ctx, input }) => putResourceEncryption(ctx, input)),
  ofProject: viewer
    .meta({ openapi: { method: "GET", path: "/projects/{projectId}/encryption", tags } })
    .input(OfProject)
    .output(EncryptionChoice)
    .query(({ ctx, input }) => getProjectEncryption(ctx, input)),
  chooseForProject: admin
    .meta({ openapi: { method: "PUT", path: "/projects/{projectId}/encryption", tags } })
    .input(OfProject.extend(EncryptionChoice.shape))
    .output(EncryptionChoice)
    .mutation(({ ctx, input }) => putProjectEncryption(ctx, input)),
});
