import type { StartedSqlServer, StartSqlServerOptions } from "./sql-server.ts";
import { startSqlServer } from "./sql-server.ts";

/** A MySQL of one test, ready for connections. */
export function startMysql(version: string, options: StartSqlServerOptions = {}): Promise<StartedSqlServer> {
  const words = { prefix: "MYSQL", server: "mysqld", client: "mysql" } as const;
  return startSqlServer({ engine: "mysql", version, ...words }, options);
}
