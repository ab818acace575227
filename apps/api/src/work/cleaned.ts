import { Fault, redact, Secret, toFault } from "@cofre/core/model";
import { type KeptFault, keepFault } from "../db/kept-fault.ts";
import { eq } from "../db/orm.ts";
import { resources } from "../db/schema/resources.ts";
import { servers } from "../db/schema/servers.ts";
import { openConfig } from "../reach/resource-config.ts";
import { openAuth } from "../reach/server-auth.ts";
import type { Running } from "./running.ts";

interface Failing {
  readonly deps: Pick<Running["deps"], "db" | "sealer">;
  readonly job: Pick<Running["job"], "resourceId" | "serverId">;
}

/**
 * A fault as it may be kept and shown. The words of a tool are part of it, and a tool may print what it was given: every secret of the
 * resource and of its server is taken out.
 */
export async function keepCleaned(failing: Failing, error: unknown): Promise<KeptFault> {
  const secrets = await secretsOf(failing);
  const clean = (text: string) => redact(text, secrets);
  const { message, hint, context, code } = toFault(error);
  const cleaned = Object.entries(context).map(([name, value]) => [
    name,
    typeof value === "string" ? clean(value) : value,
  ]);
  const details = {
    context: Object.fromEntries(cleaned),
    ...(hint === undefined ? {} : { hint: clean(hint) }),
  };
  return keepFault(new Fault(code, clean(message), details));
}

async function secretsOf({ deps: { db, sealer }, job }: Failing): Promise<readonly Secret[]> {
  const [resource] = await db
    .select()
    .from(resources)
    .where(eq(resources.id, job.resourceId ?? ""));
  const [server] = await db
    .select()
    .from(servers)
    .where(eq(servers.id, job.serverId ?? resource?.serverId ?? ""));
  const config = resource === undefined ? {} : opened(() => openConfig(sealer, resource));
  const auth = server === undefined ? {} : opened(() => openAuth(sealer, server.id, server.sealedAuth));
  const fields = resource?.secretFields ?? [];
  // As it is, and as it stands in an address.
  return [...fields.map((field) => config[field]), ...Object.values(auth)]
    .filter((value) => typeof value === "string")
    .flatMap((value) => [...new Set([value, encodeURIComponent(value)])])
    .map((value) => new Secret(value));
}

/** What cannot be opened was given to no tool, and may be the very failure that is to be told. */
function opened(open: () => Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return open();
  } catch {
    return {};
  }
}
