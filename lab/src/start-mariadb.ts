import type { StartedSqlServer, StartSqlServerOptions } from "./sql-server.ts";
import { startSqlServer } from "./sql-server.ts";

/** A MariaDB of one test, ready for connections. */
export function startMariadb(
  version: string,
  options: StartSqlServerOptions = {},
): Promise<StartedSqlServer> {
  const words = { prefix: "MARIADB", server: "mariadbd", client: "mariadb" } as const;
  return startSqlServer({ engine: "mariadb", version, ...words }, options);
}
