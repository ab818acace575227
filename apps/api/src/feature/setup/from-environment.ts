import { isFault } from "@cofre/core/model";
import { hashApiKey, startOfApiKey } from "../../auth/api-key.ts";
import { and, eq, isNull, ne } from "../../db/orm.ts";
import { apiKeys } from "../../db/schema/api-keys.ts";
import type { Deps } from "../../deps.ts";
import { isSetupOpen, makeOwner } from "./complete.ts";

/** How the key of the environment is called in the list of keys. */
const ENVIRONMENT_KEY = "COFRE_API_KEY";

/**
 * Owner and key from the environment, so that a deploy manager needs no human. The owner is made once: later changes of the
 * variables do not change a person's password. The key follows its variable: a new value revokes the old one.
 */
export async function setUpFromEnvironment(
  deps: Pick<Deps, "config" | "db" | "installation" | "now">,
): Promise<void> {
  const { adminEmail, adminPassword, apiKey } = deps.config;
  if (adminEmail !== undefined && adminPassword !== undefined && (await isSetupOpen(deps.db))) {
    const owner = { name: adminEmail, email: adminEmail, password: adminPassword, locale: null };
    await makeOwner(deps, owner).catch(ignoreOtherProcess);
  }
  const hash = apiKey === undefined ? "" : hashApiKey(apiKey);
  const { organizationId } = deps.installation;
  const earlier = and(
    eq(apiKeys.organizationId, organizationId),
    eq(apiKeys.name, ENVIRONMENT_KEY),
    isNull(apiKeys.createdBy),
    isNull(apiKeys.revokedAt),
    ne(apiKeys.hash, hash),
  );
  await deps.db.update(apiKeys).set({ revokedAt: deps.now() }).where(earlier);
  if (apiKey === undefined) return;
  await deps.db
    .insert(apiKeys)
    .values({ organizationId, name: ENVIRONMENT_KEY, role: "owner", hash, start: startOfApiKey(apiKey) })
    .onConflictDoNothing();
}

/** Two processes started at once on one database: the other one was first, with the same variables. */
function ignoreOtherProcess(error: unknown): void {
  if (!isFault(error, "state.conflict")) throw error;
}
