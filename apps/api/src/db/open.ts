import type { Config } from "../config.ts";
import type { Catalogue } from "./catalogue.ts";

/** Opens the catalogue where the configuration says: a PostgreSQL of the user's own, else the embedded one. */
export async function openCatalogue(config: Pick<Config, "databaseUrl" | "dataDir">): Promise<Catalogue> {
  // Loaded only when used: either driver costs a good part of the start.
  if (config.databaseUrl !== undefined) {
    const { openRemote } = await import("./remote.ts");
    return await openRemote(config.databaseUrl);
  }
  const { openEmbedded } = await import("./embedded.ts");
  return await openEmbedded(config.dataDir);
}
